"""Which ways of delivery a merchant offers to a country, and what they cost for given goods."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from oms.models import DeliveryMethod, DeliveryPriceClass, DeliveryZone


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """One way of delivery for one merchant's goods in a cart, priced."""

    method_id: int
    method_ref: str
    name: str
    kind: str
    min_days: int
    max_days: int
    tax_class: str
    price_minor: int
    # How much more must be ordered for free delivery; None when it is free already or never.
    missing_for_free_minor: int | None
    free_from_minor: int | None

    @property
    def is_free(self) -> bool:
        return self.price_minor == 0


def list_delivery_options(
    goods_by_merchant: Mapping[int, int], *, country: str, currency: str
) -> dict[int, list[DeliveryOption]]:
    """Options per merchant for its goods' value, cheapest rank first; two statements for any number of merchants.

    A merchant with zones of its own uses those only; others use the operator's.
    """
    rows = (
        DeliveryMethod.objects.filter(
            Q(zone__merchant_id__in=list(goods_by_merchant)) | Q(zone__merchant=None), is_active=True
        )
        .select_related("zone")
        .prefetch_related(_prices(currency))
        .order_by("rank", "id")
    )
    own: dict[int | None, list[DeliveryMethod]] = {}
    for row in rows:
        own.setdefault(row.zone.merchant_id, []).append(row)
    return {
        merchant_id: [
            option
            for method in own.get(merchant_id) or own.get(None, [])
            if country in method.zone.countries and (option := _option(method, goods_minor)) is not None
        ]
        for merchant_id, goods_minor in goods_by_merchant.items()
    }


def _prices(currency: str) -> "Prefetch[str, QuerySet[DeliveryPriceClass], str]":
    return Prefetch(
        "price_classes", DeliveryPriceClass.objects.filter(currency=currency).order_by("from_minor")
    )


def _option(method: DeliveryMethod, goods_minor: int) -> DeliveryOption | None:
    classes = list(method.price_classes.all())
    reached = [step for step in classes if step.from_minor <= goods_minor]
    if not reached:
        return None
    price = reached[-1].amount_minor
    free_from = next((step.from_minor for step in classes if step.amount_minor == 0), None)
    is_ahead = price > 0 and free_from is not None and free_from > goods_minor
    return DeliveryOption(
        method_id=method.pk,
        method_ref=method.ref,
        name=method.name,
        kind=method.kind,
        min_days=method.min_days,
        max_days=method.max_days,
        tax_class=method.tax_class,
        price_minor=price,
        missing_for_free_minor=free_from - goods_minor if is_ahead and free_from is not None else None,
        free_from_minor=free_from,
    )


def list_delivery_countries() -> list[str]:
    """Every country that some zone covers, for the address form."""
    found: set[str] = set()
    for countries in DeliveryZone.objects.values_list("countries", flat=True):
        found.update(countries)
    return sorted(found)


def list_zones(actor: Actor, *, merchant_id: int | None) -> QuerySet[DeliveryZone]:
    """A merchant's zones, or the operator's (`merchant_id=None`), with methods and prices."""
    methods = DeliveryMethod.objects.order_by("rank", "id").prefetch_related(
        Prefetch("price_classes", DeliveryPriceClass.objects.order_by("currency", "from_minor"))
    )
    rows = DeliveryZone.objects.visible_to(actor)
    rows = rows.filter(merchant=None) if merchant_id is None else rows.filter(merchant_id=merchant_id)
    return rows.prefetch_related(Prefetch("methods", methods)).order_by("name", "id")


def get_zone(ref: str, *, actor: Actor) -> DeliveryZone:
    found = DeliveryZone.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such delivery zone."))
    return found


def get_method(ref: str, *, actor: Actor) -> DeliveryMethod:
    found = (
        DeliveryMethod.objects.visible_to(actor)
        .filter(ref=ref)
        .select_related("zone")
        .prefetch_related("price_classes")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such delivery method."))
    return found


def add_business_days(day: date, days: int) -> date:
    """The date `days` working days (Monday to Friday) after `day`."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day
