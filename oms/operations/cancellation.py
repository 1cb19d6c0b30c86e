"""Ending a merchant order, or some of its pieces, before they are shipped; siblings are never touched."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import clipped
from oms.errors import LineQuantityRefused, MerchantOrderStateRefused
from oms.events import MerchantOrderCancelled
from oms.models import (
    AttemptKind,
    AttemptState,
    MerchantOrder,
    MerchantOrderState,
    OrderLine,
    Payment,
    PaymentAttempt,
)
from oms.operations.captures import release_remainder
from oms.operations.debits import refuse_while_charging
from oms.operations.history import note
from oms.operations.shipments import finish_shipping
from oms.operations.time_limits import settle
from oms.operations.voucher_uses import give_back_vouchers
from oms.operations.withdrawal import give_up_lines
from oms.permissions import CANCEL_ORDERS
from oms.selectors.orders import lock_merchant_order, lock_whole_order


@transaction.atomic
def cancel_merchant_order(ref: str, *, reason: str, actor: Actor) -> MerchantOrder:
    """End a merchant order before anything of it was shipped: stock and money go back.

    Safe to repeat. Publishes `MerchantOrderCancelled`; a charge under way is refunded when it succeeds. Raises
    `MerchantOrderStateRefused` once something was shipped.
    """
    part = lock_merchant_order(ref, actor=actor)
    actor.require(CANCEL_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    if part.state == MerchantOrderState.CANCELLED:
        return part
    if not part.can_cancel:
        raise MerchantOrderStateRefused(
            _("An order that is %(state)s cannot be cancelled. Refund it instead.")
            % {"state": part.get_state_display()}
        )
    if not reason.strip():
        message = _("Say why, so that the buyer understands.")
        raise InvalidInput(message, fields={"reason": message})
    _cancel(part, reason.strip(), actor)
    return part


def _cancel(part: MerchantOrder, reason: str, actor: Actor) -> None:
    # A charge that nobody has sent yet is not sent any more.
    PaymentAttempt.objects.filter(
        merchant_order=part, kind=AttemptKind.CAPTURE, state=AttemptState.WAITING
    ).update(state=AttemptState.REFUSED, message=clipped(reason, 300), answered_at=clock.now())
    lines = list(part.lines.select_for_update().order_by("position"))
    if any(line.quantity_cancelled for line in lines):
        # A charge under way can be turned into the refund of one cancellation, not told apart over two.
        refuse_while_charging(part)
    give_back_vouchers([part])
    give_up_lines(part, [(line, line.quantity_open) for line in lines], "quantity_cancelled", reason, actor)
    before = part.state
    part.cancel()
    part.ended_at, part.end_reason = clock.now(), clipped(reason, 300)
    part.save(update_fields=["state", "ended_at", "end_reason"])
    settle(part)
    note(
        "cancelled",
        merchant_order=part,
        actor=actor,
        moved=(before, MerchantOrderState.CANCELLED),
        reason=reason,
    )
    audit.record("oms.merchant_order.cancelled", actor=actor, subject=part, note=reason)
    publish(MerchantOrderCancelled(part.pk, part.ref, part.merchant_id, part.ended_at))
    release_remainder(Payment.objects.get(pk=part.share.payment_id))


@transaction.atomic
def cancel_lines(ref: str, pieces: Mapping[int, int], *, reason: str, actor: Actor) -> MerchantOrder:
    """Take pieces (`position → pieces`) off a merchant order before they are shipped: never charged, or refunded.

    When nothing is left to ship, the order is cancelled, or counts as shipped if a parcel had left. Raises
    `LineQuantityRefused`, `MerchantOrderStateRefused` (also for the moment in which the buyer is being charged).
    """
    part = lock_merchant_order(ref, actor=actor)
    actor.require(CANCEL_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    if not reason.strip():
        message = _("Say why, so that the buyer understands.")
        raise InvalidInput(message, fields={"reason": message})
    return _cancel_pieces(part, pieces, reason.strip(), actor)


@transaction.atomic
def cancel_lines_as_buyer(
    order_id: int, position: int, pieces: Mapping[int, int], *, actor: Actor
) -> MerchantOrder:
    """The buyer, on the signed page of the order, takes pieces off one merchant's part; see `cancel_lines`."""
    _order, parts = lock_whole_order(order_id)
    part = next((row for row in parts if row.position == position), None)
    if part is None:
        raise NotFound(_("This order has no such part."))
    return _cancel_pieces(part, pieces, _("Cancelled by the buyer."), actor)


def _cancel_pieces(
    part: MerchantOrder, pieces: Mapping[int, int], reason: str, actor: Actor
) -> MerchantOrder:
    if not part.can_cancel_lines:
        raise MerchantOrderStateRefused(
            _("Pieces of an order that is %(state)s cannot be cancelled.")
            % {"state": part.get_state_display()}
        )
    refuse_while_charging(part)
    lines = {line.position: line for line in part.lines.select_for_update()}
    chosen = [
        (_checked(lines, position, quantity), quantity) for position, quantity in sorted(pieces.items())
    ]
    if not any(quantity for _line, quantity in chosen):
        raise InvalidInput(_("Enter how many pieces are cancelled."))
    if all(line.quantity_open == _quantity_of(chosen, line) for line in lines.values()) and not any(
        line.quantity_shipped for line in lines.values()
    ):
        _cancel(part, reason, actor)
        return part
    give_up_lines(part, chosen, "quantity_cancelled", reason, actor)
    data = {line.position: quantity for line, quantity in chosen}
    note("lines_cancelled", merchant_order=part, actor=actor, reason=reason, data={"pieces": data})
    audit.record("oms.merchant_order.lines_cancelled", actor=actor, subject=part, changes={"pieces": data})
    if not any(line.quantity_open for line in part.lines.all()):
        finish_shipping(part, actor)
        release_remainder(Payment.objects.get(pk=part.share.payment_id))
    return part


def _quantity_of(chosen: list[tuple[OrderLine, int]], line: OrderLine) -> int:
    return sum(quantity for found, quantity in chosen if found.pk == line.pk)


def _checked(lines: Mapping[int, OrderLine], position: int, quantity: int) -> OrderLine:
    line = lines.get(position)
    if line is None or not 0 <= quantity <= line.quantity_open:
        left = line.quantity_open if line else 0
        message = ngettext(
            "Only %(count)s piece of this line can be cancelled.",
            "Only %(count)s pieces of this line can be cancelled.",
            left,
        )
        raise LineQuantityRefused(
            message % {"count": left},
            position=position,
        )
    return line


@transaction.atomic
def cancel_unpaid_order(order_id: int, *, reason: str, actor: Actor) -> int:
    """The money did not arrive in time: every part that still waits for it ends. Returns how many."""
    _order, parts = lock_whole_order(order_id)
    waiting = [part for part in parts if part.state == MerchantOrderState.STAGED]
    for part in waiting:
        _cancel(part, reason, actor)
    return len(waiting)
