"""Which ways of delivery a merchant offers for a package, what they cost, and when they arrive."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from oms.business_time import WorkingTime
from oms.models import DeliveryKind, DeliveryMethod, DeliveryPriceClass, DeliveryZone, PickupPoint
from oms.selectors.delivery_prices import Package, Price, needs_logistics, price_of
from oms.selectors.logistics import fill_packages


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """One way of delivery for one merchant's goods in a cart, priced; a pickup point is an option of its own."""

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
    point_id: int | None = None
    # The pickup point as orders keep it.
    point: Mapping[str, str] | None = None
    # When it would arrive if it were ordered today.
    arrives_from_on: date | None = None
    arrives_until_on: date | None = None

    @property
    def is_free(self) -> bool:
        return self.price_minor == 0

    @property
    def key(self) -> str:
        """What a choice sends: the method, with the pickup point where there is one."""
        return f"{self.method_ref}@{self.point['ref']}" if self.point else self.method_ref


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the goods go; the postcode may not be known yet."""

    country: str
    postcode: str = ""


def list_delivery_options(
    packages: Mapping[int, Package], destination: Destination, *, currency: str
) -> dict[int, list[DeliveryOption]]:
    """Options per merchant for its package, cheapest rank first; two statements for any number of merchants.

    A merchant with zones of its own uses those only; others use the operator's. A zone that names postcodes of the
    country goes before zones that take all of it. One statement more where prices ask for weights or classes, and one
    where buyers may collect.
    """
    rows = list(
        DeliveryMethod.objects.filter(
            Q(zone__merchant_id__in=list(packages)) | Q(zone__merchant=None), is_active=True
        )
        .select_related("zone")
        .prefetch_related(_prices(currency))
        .order_by("rank", "id")
    )
    if needs_logistics(row.price_by for row in rows):
        fill_packages(packages.values())
    own: dict[int | None, list[DeliveryMethod]] = {}
    for row in rows:
        own.setdefault(row.zone.merchant_id, []).append(row)
    points = _points(rows, destination)
    found: dict[int, list[DeliveryOption]] = {}
    for merchant_id, package in packages.items():
        methods = own.get(merchant_id) or own.get(None, [])
        found[merchant_id] = []
        for method in _reaching(methods, destination):
            price = price_of(method, list(method.price_classes.all()), package, currency)
            if price is not None:
                found[merchant_id] += _options(method, price, points.get(method.zone.merchant_id, []))
    return found


def _prices(currency: str) -> "Prefetch[str, QuerySet[DeliveryPriceClass], str]":
    return Prefetch(
        "price_classes", DeliveryPriceClass.objects.filter(currency=currency).order_by("from_value")
    )


def _points(rows: Iterable[DeliveryMethod], destination: Destination) -> dict[int | None, list[PickupPoint]]:
    if not any(row.kind == DeliveryKind.PICKUP for row in rows):
        return {}
    owners = {row.zone.merchant_id for row in rows}
    points = PickupPoint.objects.filter(
        Q(merchant_id__in=owners - {None}) | Q(merchant=None), is_active=True, country=destination.country
    )
    found: dict[int | None, list[PickupPoint]] = {}
    for point in points.order_by("name", "id"):
        found.setdefault(point.merchant_id, []).append(point)
    return found


def _reaching(methods: Iterable[DeliveryMethod], destination: Destination) -> list[DeliveryMethod]:
    """The methods of the zones that hold the destination; zones with postcodes go before zones without."""
    here = [method for method in methods if destination.country in method.zone.countries]
    limited = [method for method in here if destination.country in method.zone.postcodes]
    whole = [method for method in here if method not in limited]
    if not destination.postcode:
        return whole or limited
    exact = [
        method
        for method in limited
        if holds_postcode(method.zone.postcodes[destination.country], destination.postcode)
    ]
    return exact or whole


def holds_postcode(ranges: Iterable[str], postcode: str) -> bool:
    """Whether a postcode lies in one of the ranges: a whole code, a beginning, or from-to (both ends included)."""
    code = plain_postcode(postcode)
    for entry in ranges:
        low, dash, high = entry.partition("-")
        if dash and low <= code[: len(low)] and code[: len(high)] <= high:
            return True
        if not dash and code.startswith(low):
            return True
    return False


def plain_postcode(text: str) -> str:
    """Postcodes are compared without blanks and in capitals: `SW1A 1AA` is `SW1A1AA`."""
    return "".join(text.split()).upper()


def _options(method: DeliveryMethod, price: Price, points: list[PickupPoint]) -> list[DeliveryOption]:
    chosen: list[PickupPoint | None] = [*points] if method.kind == DeliveryKind.PICKUP else []
    return [
        DeliveryOption(
            method_id=method.pk,
            method_ref=method.ref,
            name=f"{method.name} · {point.name}" if point else method.name,
            kind=method.kind,
            min_days=method.min_days,
            max_days=method.max_days,
            tax_class=method.tax_class,
            price_minor=price.amount_minor,
            missing_for_free_minor=price.missing_for_free_minor,
            free_from_minor=price.free_from_minor,
            point_id=point.pk if point else None,
            point=_copy(point) if point else None,
        )
        for point in chosen or [None]
    ]


def _copy(point: PickupPoint) -> dict[str, str]:
    names = ("ref", "name", "street", "postcode", "city", "country", "opening_hours")
    return {name: str(getattr(point, name)) for name in names}


def delivery_window(
    ready_on: Iterable[date], option: DeliveryOption, working: WorkingTime
) -> tuple[date, date]:
    """Earliest and latest arrival: the days lines leave the merchant, plus the working days of the way."""
    days = list(ready_on)
    return working.arrives_on(min(days), option.min_days), working.arrives_on(max(days), option.max_days)


def list_delivery_countries() -> list[str]:
    """Every country that some zone covers, for the address form."""
    found: set[str] = set()
    for countries in DeliveryZone.objects.values_list("countries", flat=True):
        found.update(countries)
    return sorted(found)


def list_zones(actor: Actor, *, merchant_id: int | None) -> QuerySet[DeliveryZone]:
    """A merchant's zones, or the operator's (`merchant_id=None`), with methods and prices."""
    methods = DeliveryMethod.objects.order_by("rank", "id").prefetch_related(
        Prefetch("price_classes", DeliveryPriceClass.objects.order_by("currency", "from_value"))
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


def list_points(actor: Actor, *, merchant_id: int | None) -> QuerySet[PickupPoint]:
    """A merchant's pickup points, or the operator's (`merchant_id=None`)."""
    rows = PickupPoint.objects.visible_to(actor)
    rows = rows.filter(merchant=None) if merchant_id is None else rows.filter(merchant_id=merchant_id)
    return rows.order_by("name", "id")


def get_point(ref: str, *, actor: Actor) -> PickupPoint:
    found = PickupPoint.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such pickup point."))
    return found
