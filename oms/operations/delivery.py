"""Delivery zones, methods and prices: a merchant's own, or the operator's for merchants without own ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, PermissionRefused
from backoffice.kernel.money import exponent
from oms.models import DeliveryMethod, DeliveryPriceClass, DeliveryZone, PriceBasis
from oms.permissions import MANAGE_DELIVERY
from oms.selectors.delivery import get_method, get_zone, plain_postcode

_RANGE = re.compile(r"^[A-Z0-9]{1,10}(-[A-Z0-9]{1,10})?$")


@dataclass(frozen=True, slots=True)
class PriceStep:
    """Delivery costs `amount_minor` from `from_value` on (minor units, grams or pieces), or for a class of goods."""

    currency: str
    from_value: int
    amount_minor: int
    delivery_class: str = ""


@dataclass(frozen=True, slots=True)
class MethodTerms:
    name: str
    kind: str = "home"
    min_days: int = 1
    max_days: int = 3
    rank: int = 1
    is_active: bool = True
    tax_class: str = "standard"
    price_by: str = "amount"
    # Currency → value of goods from which delivery is free.
    free_from: Mapping[str, int] = field(default_factory=dict)


def require_delivery_rights(merchant_id: int | None, actor: Actor) -> None:
    """The right to set this merchant's delivery, or the operator's own (`None`)."""
    if merchant_id is None and not actor.is_global:
        raise PermissionRefused(_("Only the operator sets the prices that hold for everybody."))
    actor.require(MANAGE_DELIVERY, merchant_id=merchant_id)


def _field_error(name: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={name: message})


@dataclass(frozen=True, slots=True)
class ZoneTerms:
    """A zone's name, its countries, and the postcodes it is limited to in some of them (country → ranges)."""

    name: str
    countries: Sequence[str]
    postcodes: Mapping[str, Sequence[str]] = field(default_factory=dict)


@transaction.atomic
def save_zone(terms: ZoneTerms, *, merchant_id: int | None, actor: Actor, ref: str = "") -> DeliveryZone:
    """Create a zone, or change the one with `ref`. Raises `InvalidInput`, `NotFound`.

    A postcode is a whole code, a beginning, or `from-to` with ends of the same length.
    """
    zone = get_zone(ref, actor=actor) if ref else DeliveryZone(merchant_id=merchant_id)
    require_delivery_rights(zone.merchant_id, actor)
    zone.name = terms.name.strip()
    zone.countries = sorted({code.strip().upper() for code in terms.countries if code.strip()})
    zone.postcodes = {
        country.strip().upper(): [_range(entry) for entry in ranges]
        for country, ranges in terms.postcodes.items()
        if ranges
    }
    if not zone.name:
        raise _field_error("name", _("Give the zone a name."))
    if not zone.countries:
        raise _field_error("countries", _("Choose at least one country."))
    if not set(zone.postcodes) <= set(zone.countries):
        raise _field_error("postcodes", _("Postcodes are given for a country that is not in the zone."))
    try:
        with transaction.atomic():
            zone.save()
    except IntegrityError as error:
        raise _field_error("name", _("There is already a zone of this name.")) from error
    changes = {"countries": [None, zone.countries], "postcodes": [None, zone.postcodes]}
    audit.record("oms.delivery_zone.saved", actor=actor, subject=zone, changes=changes)
    return zone


def _range(entry: str) -> str:
    text = "-".join(plain_postcode(part) for part in entry.split("-"))
    low, dash, high = text.partition("-")
    if not _RANGE.match(text) or (dash and (len(low) != len(high) or low > high)):
        raise _field_error(
            "postcodes", _("“%(entry)s” is no postcode, beginning of one, or range.") % {"entry": entry}
        )
    return text


@transaction.atomic
def delete_zone(ref: str, *, actor: Actor) -> None:
    """Remove a zone with its methods; orders keep their copies."""
    zone = get_zone(ref, actor=actor)
    require_delivery_rights(zone.merchant_id, actor)
    audit.record("oms.delivery_zone.deleted", actor=actor, subject=zone)
    zone.delete()


@transaction.atomic
def save_method(
    zone_ref: str,
    terms: MethodTerms,
    prices: Sequence[PriceStep],
    *,
    actor: Actor,
    ref: str = "",
) -> DeliveryMethod:
    """Create a way of delivery in a zone, or change the one with `ref`; `prices` replace all its price classes."""
    zone = get_zone(zone_ref, actor=actor)
    require_delivery_rights(zone.merchant_id, actor)
    method = get_method(ref, actor=actor) if ref else DeliveryMethod(zone=zone)
    _check(terms, prices)
    for name, value in asdict(terms).items():
        setattr(method, name, value)
    try:
        with transaction.atomic():
            method.save()
    except IntegrityError as error:
        raise _field_error("name", _("The zone already has a method of this name.")) from error
    method.price_classes.all().delete()
    DeliveryPriceClass.objects.bulk_create(
        DeliveryPriceClass(method=method, **asdict(step)) for step in prices
    )
    steps = [[step.currency, step.delivery_class or step.from_value, step.amount_minor] for step in prices]
    audit.record("oms.delivery_method.saved", actor=actor, subject=method, changes={"prices": [None, steps]})
    return method


def _check(terms: MethodTerms, prices: Sequence[PriceStep]) -> None:
    if not terms.name.strip():
        raise _field_error("name", _("Give the method a name that buyers understand."))
    if terms.min_days > terms.max_days:
        raise _field_error("max_days", _("The longest time is shorter than the shortest."))
    if terms.price_by not in PriceBasis.values:
        raise _field_error("price_by", _("Choose what the price depends on."))
    for currency, amount in terms.free_from.items():
        exponent(currency)
        if amount < 1:
            raise _field_error("free_from", _("Give an amount above 0."))
    _check_prices(terms.price_by, prices)


def _check_prices(price_by: str, prices: Sequence[PriceStep]) -> None:
    if not prices:
        raise _field_error("prices", _("Give at least one price."))
    seen = set()
    for step in prices:
        exponent(step.currency)
        if step.amount_minor < 0 or step.from_value < 0:
            raise _field_error("prices", _("Prices cannot be negative."))
        if step.delivery_class and price_by != PriceBasis.CLASS:
            raise _field_error("prices", _("Only prices by class name a class."))
        if price_by == PriceBasis.CLASS and step.from_value:
            raise _field_error("prices", _("A price by class holds for every quantity."))
        if (step.currency, step.from_value, step.delivery_class) in seen:
            raise _field_error("prices", _("Two prices start at the same value."))
        seen.add((step.currency, step.from_value, step.delivery_class))


@transaction.atomic
def delete_method(ref: str, *, actor: Actor) -> None:
    """Remove a way of delivery; orders keep their copies."""
    method = get_method(ref, actor=actor)
    require_delivery_rights(method.zone.merchant_id, actor)
    audit.record("oms.delivery_method.deleted", actor=actor, subject=method)
    method.delete()
