"""Parcels: several per order, quantity per line; what was shipped leaves stock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.events import publish
from backoffice.kernel.refs import new_token
from mms.selectors.preferences import get_preference
from oms.errors import CarrierUnknown, LineQuantityRefused, MerchantOrderStateRefused, ShippedByCentre
from oms.events import MerchantOrderCollectable, ShipmentShipped
from oms.models import (
    Carrier,
    MerchantOrder,
    MerchantOrderState,
    OrderLine,
    Shipment,
    ShipmentLine,
    TimeLimitKind,
)
from oms.operations.debits import on_shipment
from oms.operations.history import note, note_lines
from oms.operations.reservations import fulfil_line
from oms.operations.time_limits import settle, start
from oms.permissions import SHIP_ORDERS
from oms.preferences import OTHER_CARRIERS
from oms.selectors.orders import lock_merchant_order, scope_path_of
from oms.selectors.shipments import OTHER, tracking_link


@dataclass(frozen=True, slots=True)
class Parcel:
    """What leaves the house: pieces per line position (`None` = everything left) and how to follow it."""

    pieces: Mapping[int, int] | None = None
    carrier: str = ""
    tracking_number: str = ""
    # For carriers that are not in the registry.
    carrier_name: str = ""
    tracking_url: str = ""
    # The merchant's own number on the parcel.
    package_ref: str = ""
    # Repeating with the same key finds the shipment it made.
    key: str = field(default_factory=new_token)


@transaction.atomic
def ship_parcel(merchant_order_ref: str, parcel: Parcel, *, actor: Actor) -> Shipment:
    """Record that a parcel left the merchant; the buyer and billing hear of it by event.

    Idempotent by `parcel.key`. Raises `MerchantOrderStateRefused`, `LineQuantityRefused` for more pieces than are
    left, `InvalidInput` for a carrier that needs a name.
    """
    part = lock_merchant_order(merchant_order_ref, actor=actor)
    actor.require(SHIP_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    known = Shipment.objects.filter(request_key=f"{part.ref}:{parcel.key}").first()
    if known is not None:
        return known
    if not part.can_ship:
        raise MerchantOrderStateRefused(
            _("An order that is %(state)s cannot be shipped.") % {"state": part.get_state_display()}
        )
    refuse_foreign_shipper(part, actor)
    lines = {line.position: line for line in part.lines.select_for_update()}
    chosen = _choose(lines, parcel.pieces)
    shipment = _write(part, parcel, chosen, actor)
    if any(line.quantity_open for line in lines.values()):
        _move(part, MerchantOrderState.PARTLY_SHIPPED, shipment, actor)
    else:
        finish_shipping(part, actor, shipment)
    on_shipment(part, shipment)
    publish(ShipmentShipped(shipment.ref, part.pk, part.merchant_id, shipment.shipped_at))
    return shipment


def refuse_foreign_shipper(part: MerchantOrder, actor: Actor) -> None:
    """What the marketplace's fulfilment centre ships, the merchant does not. Raises `ShippedByCentre`."""
    if part.fulfilment_centre and not actor.is_global:
        raise ShippedByCentre(
            _("The fulfilment centre %(code)s ships this order.") % {"code": part.fulfilment_centre}
        )


def _choose(lines: Mapping[int, OrderLine], pieces: Mapping[int, int] | None) -> list[tuple[OrderLine, int]]:
    if pieces is None:
        pieces = {position: line.quantity_open for position, line in lines.items()}
    chosen = []
    for position, quantity in sorted(pieces.items()):
        line = lines.get(position)
        if line is None or not 0 <= quantity <= line.quantity_open:
            left = line.quantity_open if line else 0
            message = ngettext(
                "Only %(count)s piece of line %(position)s is left to ship.",
                "Only %(count)s pieces of line %(position)s are left to ship.",
                left,
            )
            raise LineQuantityRefused(
                message % {"count": left, "position": position},
                position=position,
            )
        if quantity:
            chosen.append((line, quantity))
    if not chosen:
        raise InvalidInput(_("Enter how many pieces are in the parcel."))
    return chosen


def _write(
    part: MerchantOrder, parcel: Parcel, chosen: list[tuple[OrderLine, int]], actor: Actor
) -> Shipment:
    carrier = _carrier_of(part, parcel)
    number = parcel.tracking_number.strip()
    shipment = Shipment.objects.create(
        merchant_order=part,
        request_key=f"{part.ref}:{parcel.key}",
        carrier=parcel.carrier,
        carrier_name=carrier.name if carrier else parcel.carrier_name.strip()[:80],
        tracking_number=number[:80],
        tracking_url=tracking_link(carrier, number) if carrier else parcel.tracking_url.strip()[:300],
        package_ref=parcel.package_ref.strip()[:60],
        shipped_by=actor.label[:200],
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line, quantity=quantity) for line, quantity in chosen
    )
    for line, quantity in sorted(chosen, key=lambda pair: pair[0].offer_id):
        line.quantity_shipped += quantity
        line.save(update_fields=["quantity_shipped"])
        fulfil_line(line.pk, quantity, actor=actor, reference=shipment.ref)
    note_lines("line_shipped", part, chosen, actor=actor, data={"shipment": shipment.ref})
    audit.record("oms.shipment.shipped", actor=actor, subject=shipment, note=number)
    return shipment


def _carrier_of(part: MerchantOrder, parcel: Parcel) -> Carrier | None:
    """The registered carrier; None for a parcel without one and for an unlisted carrier with name and link."""
    if parcel.carrier == OTHER:
        _check_other(part, parcel)
        return None
    if not parcel.carrier:
        return None
    carrier = Carrier.objects.filter(code=parcel.carrier, is_active=True).first()
    if carrier is None:
        message = _("This carrier is not known. Choose “another carrier” and name it.")
        raise CarrierUnknown(message, fields={"carrier": message})
    return carrier


def _check_other(part: MerchantOrder, parcel: Parcel) -> None:
    if not get_preference(OTHER_CARRIERS, scope_path_of(part.order)):
        message = _("Choose one of the listed carriers; others are not allowed on this marketplace.")
        raise CarrierUnknown(message, fields={"carrier": message})
    fields = {}
    if not parcel.carrier_name.strip():
        fields["carrier_name"] = _("Name the carrier.")
    if not parcel.tracking_url.strip().startswith("https://"):
        fields["tracking_url"] = _("Give the link where the parcel can be followed, beginning with https://.")
    if fields:
        raise CarrierUnknown(" ".join(fields.values()), fields=fields)


def _move(part: MerchantOrder, target: MerchantOrderState, shipment: Shipment | None, actor: Actor) -> None:
    before = part.state
    if target == MerchantOrderState.PARTLY_SHIPPED:
        part.ship_part()
    else:
        part.ship_rest()
        part.shipped_at = clock.now()
    part.save(update_fields=["state", "shipped_at"])
    data = {"shipment": shipment.ref, "tracking_number": shipment.tracking_number} if shipment else {}
    note("shipped", merchant_order=part, actor=actor, moved=(before, part.state), data=data)


def finish_shipping(part: MerchantOrder, actor: Actor, shipment: Shipment | None = None) -> None:
    """Nothing is left to ship: the clock to receipt starts. Needs the order locked."""
    _move(part, MerchantOrderState.SHIPPED, shipment, actor)
    settle(part, [TimeLimitKind.SHIP])
    start(TimeLimitKind.RECEIVED, part)


@transaction.atomic
def make_collectable(merchant_order_ref: str, *, actor: Actor) -> MerchantOrder:
    """The goods wait for the buyer at the pickup point. Safe to repeat."""
    part = lock_merchant_order(merchant_order_ref, actor=actor)
    actor.require(SHIP_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    if part.state == MerchantOrderState.TO_COLLECT:
        return part
    if part.state != MerchantOrderState.SHIPPED or part.delivery_kind != "pickup":
        raise MerchantOrderStateRefused(_("Only a shipped order with pickup can be made ready to collect."))
    refuse_foreign_shipper(part, actor)
    part.make_collectable()
    part.save(update_fields=["state"])
    moved = (MerchantOrderState.SHIPPED, MerchantOrderState.TO_COLLECT)
    note("to_collect", merchant_order=part, actor=actor, moved=moved)
    publish(MerchantOrderCollectable(part.pk, part.ref, part.merchant_id, clock.now()))
    return part
