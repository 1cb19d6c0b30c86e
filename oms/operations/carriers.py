"""The carrier registry, and what carriers say about parcels."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.events import publish
from mms.operations.tasks import close_tasks, open_task
from oms.errors import CarrierUnknown
from oms.events import CarrierStatusChanged
from oms.models import NEEDS_ATTENTION, Carrier, CarrierEvent, CarrierStatus, Shipment
from oms.operations.history import note
from oms.permissions import MANAGE_CARRIERS, PUSH_TRACKING
from oms.selectors.shipments import get_shipment

PLACE = "{number}"
# Clocks of carriers may run ahead a little.
AHEAD = timedelta(hours=1)
ATTENTION_TASK = "oms.parcel_needs_attention"


@dataclass(frozen=True, slots=True)
class CarrierTerms:
    """A carrier as the operator states it."""

    name: str
    tracking_url: str = ""
    is_active: bool = True


@transaction.atomic
def save_carrier(code: str, terms: CarrierTerms, *, actor: Actor, is_new: bool = False) -> Carrier:
    """Add a carrier, or change its name, tracking link or whether merchants may choose it. Safe to repeat.

    The code stays for ever: parcels and merchants' files name it. Raises `InvalidInput`, `NotFound`.
    """
    actor.require(MANAGE_CARRIERS)
    code = code.strip().lower()
    _check(code, terms)
    carrier = Carrier.objects.select_for_update().filter(code=code).first()
    if is_new and carrier is not None:
        message = _("There is a carrier with this code already.")
        raise InvalidInput(message, fields={"code": message})
    if not is_new and carrier is None:
        raise NotFound(_("There is no such carrier."))
    carrier = carrier or Carrier(code=code)
    wanted = {
        "name": terms.name.strip(),
        "tracking_url": terms.tracking_url.strip(),
        "is_active": terms.is_active,
    }
    changes = {
        name: [getattr(carrier, name), value]
        for name, value in wanted.items()
        if getattr(carrier, name) != value
    }
    if carrier.pk and not changes:
        return carrier
    for name, value in wanted.items():
        setattr(carrier, name, value)
    carrier.save()
    audit.record("oms.carrier.saved", actor=actor, subject=carrier, changes=changes)
    return carrier


def _check(code: str, terms: CarrierTerms) -> None:
    fields = {}
    if not code or not code.replace("_", "").replace("-", "").isalnum() or len(code) > 40:
        fields["code"] = _("Use letters, digits, - and _ only.")
    if not terms.name.strip():
        fields["name"] = _("Name the carrier.")
    link = terms.tracking_url.strip()
    if link and (urlsplit(link).scheme != "https" or PLACE not in link):
        fields["tracking_url"] = _("Start with https:// and write {number} where the tracking number goes.")
    if fields:
        raise InvalidInput(" ".join(fields.values()), fields=fields)


@dataclass(frozen=True, slots=True)
class CarrierNews:
    status: str
    happened_at: datetime
    message: str = ""


@transaction.atomic
def record_carrier_news(shipment_ref: str, news: CarrierNews, *, actor: Actor) -> Shipment:
    """Keep what the carrier says about a parcel; late news never moves the parcel's carrier status back.

    The state of the order never moves by it. A failed delivery or a parcel on its way back asks an operator for
    attention until it is delivered. Safe to repeat; publishes `CarrierStatusChanged` when the status moved.
    """
    shipment = get_shipment(shipment_ref, actor=actor)
    actor.require(
        PUSH_TRACKING, merchant_id=shipment.merchant_id, places=shipment.merchant_order.order.places
    )
    if news.status not in CarrierStatus.values:
        message = _("This is no carrier status: %(status)s.") % {"status": news.status}
        raise InvalidInput(message, fields={"status": message})
    if news.happened_at > clock.now() + AHEAD:
        message = _("This moment lies in the future.")
        raise InvalidInput(message, fields={"happened_at": message})
    # Two pushes at the same moment: the second one sees the first one's news.
    shipment = (
        Shipment.objects.select_for_update(of=("self",)).select_related("merchant_order").get(pk=shipment.pk)
    )
    _event, is_new = CarrierEvent.objects.get_or_create(
        shipment=shipment,
        status=news.status,
        happened_at=news.happened_at,
        defaults={"message": news.message[:300], "recorded_by": actor.label[:200]},
    )
    if not is_new:
        return shipment
    before = shipment.carrier_status
    latest = _latest_of(shipment)
    if latest is None or (latest.status, latest.happened_at) == (before, shipment.carrier_status_at):
        return shipment
    shipment.carrier_status, shipment.carrier_status_at = latest.status, latest.happened_at
    shipment.save(update_fields=["carrier_status", "carrier_status_at"])
    note(
        "carrier_status",
        merchant_order=shipment.merchant_order,
        actor=actor,
        reason=latest.message,
        data={"shipment": shipment.ref, "status": latest.status, "before": before},
    )
    _ask_for_attention(shipment, latest, actor)
    publish(
        CarrierStatusChanged(shipment.ref, shipment.merchant_order_id, shipment.merchant_id, latest.status)
    )
    return shipment


def _latest_of(shipment: Shipment) -> CarrierEvent | None:
    """The news that tells where the parcel is, whatever order they came in.

    What was delivered is not on its way again, and what travels is not announced again, whatever a late scan says; it
    may fail or come back.
    """
    steps = list(CarrierStatus.values)
    latest: CarrierEvent | None = None
    for event in sorted(
        shipment.carrier_events.all(), key=lambda row: (row.happened_at, steps.index(row.status))
    ):
        is_back = latest is not None and (
            latest.status == CarrierStatus.DELIVERED or event.status == CarrierStatus.ANNOUNCED
        )
        if not is_back or event.status in NEEDS_ATTENTION:
            latest = event
    return latest


def _ask_for_attention(shipment: Shipment, news: CarrierEvent, actor: Actor) -> None:
    if news.status == CarrierStatus.DELIVERED:
        close_tasks(ATTENTION_TASK, shipment.ref, actor=actor)
    if news.status not in NEEDS_ATTENTION:
        return
    open_task(
        kind=ATTENTION_TASK,
        title=_("Parcel %(number)s of %(ref)s: %(status)s. %(message)s")
        % {
            "number": shipment.tracking_number or shipment.ref,
            "ref": shipment.merchant_order.ref,
            "status": CarrierStatus(news.status).label,
            "message": news.message,
        },
        url_name="console:oms-order-detail",
        url_args=[shipment.merchant_order.order.ref],
        subject_ref=shipment.ref,
        merchant_id=shipment.merchant_id,
    )


def find_parcel(carrier: str, tracking_number: str, *, actor: Actor) -> Shipment:
    """The parcel a carrier names by its own number. Raises `CarrierUnknown`, `NotFound`."""
    if not Carrier.objects.filter(code=carrier).exists():
        raise CarrierUnknown(_("There is no carrier “%(code)s”.") % {"code": carrier})
    rows = Shipment.objects.visible_to(actor).filter(carrier=carrier, tracking_number=tracking_number)
    found: Shipment | None = rows.order_by("-id").first()
    if found is None:
        raise NotFound(_("There is no parcel with this number."))
    return found
