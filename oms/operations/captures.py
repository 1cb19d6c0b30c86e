"""Money that arrived: charged cards and bank transfers, booked to the shares of the merchant orders."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.events import publish
from mms.operations.tasks import close_tasks, open_task
from oms.errors import PaymentStateRefused
from oms.events import PaymentCaptured
from oms.models import (
    AttemptKind,
    AttemptState,
    MerchantOrder,
    MerchantOrderState,
    Order,
    Payment,
    PaymentAttempt,
    PaymentShare,
    PaymentState,
    TimeLimitKind,
)
from oms.operations.authorisations import open_parts
from oms.operations.history import note
from oms.operations.payment_attempts import request_attempt
from oms.operations.preparation import start_preparation
from oms.operations.refunds import refund_cancelled
from oms.operations.time_limits import settle_order
from oms.permissions import MARK_PAID
from oms.ports import Answer, Outcome, get_provider
from oms.selectors.orders import LockedOrder, lock_whole_order

_UNANSWERED = (AttemptState.WAITING, AttemptState.CLAIMED, AttemptState.UNKNOWN)


def record_capture(attempt: PaymentAttempt, answer: Answer, locked: LockedOrder, actor: Actor) -> None:
    """The provider charged a merchant order's share, or refused. Runs with the order locked.

    Charged although the order was cancelled meanwhile: the money goes back by itself.
    """
    order, parts = locked
    part = next(row for row in parts if row.pk == attempt.merchant_order_id)
    if answer.outcome == Outcome.DECLINED:
        note("capture_failed", merchant_order=part, actor=actor, reason=answer.message)
        open_task(
            kind="oms.capture_failed",
            title=_("%(ref)s could not be charged: %(reason)s") % {"ref": part.ref, "reason": answer.message},
            url_name="console:oms-order-detail",
            url_args=[order.ref],
            subject_ref=part.ref,
            merchant_id=part.merchant_id,
        )
        release_remainder(attempt.payment)
        return
    payment = attempt.payment
    book_capture(payment, attempt, [(part, attempt.amount_minor)], actor)
    close_tasks("oms.capture_failed", part.ref, actor=actor)
    if part.state == MerchantOrderState.WAITING_PAYMENT:
        start_preparation(part, actor)
    elif part.state == MerchantOrderState.CANCELLED:
        refund_cancelled(part, actor)
    release_remainder(payment)


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
            captured_minor=F("captured_minor") + amount_minor
        )
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
    """Once every merchant order was charged or ended, what the provider still holds is let go; safe to repeat."""
    if not get_provider(payment.provider).holds_money:
        return
    undecided = [
        MerchantOrderState.STAGED,
        MerchantOrderState.WAITING_ACCEPTANCE,
        MerchantOrderState.WAITING_PAYMENT,
    ]
    if MerchantOrder.objects.filter(order_id=payment.order_id, state__in=undecided).exists():
        return
    if payment.attempts.filter(kind=AttemptKind.CAPTURE, state__in=_UNANSWERED).exists():
        return
    captured = sum(payment.shares.values_list("captured_minor", flat=True))
    rest = payment.amount_minor - captured
    if rest > 0:
        request_attempt(payment, AttemptKind.VOID, rest, key=f"void-{payment.order.ref}")


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
    if payment.state == PaymentState.AUTHORISED and answer.outcome != Outcome.DECLINED:
        payment.void()
        payment.save(update_fields=["state"])


@transaction.atomic
def mark_paid(order_ref: str, *, reference: str, actor: Actor) -> Order:
    """The buyer's transfer arrived in full: book it, open the order to its merchants.

    Safe to repeat. A transfer for something cancelled meanwhile is booked and refunded at once. Raises `NotFound`,
    `PaymentStateRefused` when the order is not paid by transfer or was never placed.
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
    if get_provider(payment.provider).holds_money:
        raise PaymentStateRefused(_("This order is paid by card; it is charged when the merchants accept."))
    if payment.state == PaymentState.CAPTURED:
        return order
    now = clock.now()
    attempt = PaymentAttempt.objects.create(
        payment=payment,
        kind=AttemptKind.CAPTURE,
        state=AttemptState.DONE,
        idempotency_key=f"capture-{order.ref}",
        amount_minor=payment.amount_minor,
        provider_ref=reference.strip()[:100],
        answered_at=now,
    )
    book_capture(payment, attempt, [(part, part.total_minor) for part in parts], actor)
    settle_order(order, [TimeLimitKind.UNPAID])
    audit.record("oms.payment.marked_paid", actor=actor, subject=order, note=reference.strip())
    open_parts(order, parts, actor)
    for part in parts:
        refund_cancelled(part, actor)
    return order
