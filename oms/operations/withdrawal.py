"""Pieces that will not be sold after all: refused or cancelled lines leave the total, or are refunded if paid."""

from collections.abc import Sequence
from typing import Literal

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import clipped
from oms.amounts import share_of_pieces
from oms.events import PiecesWithdrawn
from oms.models import MerchantOrder, OrderLine
from oms.operations.history import note_lines
from oms.operations.incidents import close_refunded_incidents
from oms.operations.refunds import Take, money_of_pieces, write_refund
from oms.operations.reservations import release_line

Column = Literal["quantity_refused", "quantity_cancelled"]


def give_up_lines(
    part: MerchantOrder, pieces: Sequence[tuple[OrderLine, int]], column: Column, reason: str, actor: Actor
) -> None:
    """Take pieces off a merchant order: stock goes back, money is not charged or is refunded.

    When nothing of the order is left, shipping goes too. Needs the order locked; the caller moves the state. Publishes
    `PiecesWithdrawn`, or `RefundRequested` for what was paid.
    """
    takes = [_take_off(line, quantity, column, reason, actor) for line, quantity in pieces if quantity]
    if not takes:
        return
    what = "line_refused" if column == "quantity_refused" else "line_cancelled"
    note_lines(what, part, [(take.line, take.quantity) for take in takes], actor=actor, reason=reason)
    is_over = not any(line.quantity_open or line.quantity_shipped for line in part.lines.all())
    shipping = 0
    if is_over:
        shipping = part.shipping_minor - part.withdrawn_shipping_minor - part.refunded_shipping_minor
    # Of an order charged by parcel, what has not left was never charged.
    by_parcel = any(take.line.due_minor is not None for take in takes)
    if part.share.captured_minor and not by_parcel:
        kind = "refused" if column == "quantity_refused" else "cancelled"
        if shipping or any(take.amount_minor for take in takes):
            write_refund(part, takes, shipping, kind, actor, note_text=reason)
        return
    for take in takes:
        take.line.quantity_withdrawn += take.quantity
        take.line.withdrawn_minor += take.amount_minor
        take.line.save(update_fields=["quantity_withdrawn", "withdrawn_minor"])
    part.withdrawn_shipping_minor += shipping
    part.withdrawn_minor += shipping + sum(take.amount_minor for take in takes)
    part.save(update_fields=["withdrawn_shipping_minor", "withdrawn_minor"])
    publish(
        PiecesWithdrawn(
            merchant_order_id=part.pk,
            merchant_id=part.merchant_id,
            currency=part.currency,
            lines=tuple((take.line.pk, take.quantity, take.amount_minor) for take in takes),
            shipping_minor=shipping,
            withdrawn_minor=part.withdrawn_minor,
            occurred_at=clock.now(),
        )
    )
    close_refunded_incidents(part, [take.line for take in takes], actor)


def _take_off(line: OrderLine, quantity: int, column: Column, reason: str, actor: Actor) -> Take:
    if line.due_minor is None:
        given = min(quantity, line.quantity_refundable)
        amount = min(money_of_pieces(line, given), line.refundable_minor)
    else:
        given, gone = quantity, line.quantity_withdrawn + line.quantity_shipped
        amount = share_of_pieces(line.total_minor, line.quantity, gone, quantity)
    setattr(line, column, getattr(line, column) + quantity)
    if column == "quantity_refused":
        line.refuse_reason = clipped(reason, 300)
    elif line.quantity_accepted:
        line.quantity_accepted -= min(quantity, line.quantity_accepted)
    line.save(update_fields=[column, "refuse_reason", "quantity_accepted"])
    release_line(line.pk, quantity, actor=actor)
    return Take(line, given, amount)
