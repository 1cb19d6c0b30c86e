"""What waits longer than it should, why, and what a person can do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from oms.models import (
    AttemptKind,
    AttemptState,
    MerchantOrderState,
    Order,
    PaymentAttempt,
    Refund,
    RefundState,
    TimeLimit,
)

# Shorter waits resolve themselves.
PATIENCE = timedelta(minutes=5)
BANK_PATIENCE = timedelta(days=3)
LIMIT = 200


@dataclass(frozen=True, slots=True)
class StuckItem:
    kind: str
    order_ref: str
    subject_ref: str
    since: datetime
    reason: str
    # What to do.
    advice: str


def list_stuck(actor: Actor) -> list[StuckItem]:
    """Everything that is stuck, longest first, for operators; five statements, at most 200 of each kind."""
    if not actor.is_global:
        return []
    found = [*_unanswered(), *_uncharged(), *_refunds(), *_drafts(), *_clocks()]
    return sorted(found, key=lambda item: item.since)


def count_stuck(actor: Actor) -> int:
    return len(list_stuck(actor))


def _unanswered() -> list[StuckItem]:
    rows = (
        PaymentAttempt.objects.filter(
            state__in=[AttemptState.WAITING, AttemptState.CLAIMED, AttemptState.UNKNOWN],
            created_at__lt=clock.now() - PATIENCE,
        )
        .select_related("payment__order", "merchant_order")
        .order_by("id")[:LIMIT]
    )
    return [
        StuckItem(
            "payment",
            row.payment.order.ref,
            row.merchant_order.ref if row.merchant_order else row.payment.ref,
            row.created_at,
            _("%(what)s: the provider has not answered (%(tries)s tries). %(message)s")
            % {"what": row.get_kind_display(), "tries": row.tries, "message": row.message},
            _("It is asked again by itself. If it stays, look the payment up at the provider."),
        )
        for row in rows
    ]


def _uncharged() -> list[StuckItem]:
    rows = (
        PaymentAttempt.objects.filter(
            kind=AttemptKind.CAPTURE,
            state=AttemptState.REFUSED,
            merchant_order__state=MerchantOrderState.WAITING_PAYMENT,
        )
        .select_related("payment__order", "merchant_order")
        .order_by("id")[:LIMIT]
    )
    newest = {row.merchant_order_id: row for row in rows}
    return [
        StuckItem(
            "capture",
            row.payment.order.ref,
            row.merchant_order.ref if row.merchant_order else row.payment.ref,
            row.answered_at or row.created_at,
            _("Accepted, but the buyer could not be charged: %(message)s") % {"message": row.message},
            _("Try again or cancel; it is cancelled by itself when its time limit ends."),
        )
        for row in newest.values()
    ]


def _refunds() -> list[StuckItem]:
    failed = Refund.objects.filter(state=RefundState.FAILED)
    slow = Refund.objects.filter(state=RefundState.SENT, created_at__lt=clock.now() - BANK_PATIENCE)
    rows = (failed | slow).select_related("merchant_order__order").order_by("id")[:LIMIT]
    return [
        StuckItem(
            "refund",
            row.merchant_order.order.ref,
            row.ref,
            row.created_at,
            _("The refund failed: %(message)s") % {"message": row.failure}
            if row.state == RefundState.FAILED
            else _("The refund was sent three days ago and nobody confirmed it."),
            _("Try again, or pay it back by bank transfer and confirm it."),
        )
        for row in rows
    ]


def _drafts() -> list[StuckItem]:
    rows = Order.objects.filter(
        placed_at=None, abandoned_at=None, created_at__lt=clock.now() - timedelta(hours=1)
    ).order_by("id")[:LIMIT]
    return [
        StuckItem(
            "draft",
            row.ref,
            row.ref,
            row.created_at,
            _("The checkout was not finished: it is not known whether the buyer paid."),
            _("It ends by itself once the provider answers or the time limit passes."),
        )
        for row in rows
    ]


def _clocks() -> list[StuckItem]:
    rows = (
        TimeLimit.objects.filter(settled_at=None, due_at__lt=clock.now() - timedelta(minutes=30))
        .select_related("order", "merchant_order")
        .order_by("due_at")[:LIMIT]
    )
    return [
        StuckItem(
            "clock",
            row.order.ref,
            row.merchant_order.ref if row.merchant_order else row.order.ref,
            row.due_at,
            _("%(what)s: the time limit passed but its act failed. %(error)s")
            % {"what": row.get_kind_display(), "error": row.last_error},
            _("Check that the worker runs; otherwise do it by hand on the order."),
        )
        for row in rows
    ]
