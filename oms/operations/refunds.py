"""Giving money back: never more than was paid and not given back yet, line by line and shipping apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.events import publish
from backoffice.kernel.refs import new_token
from oms.amounts import share_of_pieces, tax_of_share
from oms.errors import MerchantOrderStateRefused, PaymentStateRefused, RefundTooHigh
from oms.events import RefundRequested, RefundSucceeded
from oms.models import (
    AttemptKind,
    AttemptState,
    DebitMoment,
    MerchantOrder,
    OrderLine,
    PaymentAttempt,
    PaymentShare,
    Refund,
    RefundLine,
    RefundState,
)
from oms.operations.history import note, note_lines
from oms.operations.incidents import close_refunded_incidents
from oms.operations.payment_attempts import request_attempt
from oms.permissions import MARK_PAID, REFUND_ORDERS
from oms.selectors.orders import lock_merchant_order
from oms.selectors.refunds import find_refund_by_key, refund_event


@dataclass(frozen=True, slots=True)
class RefundPart:
    """Of one line (by its position): pieces taken off it and money given back; no amount = those pieces' share."""

    position: int
    quantity: int = 0
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class RefundWish:
    parts: Sequence[RefundPart]
    shipping_minor: int = 0
    reason: str = "other"
    note: str = ""
    # Repeating the wish with the same key finds the refund it made.
    key: str = field(default_factory=new_token)


@dataclass(frozen=True, slots=True)
class Take:
    """Money and pieces of one line, decided."""

    line: OrderLine
    quantity: int
    amount_minor: int

    @property
    def tax_minor(self) -> int:
        """The tax in it, as long as the line does not know of it yet."""
        line = self.line
        gone = line.withdrawn_minor + line.refunded_minor
        return tax_of_share(line.tax_minor, line.total_minor, gone, self.amount_minor)


@transaction.atomic
def request_refund(merchant_order_ref: str, wish: RefundWish, *, actor: Actor) -> Refund:
    """Owe the buyer money back from one merchant order; the provider is asked after commit.

    Idempotent by `wish.key`. Publishes `RefundRequested`. Raises `RefundTooHigh` above what remains of a line, of the
    shipping or of the payment; `MerchantOrderStateRefused` once the order is closed or nothing was paid.
    """
    part = lock_merchant_order(merchant_order_ref, actor=actor)
    actor.require(REFUND_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    known = find_refund_by_key(f"{part.ref}:{wish.key}")
    if known is not None:
        return known
    refuse_outside(part)
    if not part.can_refund:
        raise MerchantOrderStateRefused(
            _("Nothing can be refunded on an order that is %(state)s.") % {"state": part.get_state_display()}
        )
    lines = {line.position: line for line in part.lines.select_for_update()}
    takes = [_take(lines, wished) for wished in wish.parts if wished.quantity or wished.amount_minor]
    left_of_shipping = part.shipping_minor - part.withdrawn_shipping_minor - part.refunded_shipping_minor
    if not 0 <= wish.shipping_minor <= left_of_shipping:
        raise RefundTooHigh(
            _("The refund of shipping is higher than what is left of it."), left_minor=left_of_shipping
        )
    if not takes and not wish.shipping_minor:
        raise InvalidInput(_("Enter a quantity or an amount to refund."))
    refund = write_refund(
        part, takes, wish.shipping_minor, wish.reason, actor, note_text=wish.note, key=wish.key
    )
    audit.record(
        "oms.refund.requested",
        actor=actor,
        subject=part,
        changes={"refund": [None, refund.ref], "amount_minor": [None, refund.amount_minor]},
        note=wish.note,
    )
    return refund


def refuse_outside(part: MerchantOrder) -> None:
    """Money that never came to the marketplace is not its to give back. Raises `PaymentStateRefused`."""
    payment = PaymentShare.objects.select_related("payment").get(merchant_order=part).payment
    if payment.debit_moment == DebitMoment.OUTSIDE:
        raise PaymentStateRefused(
            _("The buyer paid the merchant, not the marketplace; the merchant pays it back itself.")
        )


def _take(lines: dict[int, OrderLine], wished: RefundPart) -> Take:
    line = lines.get(wished.position)
    if line is None:
        raise NotFound(_("This order has no line %(position)s.") % {"position": wished.position})
    if not 0 <= wished.quantity <= line.quantity_refundable:
        message = ngettext(
            "Only %(count)s piece of “%(title)s” can still be refunded.",
            "Only %(count)s pieces of “%(title)s” can still be refunded.",
            line.quantity_refundable,
        )
        raise RefundTooHigh(
            message % {"count": line.quantity_refundable, "title": line.title},
            position=line.position,
        )
    amount = wished.amount_minor
    if amount is None:
        amount = min(money_of_pieces(line, wished.quantity), line.refundable_minor)
    if amount < 0 or amount > line.refundable_minor:
        raise RefundTooHigh(
            _("The refund of “%(title)s” is higher than what is left of it.") % {"title": line.title},
            position=line.position,
            left_minor=line.refundable_minor,
        )
    return Take(line, wished.quantity, amount)


def money_of_pieces(line: OrderLine, quantity: int) -> int:
    """The money of the next pieces that leave a line, so that all of them together are exactly the line's total.

    Charged by parcel: of the pieces that left, and the last of them take all that is left of their money.
    """
    if line.due_minor is not None:
        if quantity == line.quantity_refundable:
            return line.refundable_minor
        return share_of_pieces(line.due_minor, line.quantity_shipped, line.quantity_refunded, quantity)
    gone = line.quantity_withdrawn + line.quantity_refunded
    return share_of_pieces(line.total_minor, line.quantity, gone, quantity)


class RequestDetails(TypedDict, total=False):
    """What came with the wish: words for the history, the key that makes it happen once."""

    note_text: str
    key: str


def write_refund(
    part: MerchantOrder,
    takes: Sequence[Take],
    shipping_minor: int,
    reason: str,
    actor: Actor,
    **request: Unpack[RequestDetails],
) -> Refund:
    """Book a refund against lines, shipping and share, announce it and command it; needs the order locked."""
    note_text = request.get("note_text", "")
    amount = sum(take.amount_minor for take in takes) + shipping_minor
    raised = PaymentShare.objects.filter(
        merchant_order=part, captured_minor__gte=F("refunded_minor") + amount
    ).update(refunded_minor=F("refunded_minor") + amount)
    if not raised:
        raise RefundTooHigh(_("The refund is higher than what was paid and not given back yet."))
    taxes = [take.tax_minor for take in takes]
    shipping_gone = part.withdrawn_shipping_minor + part.refunded_shipping_minor
    shipping_tax = tax_of_share(part.shipping_tax_minor, part.shipping_minor, shipping_gone, shipping_minor)
    for take in takes:
        take.line.quantity_refunded += take.quantity
        take.line.refunded_minor += take.amount_minor
        take.line.save(update_fields=["quantity_refunded", "refunded_minor"])
    if shipping_minor:
        part.refunded_shipping_minor += shipping_minor
        part.save(update_fields=["refunded_shipping_minor"])
    refund = Refund.objects.create(
        merchant_order=part,
        request_key=f"{part.ref}:{request.get('key') or new_token()}",
        currency=part.currency,
        amount_minor=amount,
        shipping_minor=shipping_minor,
        tax_minor=sum(taxes) + shipping_tax,
        shipping_tax_minor=shipping_tax,
        reason=reason[:40],
        note=note_text[:300],
        requested_by=actor.label[:200],
    )
    _write_lines(refund, takes, taxes)
    _note_request(part, refund, takes, note_text, actor)
    publish(refund_event(RefundRequested, refund))
    payment = PaymentShare.objects.select_related("payment").get(merchant_order=part).payment
    request_attempt(
        payment,
        AttemptKind.REFUND,
        amount,
        key=f"refund-{refund.ref}",
        merchant_order=part,
        refund=refund,
    )
    close_refunded_incidents(part, [take.line for take in takes], actor)
    return refund


def _write_lines(refund: Refund, takes: Sequence[Take], taxes: Sequence[int]) -> None:
    RefundLine.objects.bulk_create(
        RefundLine(
            refund=refund,
            line=take.line,
            quantity=take.quantity,
            amount_minor=take.amount_minor,
            tax_minor=tax,
        )
        for take, tax in zip(takes, taxes, strict=True)
    )


def _note_request(
    part: MerchantOrder, refund: Refund, takes: Sequence[Take], note_text: str, actor: Actor
) -> None:
    """The history of the order and of each line."""
    data = {"refund": refund.ref, "amount_minor": refund.amount_minor}
    note("refund_requested", merchant_order=part, actor=actor, reason=note_text, data=data)
    pieces = [(take.line, take.quantity) for take in takes]
    note_lines("line_refunded", part, pieces, actor=actor, data={"refund": refund.ref})


def refund_cancelled(part: MerchantOrder, actor: Actor) -> Refund | None:
    """Money arrived for pieces that were cancelled before it came: turn what was withdrawn into a refund.

    Needs the order locked; None when nothing of it was cancelled.
    """
    takes = []
    for line in part.lines.select_for_update().filter(quantity_cancelled__gt=0):
        amount = share_of_pieces(
            line.total_minor, line.quantity, line.quantity_refused, line.quantity_cancelled
        )
        pieces = min(line.quantity_cancelled, line.quantity_withdrawn)
        if not pieces:
            continue
        line.quantity_withdrawn -= pieces
        line.withdrawn_minor -= amount
        line.save(update_fields=["quantity_withdrawn", "withdrawn_minor"])
        takes.append(Take(line, pieces, amount))
    if not takes:
        return None
    shipping = part.withdrawn_shipping_minor
    part.withdrawn_shipping_minor = 0
    part.withdrawn_minor -= shipping + sum(take.amount_minor for take in takes)
    part.save(update_fields=["withdrawn_shipping_minor", "withdrawn_minor"])
    return write_refund(part, takes, shipping, "cancelled", actor, key=f"cancelled-{part.ref}")


@transaction.atomic
def retry_refund(ref: str, *, actor: Actor) -> Refund:
    """Ask the provider again after it refused. Raises `NotFound`, `PaymentStateRefused`."""
    refund = _lock_refund(ref, actor)
    order = refund.merchant_order.order
    actor.require(REFUND_ORDERS, merchant_id=refund.merchant_id, places=order.places)
    if refund.state != RefundState.FAILED:
        raise PaymentStateRefused(_("Only a failed refund can be tried again."))
    tries = PaymentAttempt.objects.filter(refund=refund).count()
    refund.retry()
    refund.failure = ""
    refund.save(update_fields=["state", "failure"])
    payment = PaymentShare.objects.select_related("payment").get(merchant_order=refund.merchant_order).payment
    request_attempt(
        payment,
        AttemptKind.REFUND,
        refund.amount_minor,
        key=f"refund-{refund.ref}-{tries + 1}",
        merchant_order=refund.merchant_order,
        refund=refund,
    )
    note("refund_retried", merchant_order=refund.merchant_order, actor=actor, data={"refund": refund.ref})
    return refund


@transaction.atomic
def confirm_refund(ref: str, *, actor: Actor) -> Refund:
    """The operator's bank executed a refund that no provider does by itself. Safe to repeat."""
    refund = _lock_refund(ref, actor)
    actor.require(MARK_PAID)
    if refund.state == RefundState.DONE:
        return refund
    if refund.state != RefundState.SENT:
        raise PaymentStateRefused(_("Only a refund that was sent can be confirmed."))
    PaymentAttempt.objects.filter(refund=refund, state=AttemptState.PENDING).update(
        state=AttemptState.DONE, answered_at=clock.now()
    )
    finish_refund(refund, actor)
    audit.record("oms.refund.confirmed", actor=actor, subject=refund)
    return refund


def finish_refund(refund: Refund, actor: Actor) -> None:
    """The buyer has the money: announce it. Needs the order locked."""
    refund.finish()
    refund.finished_at = clock.now()
    refund.save(update_fields=["state", "finished_at"])
    note(
        "refund_done",
        merchant_order=refund.merchant_order,
        actor=actor,
        data={"refund": refund.ref, "amount_minor": refund.amount_minor},
    )
    publish(refund_event(RefundSucceeded, refund))


def _lock_refund(ref: str, actor: Actor) -> Refund:
    found = Refund.objects.visible_to(actor).filter(ref=ref).select_related("merchant_order").first()
    if found is None:
        raise NotFound(_("There is no such refund."))
    lock_merchant_order(found.merchant_order.ref, actor=actor)
    locked: Refund = Refund.objects.select_related("merchant_order").get(pk=found.pk)
    return locked
