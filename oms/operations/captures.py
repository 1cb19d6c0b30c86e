"""Money that arrived: charged cards and bank transfers, booked to the shares of the merchant orders."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import gettext as _
from mms.operations.tasks import close_tasks, open_task
from oms.errors import PaymentStateRefused
from oms.events import PaymentCaptured
from oms.models import (
    AttemptKind,
    AttemptState,
    DebitMoment,
    MerchantOrder,
    MerchantOrderState,
    Order,
    Payment,
    PaymentAttempt,
    PaymentShare,
    PaymentState,
    TimeLimit,
    TimeLimitKind,
)
from oms.operations.authorisations import open_parts
from oms.operations.history import note
from oms.operations.payment_attempts import request_attempt
from oms.operations.preparation import start_preparation
from oms.operations.refunds import refund_cancelled
from oms.operations.time_limits import settle, settle_order, time_limit
from oms.permissions import MARK_PAID
from oms.ports import Answer, Outcome, get_provider
from oms.selectors.orders import LockedOrder, lock_whole_order

_UNDECIDED = {MerchantOrderState.STAGED, MerchantOrderState.WAITING_ACCEPTANCE}
_UNANSWERED = (AttemptState.WAITING, AttemptState.CLAIMED, AttemptState.UNKNOWN, AttemptState.UNDERWAY)


def record_capture(attempt: PaymentAttempt, answer: Answer, locked: LockedOrder, actor: Actor) -> None:
    """The provider charged the order or a merchant order's share, or refused. Runs with the order locked.

    Charged although it was cancelled meanwhile: the money goes back by itself.
    """
    order, parts = locked
    if answer.outcome == Outcome.DECLINED:
        _record_refused_charge(attempt, answer, locked, actor)
    elif attempt.merchant_order_id is None:
        book_capture(attempt.payment, attempt, [(part, part.share.amount_minor) for part in parts], actor)
        close_tasks("oms.capture_failed", order.ref, actor=actor)
        settle_order(order, [TimeLimitKind.CAPTURE])
        open_parts(order, parts, actor)
        for part in parts:
            refund_cancelled(part, actor)
    else:
        part = next(row for row in parts if row.pk == attempt.merchant_order_id)
        book_capture(attempt.payment, attempt, [(part, attempt.amount_minor)], actor)
        close_tasks("oms.capture_failed", part.ref, actor=actor)
        settle(part, [TimeLimitKind.CAPTURE])
        if part.state == MerchantOrderState.WAITING_PAYMENT:
            start_preparation(part, actor)
        elif part.state == MerchantOrderState.CANCELLED:
            refund_cancelled(part, actor)
    release_remainder(attempt.payment)


def _record_refused_charge(
    attempt: PaymentAttempt, answer: Answer, locked: LockedOrder, actor: Actor
) -> None:
    """People see it, and a clock cancels what cannot be charged in time and has not left yet."""
    order, parts = locked
    part = next((row for row in parts if row.pk == attempt.merchant_order_id), None)
    subject_ref = part.ref if part else order.ref
    note("capture_failed", order=order, merchant_order=part, actor=actor, reason=answer.message)
    open_task(
        kind="oms.capture_failed",
        title=_("%(ref)s could not be charged: %(reason)s") % {"ref": subject_ref, "reason": answer.message},
        url_name="console:oms-order-detail",
        url_args=[order.ref],
        subject_ref=subject_ref,
        merchant_id=part.merchant_id if part else None,
    )
    running = TimeLimit.objects.filter(
        order=order, merchant_order=part, kind=TimeLimitKind.CAPTURE, settled_at=None
    )
    is_over = part is not None and part.state in {MerchantOrderState.CANCELLED, MerchantOrderState.REFUSED}
    if not is_over and not running.exists():
        time_limit(TimeLimitKind.CAPTURE, order.pk, merchant_order=part).save()


def book_capture(
    payment: Payment, attempt: PaymentAttempt, amounts: Sequence[tuple[MerchantOrder, int]], actor: Actor
) -> None:
    """Add money to the shares and announce it; needs the order locked."""
    now = clock.now()
    payment.capture()
    payment.paid_at = payment.paid_at or now
    payment.save(update_fields=["state", "paid_at"])
    for part, amount_minor in amounts:
        PaymentShare.objects.filter(merchant_order=part).update(
            captured_minor=F("captured_minor") + amount_minor,
        )
        part.share.captured_minor += amount_minor
        note("captured", merchant_order=part, actor=actor, data={"amount_minor": amount_minor})
    publish(
        PaymentCaptured(
            capture_id=attempt.pk,
            order_id=payment.order_id,
            provider=payment.provider,
            provider_ref=attempt.provider_ref,
            currency=payment.currency,
            amount_minor=attempt.amount_minor,
            shares=tuple((part.pk, part.merchant_id, amount) for part, amount in amounts),
            occurred_at=now,
        )
    )


def release_remainder(payment: Payment) -> None:
    """Once every merchant order was charged or ended, what is still held is let go; safe to repeat."""
    unpaid = payment.shares.filter(
        captured_minor__lt=F("merchant_order__total_minor") - F("merchant_order__withdrawn_minor")
    ).exclude(merchant_order__state__in=[MerchantOrderState.CANCELLED, MerchantOrderState.REFUSED])
    if unpaid.exists():
        return
    if payment.attempts.filter(kind=AttemptKind.CAPTURE, state__in=_UNANSWERED).exists():
        return
    captured = sum(payment.shares.values_list("captured_minor", flat=True))
    rest = payment.amount_minor - captured
    if rest > 0 and get_provider(payment.provider).holds_money:
        request_attempt(payment, AttemptKind.VOID, rest, key=f"void-{payment.order.ref}")
    elif not captured and payment.state in {PaymentState.AWAITED, PaymentState.AUTHORISED}:
        payment.void()
        payment.save(update_fields=["state"])


def record_void(attempt: PaymentAttempt, answer: Answer, locked: LockedOrder, actor: Actor) -> None:
    """The provider let the held money go; a payment of which nothing was charged ends with it."""
    payment = attempt.payment
    note(
        "payment_released",
        order=locked[0],
        actor=actor,
        data={"amount_minor": attempt.amount_minor},
        reason=answer.message,
    )
    if answer.outcome == Outcome.DECLINED:
        return
    payment.shares.update(released_minor=F("amount_minor") - F("captured_minor"))
    payment.authorised_until = None
    if payment.state == PaymentState.AUTHORISED:
        payment.void()
    payment.save(update_fields=["state", "authorised_until"])


@transaction.atomic
def mark_paid(order_ref: str, *, reference: str, actor: Actor) -> Order:
    """The buyer's transfer arrived in full: book it, open the order to its merchants.

    Safe to repeat. Paid before shipment, it is the whole order, and what was cancelled meanwhile is refunded at once;
    paid on invoice, it is what the merchants accepted. Raises `NotFound`, `PaymentStateRefused` when the order is not
    paid by transfer or was never placed.
    """
    actor.require(MARK_PAID)
    known = Order.objects.placed().filter(ref=order_ref).select_related("payment").first()
    if known is None:
        raise NotFound(_("There is no order %(ref)s.") % {"ref": order_ref})
    if not reference.strip():
        message = _("Enter the reference from the bank statement.")
        raise InvalidInput(message, fields={"reference": message})
    order, parts = lock_whole_order(known.pk)
    payment = Payment.objects.select_for_update().select_related("order").get(order=order)
    if payment.debit_moment not in {DebitMoment.ORDER, DebitMoment.DUE_DATE} or (
        get_provider(payment.provider).holds_money
    ):
        raise PaymentStateRefused(
            _("This order is not paid by transfer; its charges are recorded by themselves.")
        )
    if payment.state == PaymentState.CAPTURED:
        return order
    is_invoice = payment.debit_moment == DebitMoment.DUE_DATE
    if is_invoice and any(part.state in _UNDECIDED for part in parts):
        raise PaymentStateRefused(_("What the buyer owes is known once every merchant has answered."))
    owed = [(part, part.payable_minor if is_invoice else part.total_minor) for part in parts]
    owed = [(part, amount) for part, amount in owed if amount]
    if not owed:
        raise PaymentStateRefused(_("Nothing of this order is owed any more. Send the transfer back."))
    attempt = PaymentAttempt.objects.create(
        payment=payment,
        kind=AttemptKind.CAPTURE,
        state=AttemptState.DONE,
        idempotency_key=f"capture-{order.ref}",
        amount_minor=sum(amount for _part, amount in owed),
        provider_ref=reference.strip()[:100],
        answered_at=clock.now(),
    )
    book_capture(payment, attempt, owed, actor)
    settle_order(order, [TimeLimitKind.UNPAID])
    for part, _amount in owed:
        settle(part, [TimeLimitKind.DUE])
        close_tasks("oms.invoice_overdue", part.ref, actor=actor)
    audit.record("oms.payment.marked_paid", actor=actor, subject=order, note=reference.strip())
    open_parts(order, parts, actor)
    if not is_invoice:
        for part in parts:
            refund_cancelled(part, actor)
    return order
