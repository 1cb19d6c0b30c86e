"""Messages of payment providers: kept first, answered, handled after; late, doubled and disordered ones are harmless.

A message never says what is true; it only makes us ask the provider earlier than we would have.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import clock, wake
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from oms.models import NotificationState, PaymentNotification, TestCardOperation
from oms.operations.payments import check_paid_refund, process_attempt
from oms.permissions import RESOLVE_PAYMENTS
from oms.ports import Notification
from oms.selectors.payments import (
    find_open_authorisation,
    knows_subjects,
    list_attempts_about,
    list_paid_refunds_named,
)

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
TRIES = 8
KEPT_FOR = timedelta(days=90)


@transaction.atomic
def keep_notification(provider: str, message: Notification) -> bool:
    """Write a message into the inbox; False when it is there already. The sender is answered after commit."""
    row, is_new = PaymentNotification.objects.get_or_create(
        provider=provider,
        event_id=message.event_id[:120],
        defaults={"kind": message.kind[:80], "subjects": list(message.subjects)[:20]},
    )
    if is_new:
        wake.on_commit("oms.handle_payment_notification", row.pk)
    return is_new


def handle_notification(notification_id: int, *, actor: Actor) -> bool:
    """Ask the provider about what the message names; False when somebody else has it or it is done.

    Call it outside any transaction. A message that came before our own row was committed is tried again.
    """
    now = clock.now()
    mine = PaymentNotification.objects.filter(
        pk=notification_id, state=NotificationState.RECEIVED, due_at__lte=now
    )
    if not mine.update(due_at=now + LEASE, tries=F("tries") + 1):
        return False
    row = PaymentNotification.objects.get(pk=notification_id)
    try:
        for attempt_id in list_attempts_about(row.provider, row.subjects):
            process_attempt(attempt_id, actor=actor)
        for attempt_id in list_paid_refunds_named(row.provider, row.subjects):
            check_paid_refund(attempt_id, actor=actor)
    except Exception as error:
        logger.exception("payment message %s could not be handled", row.event_id)
        _later(row, str(error))
        return True
    if knows_subjects(row.provider, row.subjects):
        _end(row, NotificationState.HANDLED)
    elif row.tries < 3:
        # It may be faster than the transaction it is about.
        _later(row, "")
    else:
        _end(row, NotificationState.IGNORED)
    return True


def _later(row: PaymentNotification, error: str) -> None:
    is_over = row.tries >= TRIES
    PaymentNotification.objects.filter(pk=row.pk).update(
        state=NotificationState.PARKED if is_over else NotificationState.RECEIVED,
        due_at=clock.now() + timedelta(seconds=10 * 2**row.tries),
        error=error[:300],
    )


def _end(row: PaymentNotification, state: NotificationState) -> None:
    PaymentNotification.objects.filter(pk=row.pk).update(state=state, handled_at=clock.now(), error="")


def handle_due_notifications(*, actor: Actor, limit: int = 200) -> int:
    """Handle what waits, oldest first; returns how many were looked at."""
    due = PaymentNotification.objects.filter(state=NotificationState.RECEIVED, due_at__lte=clock.now())
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    return sum(handle_notification(pk, actor=actor) for pk in ids)


def handle_again(notification_id: int, *, actor: Actor) -> None:
    """A person mended what parked a message. Raises `NotFound` unless it is parked."""
    actor.require(RESOLVE_PAYMENTS)
    parked = PaymentNotification.objects.filter(pk=notification_id, state=NotificationState.PARKED)
    if not parked.update(state=NotificationState.RECEIVED, tries=0, due_at=clock.now(), error=""):
        raise NotFound(_("There is no such message to handle again."))
    wake.on_commit("oms.handle_payment_notification", notification_id)


def forget_old_notifications() -> int:
    old = PaymentNotification.objects.filter(received_at__lt=clock.now() - KEPT_FOR).exclude(
        state=NotificationState.RECEIVED
    )
    return old.delete()[0]


def send_test_card_notifications() -> int:
    """The test card's bank tells what it did: once, twice or late, as the card wants it. Returns the messages sent."""
    sent = 0
    due = TestCardOperation.objects.filter(notify_times__gt=0, notify_at__lte=clock.now())
    # Not in the order of events: newest first.
    for row in due.order_by("-pk")[:200]:
        message = Notification(f"tc-{row.key}", f"{row.kind}.done", (row.key, row.reference))
        keep_notification("test_card", message)
        TestCardOperation.objects.filter(pk=row.pk, notify_times=row.notify_times).update(
            notify_times=F("notify_times") - 1
        )
        sent += 1
    return sent


def look_up_checkout(order_id: int, *, actor: Actor) -> None:
    """The buyer came back from the provider: ask what became of the payment. Call it outside any transaction."""
    attempt_id = find_open_authorisation(order_id)
    if attempt_id is not None:
        process_attempt(attempt_id, actor=actor)
