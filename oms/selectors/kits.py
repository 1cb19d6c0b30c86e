"""Offers that are sets of others; read from memory, because every order and every change of stock asks."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from mms.selectors.versions import VersionedMap
from oms.models import KitComponent

KITS = "stock_kits"


@dataclass(frozen=True, slots=True)
class Component:
    """What one kit contains of one offer."""

    offer_id: int
    offer_ref: str
    merchant_sku: str
    title: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Kits:
    contents: dict[int, tuple[Component, ...]]
    # component → kits that contain it
    containing: dict[int, tuple[int, ...]]

    def units_of(self, offer_id: int) -> tuple[tuple[int, int], ...]:
        """What one piece draws on: (offer with stock, units); an ordinary offer draws on itself."""
        parts = self.contents.get(offer_id)
        return tuple((part.offer_id, part.quantity) for part in parts) if parts else ((offer_id, 1),)

    def touched_by(self, offer_ids: Iterable[int]) -> set[int]:
        """These offers and the kits whose availability follows theirs."""
        ids = set(offer_ids)
        return ids | {kit for offer_id in ids for kit in self.containing.get(offer_id, ())}


def _load() -> Kits:
    contents: dict[int, list[Component]] = {}
    containing: dict[int, list[int]] = {}
    rows = KitComponent.objects.select_related("component__card").order_by("kit_id", "id")
    for row in rows:
        offer = row.component
        part = Component(offer.pk, offer.ref, offer.merchant_sku, offer.card.title, row.quantity)
        contents.setdefault(row.kit_id, []).append(part)
        containing.setdefault(offer.pk, []).append(row.kit_id)
    return Kits(
        {kit: tuple(parts) for kit, parts in contents.items()},
        {component: tuple(kits) for component, kits in containing.items()},
    )


_kits = VersionedMap(KITS, _load)


def get_kits() -> Kits:
    return _kits.get()


def list_kit_components(actor: Actor, *, merchant_id: int | None = None) -> QuerySet[KitComponent]:
    rows = KitComponent.objects.visible_to(actor).select_related("kit__card", "component__card")
    rows = rows.order_by("kit_id", "id")
    return rows if merchant_id is None else rows.filter(merchant_id=merchant_id)


def get_kit_components(kit_ref: str, *, actor: Actor) -> list[KitComponent]:
    """What a kit contains. Raises `NotFound` for strangers and for offers that are no kits."""
    rows = list(list_kit_components(actor).filter(kit__ref=kit_ref))
    if not rows:
        raise NotFound(_("There is no such kit."))
    return rows
