"""Commands to payment providers: written first, claimed, sent outside any transaction, answered exactly once.

Who may lock what, always in this order: order, merchant orders by key, attempt. An unanswered command is asked about by
its key before it is ever sent again, so nobody is charged twice.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from backoffice.kernel.refs import new_token
from oms.errors import PaymentStateRefused
from oms.models import AttemptKind, AttemptState, PaymentAttempt
from oms.operations.authorisations import record_authorisation
from oms.operations.captures import record_capture, record_void
from oms.operations.payment_attempts import request_attempt
from oms.operations.refund_answers import record_refund
from oms.permissions import RESOLVE_PAYMENTS
from oms.ports import Answer, Command, NoAnswer, Outcome, PaymentProvider, get_provider
from oms.selectors.orders import LockedOrder, lock_whole_order

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
OPEN_STATES = (AttemptState.WAITING, AttemptState.CLAIMED, AttemptState.UNKNOWN)

_EFFECTS: dict[str, Callable[[PaymentAttempt, Answer, LockedOrder, Actor], None]] = {
    AttemptKind.AUTHORISE: record_authorisation,
    AttemptKind.CAPTURE: record_capture,
    AttemptKind.VOID: record_void,
    AttemptKind.REFUND: record_refund,
}
_STATES = {
    Outcome.APPROVED: AttemptState.DONE,
    Outcome.PENDING: AttemptState.PENDING,
    Outcome.DECLINED: AttemptState.REFUSED,
}


def process_attempt(attempt_id: int, *, actor: Actor, only_due: bool = False) -> bool:
    """Send one command, or ask what became of it, and record the answer; False when somebody else has it.

    Call it outside any transaction: the claim and the answer commit on their own.
    """
    claim, now = new_token(), clock.now()
    open_attempt = PaymentAttempt.objects.filter(pk=attempt_id, state__in=OPEN_STATES)
    if only_due:
        open_attempt = open_attempt.filter(due_at__lte=now)
    # A claimed one belongs to whoever claimed it until the lease ends.
    free = open_attempt.exclude(state=AttemptState.CLAIMED, due_at__gt=now)
    if not free.update(state=AttemptState.CLAIMED, claim=claim, due_at=now + LEASE, tries=F("tries") + 1):
        return False
    attempt = PaymentAttempt.objects.select_related("payment__order").get(pk=attempt_id)
    try:
        answer = _ask(attempt)
    except Exception as error:
        # Whatever broke, the provider may have acted: unknown until it is asked.
        if not isinstance(error, NoAnswer):
            logger.exception("payment attempt %s failed", attempt.idempotency_key)
        _leave_unknown(attempt, str(error))
        return True
    _record(attempt, answer, actor)
    return True


def _ask(attempt: PaymentAttempt) -> Answer:
    provider = get_provider(attempt.payment.provider)
    if attempt.tries > 1:
        known = provider.find(attempt.idempotency_key)
        if known is not None:
            return known
        if attempt.kind == AttemptKind.AUTHORISE and provider.holds_money:
            # The buyer is no longer there to be charged.
            return Answer(
                Outcome.DECLINED, message=_("The payment did not reach the bank. Nothing was charged.")
            )
    return _send(provider, attempt)


def _send(provider: PaymentProvider, attempt: PaymentAttempt) -> Answer:
    payment = attempt.payment
    command = Command(
        key=attempt.idempotency_key,
        amount_minor=attempt.amount_minor,
        currency=payment.currency,
        order_ref=payment.order.ref,
        instrument=payment.instrument,
        authorisation=payment.provider_ref,
    )
    verbs: dict[str, Callable[[Command], Answer]] = {
        AttemptKind.AUTHORISE: provider.authorise,
        AttemptKind.CAPTURE: provider.capture,
        AttemptKind.VOID: provider.void,
        AttemptKind.REFUND: provider.refund,
    }
    return verbs[attempt.kind](command)


def _leave_unknown(attempt: PaymentAttempt, message: str) -> None:
    pause = min(timedelta(seconds=10 * 2 ** min(attempt.tries, 12)), LONGEST_PAUSE)
    PaymentAttempt.objects.filter(pk=attempt.pk, claim=attempt.claim, state=AttemptState.CLAIMED).update(
        state=AttemptState.UNKNOWN, message=message[:300], due_at=clock.now() + pause
    )


@transaction.atomic
def _record(attempt: PaymentAttempt, answer: Answer, actor: Actor) -> None:
    locked = lock_whole_order(attempt.payment.order_id)
    mine = PaymentAttempt.objects.filter(pk=attempt.pk, claim=attempt.claim, state=AttemptState.CLAIMED)
    if not mine.update(
        state=_STATES[answer.outcome],
        provider_ref=answer.reference,
        message=answer.message[:300],
        answered_at=clock.now(),
    ):
        # The lease ended and somebody else asked; the same key gets the same answer.
        return
    attempt = PaymentAttempt.objects.select_related("payment__order", "refund").get(pk=attempt.pk)
    _EFFECTS[attempt.kind](attempt, answer, locked, actor)


def process_due_attempts(*, actor: Actor, limit: int = 200) -> int:
    """Send what waits and ask about what is unanswered; returns how many were looked at."""
    due = PaymentAttempt.objects.filter(state__in=OPEN_STATES, due_at__lte=clock.now())
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    return sum(process_attempt(attempt_id, actor=actor, only_due=True) for attempt_id in ids)


@transaction.atomic
def try_capture_again(merchant_order_ref: str, *, actor: Actor) -> PaymentAttempt:
    """Ask the provider once more to charge a merchant order whose charge was refused.

    Raises `PaymentStateRefused` when there is nothing to repeat.
    """
    actor.require(RESOLVE_PAYMENTS)
    refused = (
        PaymentAttempt.objects.filter(
            merchant_order__ref=merchant_order_ref,
            merchant_order__state="waiting_payment",
            kind=AttemptKind.CAPTURE,
        )
        .select_related("payment", "merchant_order")
        .order_by("-id")
        .first()
    )
    if refused is None or refused.merchant_order is None:
        raise NotFound(_("There is no charge to repeat on this order."))
    if refused.state != AttemptState.REFUSED:
        raise PaymentStateRefused(_("The last attempt is still under way. Look again in a minute."))
    number = PaymentAttempt.objects.filter(
        merchant_order=refused.merchant_order, kind=AttemptKind.CAPTURE
    ).count()
    attempt = request_attempt(
        refused.payment,
        AttemptKind.CAPTURE,
        refused.amount_minor,
        key=f"capture-{merchant_order_ref}-{number + 1}",
        merchant_order=refused.merchant_order,
    )
    audit.record("oms.payment.capture_repeated", actor=actor, subject=refused.merchant_order)
    return attempt
