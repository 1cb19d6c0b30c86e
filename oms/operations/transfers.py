"""Pieces that move between two places of a merchant."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from oms.errors import OutOfStock
from oms.models import (
    MovementKind,
    StockItem,
    StockLocation,
    StockMovement,
    StockTransfer,
    StockTransferLine,
    TransferState,
)
from oms.operations.availability import push_availability
from oms.operations.slots import merge_slots
from oms.permissions import MANAGE_STOCK
from oms.selectors.kits import get_kits
from oms.selectors.stock import get_location
from oms.selectors.stock_work import lock_transfer
from pim.selectors.offers import get_offer


@transaction.atomic
def send_transfer(
    source_ref: str, destination_ref: str, pieces: Mapping[str, int], *, actor: Actor, note: str = ""
) -> StockTransfer:
    """Take pieces (`offer ref → pieces`) from one place and put them on the way to another.

    Only pieces that are there and promised to nobody can leave. Raises `OutOfStock`, `InvalidInput`, `NotFound`.
    """
    source = get_location(source_ref, actor=actor)
    destination = get_location(destination_ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=source.merchant_id)
    if source.merchant_id != destination.merchant_id or source.pk == destination.pk:
        message = _("Choose two different places of the same merchant.")
        raise InvalidInput(message, fields={"destination": message})
    if not pieces or min(pieces.values()) < 1:
        raise InvalidInput(_("State at least one piece of each article."))
    offers = {ref: get_offer(ref, actor=actor, merchant_id=source.merchant_id).pk for ref in pieces}
    transfer = StockTransfer.objects.create(
        merchant_id=source.merchant_id,
        source=source,
        destination=destination,
        note=note[:300],
        sent_by_label=actor.label,
    )
    for ref, offer_id in sorted(offers.items(), key=lambda pair: pair[1]):
        _leave(transfer, offer_id, pieces[ref], actor)
    StockTransferLine.objects.bulk_create(
        StockTransferLine(transfer=transfer, offer_id=offers[ref], quantity=count)
        for ref, count in pieces.items()
    )
    audit.record("oms.stock_transfer.sent", actor=actor, subject=transfer)
    push_availability(offers.values())
    return transfer


def _leave(transfer: StockTransfer, offer_id: int, pieces: int, actor: Actor) -> None:
    merge_slots(offer_id, transfer.source_id)
    item = StockItem.objects.filter(offer_id=offer_id, location_id=transfer.source_id, slot=0)
    if not item.filter(on_hand__gte=F("reserved") + pieces).update(
        on_hand=F("on_hand") - pieces, updated_at=clock.now()
    ):
        row = item.select_related("offer").first()
        left = max(0, row.on_hand - row.reserved) if row else 0
        raise OutOfStock(
            _("Only %(left)s pieces of %(sku)s are there and promised to nobody.")
            % {"left": left, "sku": row.offer.merchant_sku if row else _("this article")},
            short={offer_id: left},
        )
    StockMovement.objects.create(
        item_id=item.values_list("pk", flat=True).get(),
        kind=MovementKind.SENT,
        on_hand_delta=-pieces,
        reference=transfer.ref,
        actor_label=actor.label,
    )


@transaction.atomic
def receive_transfer(ref: str, received: Mapping[str, int] | None = None, *, actor: Actor) -> StockTransfer:
    """Put what arrived into the destination's stock (`offer ref → pieces`, `None` = everything); the rest is missing.

    Repeating the same receipt is harmless; another one raises `StateRefused`.
    """
    transfer = lock_transfer(ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=transfer.merchant_id)
    lines = list(transfer.lines.select_related("offer").order_by("offer_id"))
    arrived = {
        line.offer.ref: line.quantity if received is None else received.get(line.offer.ref, 0)
        for line in lines
    }
    if transfer.state in (TransferState.RECEIVED, TransferState.SHORT) and all(
        line.received == arrived[line.offer.ref] for line in lines
    ):
        return transfer
    _require_in_transit(transfer)
    if received is not None and set(received) - set(arrived):
        raise InvalidInput(_("This transfer has no such article."))
    for line in lines:
        if not 0 <= arrived[line.offer.ref] <= line.quantity:
            message = _("%(count)s pieces of %(sku)s were sent.")
            raise InvalidInput(message % {"count": line.quantity, "sku": line.offer.merchant_sku})
        line.received = arrived[line.offer.ref]
        add_pieces(
            line.offer_id,
            transfer.destination,
            line.received,
            kind=MovementKind.RECEIVED,
            reference=transfer.ref,
            actor=actor,
        )
    StockTransferLine.objects.bulk_update(lines, ["received"])
    state = TransferState.SHORT if any(line.missing for line in lines) else TransferState.RECEIVED
    _end(transfer, state, actor)
    missing = {line.offer.merchant_sku: [line.quantity, line.received] for line in lines if line.missing}
    audit.record("oms.stock_transfer.received", actor=actor, subject=transfer, changes=missing)
    push_availability(line.offer_id for line in lines)
    return transfer


@transaction.atomic
def return_transfer(ref: str, *, actor: Actor) -> StockTransfer:
    """The pieces turned back on the way: they are at the place they came from again. Safe to repeat."""
    transfer = lock_transfer(ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=transfer.merchant_id)
    if transfer.state == TransferState.CANCELLED:
        return transfer
    _require_in_transit(transfer)
    lines = list(transfer.lines.order_by("offer_id"))
    for line in lines:
        add_pieces(
            line.offer_id,
            transfer.source,
            line.quantity,
            kind=MovementKind.RECEIVED,
            reference=transfer.ref,
            actor=actor,
        )
    _end(transfer, TransferState.CANCELLED, actor)
    audit.record("oms.stock_transfer.returned", actor=actor, subject=transfer)
    push_availability(line.offer_id for line in lines)
    return transfer


def add_pieces(
    offer_id: int, location: StockLocation, pieces: int, *, kind: MovementKind, reference: str, actor: Actor
) -> None:
    """Pieces came to a place; the caller tells the catalogue. Kits have no stock of their own."""
    if offer_id in get_kits().contents:
        raise StateRefused(_("A kit has no stock of its own. Name its articles instead."))
    if not pieces:
        return
    item, _created = StockItem.objects.get_or_create(
        offer_id=offer_id, location=location, slot=0, defaults={"merchant_id": location.merchant_id}
    )
    StockItem.objects.filter(pk=item.pk).update(on_hand=F("on_hand") + pieces, updated_at=clock.now())
    StockMovement.objects.create(
        item=item, kind=kind, on_hand_delta=pieces, reference=reference[:100], actor_label=actor.label
    )


def _end(transfer: StockTransfer, state: TransferState, actor: Actor) -> None:
    transfer.state, transfer.ended_at, transfer.ended_by_label = state, clock.now(), actor.label
    transfer.save(update_fields=["state", "ended_at", "ended_by_label"])


def _require_in_transit(transfer: StockTransfer) -> None:
    if transfer.state != TransferState.IN_TRANSIT:
        raise StateRefused(_("This transfer has ended: %(state)s.") % {"state": transfer.get_state_display()})
