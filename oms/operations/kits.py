"""Offers that are sold as a set of other offers of the same merchant."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from mms.operations.versions import announce_change
from oms.models import KitComponent, StockItem
from oms.operations.availability import push_availability
from oms.permissions import MANAGE_STOCK
from oms.selectors.kits import KITS
from pim.selectors.offers import get_offer

MAX_COMPONENTS = 50


@transaction.atomic
def define_kit(offer_ref: str, contents: Mapping[str, int], *, actor: Actor) -> None:
    """Sell an offer as a set: `contents` (offer ref → pieces in one kit) replace what it contained; empty dissolves it.

    A kit has no stock of its own, and kits do not contain kits. Orders keep what they were placed with. Raises
    `InvalidInput`, `StateRefused` while the offer itself is in stock, `NotFound` for strangers and foreign components.
    """
    kit = get_offer(offer_ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=kit.merchant_id)
    parts = {
        get_offer(ref, actor=actor, merchant_id=kit.merchant_id).pk: pieces
        for ref, pieces in contents.items()
    }
    _check(kit.pk, parts)
    before = dict(KitComponent.objects.filter(kit=kit).values_list("component__merchant_sku", "quantity"))
    KitComponent.objects.filter(kit=kit).delete()
    KitComponent.objects.bulk_create(
        KitComponent(merchant_id=kit.merchant_id, kit=kit, component_id=component_id, quantity=pieces)
        for component_id, pieces in parts.items()
    )
    after = dict(KitComponent.objects.filter(kit=kit).values_list("component__merchant_sku", "quantity"))
    audit.record("oms.kit.defined", actor=actor, subject=kit, changes={"contents": [before, after]})
    announce_change(KITS)
    push_availability([kit.pk])


def _check(kit_id: int, parts: Mapping[int, int]) -> None:
    if kit_id in parts:
        raise InvalidInput(_("A kit cannot contain itself."))
    if len(parts) > MAX_COMPONENTS:
        raise InvalidInput(_("A kit contains at most %(count)s articles.") % {"count": MAX_COMPONENTS})
    if any(pieces < 1 for pieces in parts.values()):
        raise InvalidInput(_("State at least one piece of each article."))
    if KitComponent.objects.filter(kit_id__in=list(parts)).exists():
        raise InvalidInput(_("A kit cannot contain another kit. Name that kit's articles instead."))
    if parts and KitComponent.objects.filter(component_id=kit_id).exists():
        raise InvalidInput(_("This article is part of a kit itself."))
    stock = StockItem.objects.filter(offer_id=kit_id)
    if parts and (stock.filter(on_hand__gt=0).exists() or stock.filter(reserved__gt=0).exists()):
        raise StateRefused(
            _("This article has stock of its own. Ship what was promised and set its stock to 0 first.")
        )
