"""Parcels and the carriers that bring them."""

from urllib.parse import quote

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from oms.models import Carrier, CarrierEvent, MerchantOrder, Shipment

OTHER = "other"


def list_carriers() -> QuerySet[Carrier]:
    return Carrier.objects.order_by("name", "id")


def list_offered_carriers() -> list[Carrier]:
    """The carriers merchants may choose, by name."""
    return list(list_carriers().filter(is_active=True))


def get_carrier(code: str) -> Carrier:
    found = Carrier.objects.filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no such carrier."))
    return found


def tracking_link(carrier: Carrier, number: str) -> str:
    """Where a parcel can be followed; empty for carriers without a page and without a number."""
    if not carrier.tracking_url or not number:
        return ""
    return carrier.tracking_url.replace("{number}", quote(number, safe=""))[:300]


def list_shipments(actor: Actor) -> QuerySet[Shipment]:
    rows: QuerySet[Shipment] = (
        Shipment.objects.visible_to(actor).select_related("merchant_order__order").order_by("-id")
    )
    return rows


def get_shipment(ref: str, *, actor: Actor) -> Shipment:
    """One parcel; raises `NotFound` for strangers and unknown refs alike."""
    found = list_shipments(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such parcel."))
    return found


def get_shipment_of(part: MerchantOrder, ref: str) -> Shipment:
    """One parcel of this merchant order. Raises `NotFound`."""
    found: Shipment | None = Shipment.objects.filter(merchant_order=part, ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such parcel."))
    return found


def list_carrier_news(shipment: Shipment) -> list[CarrierEvent]:
    """What its carrier said about a parcel, newest first; at most 50."""
    return list(CarrierEvent.objects.filter(shipment=shipment).order_by("-happened_at", "-id")[:50])
