"""Delivery zones, methods and prices: a merchant's own, or the operator's for merchants without own ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, PermissionRefused
from backoffice.kernel.money import exponent
from oms.models import DeliveryMethod, DeliveryPriceClass, DeliveryZone
from oms.permissions import MANAGE_DELIVERY
from oms.selectors.delivery import get_method, get_zone


@dataclass(frozen=True, slots=True)
class PriceStep:
    """Delivery costs `amount_minor` once the goods reach `from_minor`; 0 is free."""

    currency: str
    from_minor: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class MethodTerms:
    name: str
    kind: str = "home"
    min_days: int = 1
    max_days: int = 3
    rank: int = 1
    is_active: bool = True
    tax_class: str = "standard"


def _require(merchant_id: int | None, actor: Actor) -> None:
    if merchant_id is None and not actor.is_global:
        raise PermissionRefused(_("Only the operator sets the prices that hold for everybody."))
    actor.require(MANAGE_DELIVERY, merchant_id=merchant_id)


def _field_error(name: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={name: message})


@transaction.atomic
def save_zone(
    name: str,
    countries: Sequence[str],
    *,
    merchant_id: int | None,
    actor: Actor,
    ref: str = "",
) -> DeliveryZone:
    """Create a zone, or change the one with `ref`: its name and countries. Raises `InvalidInput`, `NotFound`."""
    zone = get_zone(ref, actor=actor) if ref else DeliveryZone(merchant_id=merchant_id)
    _require(zone.merchant_id, actor)
    zone.name = name.strip()
    zone.countries = sorted({code.strip().upper() for code in countries if code.strip()})
    if not zone.name:
        raise _field_error("name", _("Give the zone a name."))
    if not zone.countries:
        raise _field_error("countries", _("Choose at least one country."))
    try:
        with transaction.atomic():
            zone.save()
    except IntegrityError as error:
        raise _field_error("name", _("There is already a zone of this name.")) from error
    audit.record(
        "oms.delivery_zone.saved", actor=actor, subject=zone, changes={"countries": [None, zone.countries]}
    )
    return zone


@transaction.atomic
def delete_zone(ref: str, *, actor: Actor) -> None:
    """Remove a zone with its methods; orders keep their copies."""
    zone = get_zone(ref, actor=actor)
    _require(zone.merchant_id, actor)
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
    _require(zone.merchant_id, actor)
    method = get_method(ref, actor=actor) if ref else DeliveryMethod(zone=zone)
    _check(terms, prices)
    for name in ("name", "kind", "min_days", "max_days", "rank", "is_active", "tax_class"):
        setattr(method, name, getattr(terms, name))
    try:
        with transaction.atomic():
            method.save()
    except IntegrityError as error:
        raise _field_error("name", _("The zone already has a method of this name.")) from error
    method.price_classes.all().delete()
    DeliveryPriceClass.objects.bulk_create(
        DeliveryPriceClass(
            method=method, currency=step.currency, from_minor=step.from_minor, amount_minor=step.amount_minor
        )
        for step in prices
    )
    audit.record(
        "oms.delivery_method.saved",
        actor=actor,
        subject=method,
        changes={"prices": [None, [[step.currency, step.from_minor, step.amount_minor] for step in prices]]},
    )
    return method


def _check(terms: MethodTerms, prices: Sequence[PriceStep]) -> None:
    if not terms.name.strip():
        raise _field_error("name", _("Give the method a name that buyers understand."))
    if terms.min_days > terms.max_days:
        raise _field_error("max_days", _("The longest time is shorter than the shortest."))
    if not prices:
        raise _field_error("prices", _("Give at least one price."))
    seen = set()
    for step in prices:
        exponent(step.currency)
        if step.amount_minor < 0 or step.from_minor < 0:
            raise _field_error("prices", _("Prices cannot be negative."))
        if (step.currency, step.from_minor) in seen:
            raise _field_error("prices", _("Two prices start at the same value of goods."))
        seen.add((step.currency, step.from_minor))


@transaction.atomic
def delete_method(ref: str, *, actor: Actor) -> None:
    """Remove a way of delivery; orders keep their copies."""
    method = get_method(ref, actor=actor)
    _require(method.zone.merchant_id, actor)
    audit.record("oms.delivery_method.deleted", actor=actor, subject=method)
    method.delete()
