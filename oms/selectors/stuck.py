"""What waits longer than it should, why, and what a person can do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from oms.models import (
    AttemptKind,
    AttemptState,
    MerchantOrderState,
    NotificationState,
    PaymentAttempt,
    PaymentNotification,
    Refund,
    RefundState,
    TimeLimit,
    TimeLimitKind,
)

# Shorter waits resolve themselves.
PATIENCE = timedelta(minutes=5)
BUYER_PATIENCE = timedelta(hours=1)
BANK_PATIENCE = timedelta(days=3)
LIMIT = 200
ENDED = (MerchantOrderState.REFUSED, MerchantOrderState.CANCELLED)


@dataclass(frozen=True, slots=True)
class StuckItem:
    kind: str
    # Empty for a message that belongs to no order.
    order_ref: str
    subject_ref: str
    since: datetime
    reason: str
    # What to do.
    advice: str
    # The acts that help, by the name of the page, and what they are done to.
    acts: tuple[tuple[str, tuple[str | int, ...]], ...] = ()


def list_stuck_rows(actor: Actor) -> dict[str, QuerySet[Any]]:
    """What is stuck by kind, for operators, to be counted; the same rows as `list_stuck` tells about."""
    if not actor.is_global:
        return {}
    clocks = _clocks()
    return {
        "payment": _unanswered(),
        "capture": _uncharged(),
        "refund": _refunds(),
        "clock": clocks.exclude(kind=TimeLimitKind.DUE),
        "invoice": clocks.filter(kind=TimeLimitKind.DUE),
        "message": _messages(),
    }


def list_stuck(actor: Actor) -> list[StuckItem]:
    """Everything that is stuck, longest first, for operators; five statements, at most 200 of each kind."""
    if not actor.is_global:
        return []
    told: list[tuple[QuerySet[Any], Callable[[Any], StuckItem]]] = [
        (_unanswered(), _unanswered_item),
        (_uncharged(), _uncharged_item),
        (_refunds(), _refund_item),
        (_clocks(), _clock_item),
        (_messages(), _message_item),
    ]
    found = [item_of(row) for rows, item_of in told for row in rows[:LIMIT]]
    return sorted(found, key=lambda item: item.since)


def _unanswered() -> QuerySet[PaymentAttempt]:
    now = clock.now()
    unheard = Q(
        state__in=[AttemptState.WAITING, AttemptState.CLAIMED, AttemptState.UNKNOWN],
        created_at__lt=now - PATIENCE,
    )
    unfinished = Q(
        state=AttemptState.UNDERWAY, kind=AttemptKind.AUTHORISE, created_at__lt=now - BUYER_PATIENCE
    )
    too_slow = Q(state=AttemptState.UNDERWAY, created_at__lt=now - BANK_PATIENCE)
    rows = PaymentAttempt.objects.filter(unheard | unfinished | too_slow)
    return rows.select_related("payment__order", "merchant_order").order_by("id")


def _unanswered_item(row: PaymentAttempt) -> StuckItem:
    key = row.idempotency_key
    acts: list[tuple[str, tuple[str | int, ...]]] = [("oms-attempt-look_up", (key,))]
    if row.state in {AttemptState.UNKNOWN, AttemptState.UNDERWAY}:
        acts.append(("oms-attempt-outcome", (key,)))
    if row.state == AttemptState.UNDERWAY:
        reason = _("%(what)s: begun, but neither finished nor refused.") % {"what": row.get_kind_display()}
    else:
        reason = _("%(what)s: the provider has not answered (%(tries)s tries). %(message)s") % {
            "what": row.get_kind_display(),
            "tries": row.tries,
            "message": row.message,
        }
    if row.kind == AttemptKind.AUTHORISE and row.payment.order.abandoned_at is not None:
        advice = _("The order ended without it; money may still be held. Look it up at the provider.")
    else:
        advice = _("It is asked again by itself. If it stays, look the payment up at the provider.")
    return StuckItem(
        "payment",
        row.payment.order.ref,
        row.merchant_order.ref if row.merchant_order else row.payment.order.ref,
        row.created_at,
        reason,
        advice,
        tuple(acts),
    )


def _uncharged() -> QuerySet[PaymentAttempt]:
    refused = Q(
        merchant_order__share__captured_minor__lt=F("merchant_order__total_minor")
        - F("merchant_order__withdrawn_minor"),
    ) & ~Q(merchant_order__state__in=ENDED)
    whole = Q(merchant_order=None, payment__paid_at=None, payment__state="authorised")
    charges = PaymentAttempt.objects.filter(kind=AttemptKind.CAPTURE)
    # Charged again since, or about to be; and of several refusals the last one counts.
    later = charges.alias(part=Coalesce("merchant_order_id", 0)).filter(
        payment_id=OuterRef("payment_id"),
        part=Coalesce(OuterRef("merchant_order_id"), 0),
        id__gt=OuterRef("id"),
    )
    rows = charges.filter(refused | whole, ~Exists(later), state=AttemptState.REFUSED)
    return rows.select_related("payment__order", "merchant_order").order_by("id")


def _uncharged_item(row: PaymentAttempt) -> StuckItem:
    order_ref = row.payment.order.ref
    part_ref = row.merchant_order.ref if row.merchant_order else f"{order_ref}-1"
    acts: list[tuple[str, tuple[str | int, ...]]] = [("oms-part-capture", (part_ref,))]
    if row.merchant_order is not None and row.merchant_order.can_cancel:
        acts.append(("oms-part-cancel", (part_ref,)))
        advice = _("Try again or cancel; it is cancelled by itself when its time limit ends.")
    elif row.merchant_order is None:
        advice = _("Try again; it is cancelled by itself when its time limit ends.")
    else:
        advice = _("The goods have left. Try again, or collect the money another way.")
    return StuckItem(
        "capture",
        order_ref,
        row.merchant_order.ref if row.merchant_order else order_ref,
        row.answered_at or row.created_at,
        _("Accepted, but the buyer could not be charged: %(message)s") % {"message": row.message},
        advice,
        tuple(acts),
    )


def _refunds() -> QuerySet[Refund]:
    failed = Refund.objects.filter(state=RefundState.FAILED)
    slow = Refund.objects.filter(state=RefundState.SENT, created_at__lt=clock.now() - BANK_PATIENCE)
    return (failed | slow).select_related("merchant_order__order").order_by("id")


def _refund_item(row: Refund) -> StuckItem:
    is_failed = row.state == RefundState.FAILED
    return StuckItem(
        "refund",
        row.merchant_order.order.ref,
        row.ref,
        row.created_at,
        _("The refund failed: %(message)s") % {"message": row.failure}
        if is_failed
        else _("The refund was sent three days ago and nobody confirmed it."),
        _("Try again, or pay it back by bank transfer and confirm it.")
        if is_failed
        else _("Ask the bank. Confirm it as soon as the buyer has the money; do not send it twice."),
        (
            (
                "oms-refund-retry" if is_failed else "oms-refund-confirm",
                (row.merchant_order.ref, row.ref),
            ),
        ),
    )


def _clocks() -> QuerySet[TimeLimit]:
    now = clock.now()
    failed = Q(settled_at=None, due_at__lt=now - timedelta(minutes=30))
    overdue = Q(
        kind=TimeLimitKind.DUE,
        due_at__lt=now,
        merchant_order__share__captured_minor=0,
        merchant_order__total_minor__gt=F("merchant_order__withdrawn_minor"),
    )
    rows = TimeLimit.objects.filter(failed | overdue)
    return rows.select_related("order", "merchant_order").order_by("due_at")


def _clock_item(row: TimeLimit) -> StuckItem:
    subject_ref = row.merchant_order.ref if row.merchant_order else row.order.ref
    if row.kind == TimeLimitKind.DUE:
        return StuckItem(
            "invoice",
            row.order.ref,
            subject_ref,
            row.due_at,
            _("The buyer's invoice is overdue."),
            _("The buyer was reminded. Record the payment when it arrives, or collect it."),
            (("oms-order-paid", (row.order.ref,)),),
        )
    return StuckItem(
        "clock",
        row.order.ref,
        subject_ref,
        row.due_at,
        _("%(what)s: the time limit passed but its act failed. %(error)s")
        % {"what": row.get_kind_display(), "error": row.last_error},
        _("Check that the worker runs; otherwise do it by hand on the order."),
    )


def _messages() -> QuerySet[PaymentNotification]:
    return PaymentNotification.objects.filter(state=NotificationState.PARKED).order_by("id")


def _message_item(row: PaymentNotification) -> StuckItem:
    return StuckItem(
        "message",
        "",
        row.event_id,
        row.received_at,
        _("A message of %(provider)s (%(kind)s) could not be handled: %(error)s")
        % {"provider": row.provider, "kind": row.kind, "error": row.error},
        _("Mend the cause, then handle it again; the payments it names are also asked about by themselves."),
        (("oms-notification-retry", (row.pk,)),),
    )
