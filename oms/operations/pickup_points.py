"""Places where buyers fetch their orders, and what delivery prices know of offers."""

from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from oms.models import OfferLogistics, PickupPoint
from oms.operations.delivery import require_delivery_rights
from oms.permissions import MANAGE_STOCK
from oms.selectors.delivery import get_point
from pim.selectors.offers import get_offer


@dataclass(frozen=True, slots=True)
class PointTerms:
    name: str
    street: str
    postcode: str
    city: str
    country: str
    opening_hours: str = ""
    is_active: bool = True


@transaction.atomic
def save_point(terms: PointTerms, *, merchant_id: int | None, actor: Actor, ref: str = "") -> PickupPoint:
    """Open a pickup point, or change the one with `ref`; orders keep the address they were placed with.

    Buyers choose it at every way of delivery of the kind “collects” that reaches its country.
    """
    point = get_point(ref, actor=actor) if ref else PickupPoint(merchant_id=merchant_id)
    require_delivery_rights(point.merchant_id, actor)
    for name, value in asdict(terms).items():
        text = value.strip() if isinstance(value, str) else value
        if text == "" and name != "opening_hours":
            raise InvalidInput(_("Fill in the whole address."), fields={name: _("This is needed.")})
        setattr(point, name, text)
    try:
        with transaction.atomic():
            point.save()
    except IntegrityError as error:
        message = _("There is already a pickup point of this name.")
        raise InvalidInput(message, fields={"name": message}) from error
    audit.record("oms.pickup_point.saved", actor=actor, subject=point)
    return point


@transaction.atomic
def delete_point(ref: str, *, actor: Actor) -> None:
    """Close a pickup point for good; orders keep their copies."""
    point = get_point(ref, actor=actor)
    require_delivery_rights(point.merchant_id, actor)
    audit.record("oms.pickup_point.deleted", actor=actor, subject=point)
    point.delete()


@transaction.atomic
def set_logistics(
    offer_ref: str, *, weight_grams: int | None, delivery_class: str, actor: Actor
) -> OfferLogistics:
    """Say what a piece weighs and which delivery class it is in, for prices that depend on it."""
    offer = get_offer(offer_ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=offer.merchant_id)
    if weight_grams is not None and not 1 <= weight_grams <= 10_000_000:
        message = _("Give the weight of one piece in grams, or leave it empty.")
        raise InvalidInput(message, fields={"weight_grams": message})
    code = delivery_class.strip().lower()
    if len(code) > 30 or any(sign.isspace() for sign in code):
        message = _("Use one word of at most 30 characters, such as bulky.")
        raise InvalidInput(message, fields={"delivery_class": message})
    row = OfferLogistics.objects.filter(offer_id=offer.pk).first()
    row = row or OfferLogistics(offer_id=offer.pk, merchant_id=offer.merchant_id)
    changes: dict[str, list[int | str | None]] = {
        "weight_grams": [row.weight_grams, weight_grams],
        "delivery_class": [row.delivery_class, code],
    }
    if row.pk is None or any(before != after for before, after in changes.values()):
        row.weight_grams, row.delivery_class = weight_grams, code
        row.save()
        audit.record("oms.logistics.set", actor=actor, subject=offer, changes=changes)
    return row
