"""Commands to payment providers: written first, claimed, sent outside any transaction, answered exactly once.

Who may lock what, always in this order: order, merchant orders by key, attempt. An unanswered command is asked about by
its key before it is ever sent again, so nobody is charged twice.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import clipped
from backoffice.kernel.refs import new_token
from oms.links import order_link
from oms.models import AttemptKind, AttemptState, DebitMoment, PaymentAttempt
from oms.operations.authorisations import record_authorisation
from oms.operations.captures import record_capture, record_void
from oms.operations.payment_attempts import write_answer
from oms.operations.placement import LEASE, Draft, place_in_hand
from oms.operations.refund_answers import record_refund, take_back_paid
from oms.operations.reservations import prolong_holds
from oms.ports import Answer, Command, NoAnswer, NotSent, Outcome, get_provider
from oms.selectors.orders import LockedOrder, lock_whole_order

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=1)
# Pages of providers are open for half an hour; the goods are held a little longer.
PAGE_OPEN_FOR = timedelta(minutes=35)
RECORD_TRIES = 3
OPEN_STATES = (AttemptState.WAITING, AttemptState.CLAIMED, AttemptState.UNKNOWN, AttemptState.UNDERWAY)

_EFFECTS: dict[str, Callable[[PaymentAttempt, Answer, LockedOrder, Actor], None]] = {
    AttemptKind.AUTHORISE: record_authorisation,
    AttemptKind.CAPTURE: record_capture,
    AttemptKind.VOID: record_void,
    AttemptKind.REFUND: record_refund,
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
    _carry_out(PaymentAttempt.objects.select_related("payment__order").get(pk=attempt_id), actor)
    return True


def check_paid_refund(attempt_id: int, *, actor: Actor) -> bool:
    """Ask the provider about a refund it said was paid; True when it failed after all and is failed here too.

    Call it outside any transaction. Raises `NoAnswer` when the provider does not tell.
    """
    paid = PaymentAttempt.objects.select_related("payment__order").filter(
        pk=attempt_id, kind=AttemptKind.REFUND, state=AttemptState.DONE
    )
    attempt = paid.first()
    if attempt is None:
        return False
    answer = get_provider(attempt.payment.provider).find(command_of(attempt))
    if answer is None or answer.outcome != Outcome.DECLINED:
        return False
    with transaction.atomic():
        lock_whole_order(attempt.payment.order_id)
        return take_back_paid(attempt, answer, actor)


def carry_out_draft(draft: Draft, *, actor: Actor) -> bool:
    """Send the command of a draft that was written a moment ago; True when `draft.order` is placed and up to date.

    Call it outside any transaction. When False, read the order again to see what became of it.
    """
    return _carry_out(draft.attempt, actor, draft)


def _carry_out(attempt: PaymentAttempt, actor: Actor, draft: Draft | None = None) -> bool:
    """Ask the provider and record the answer; True when a draft was placed as it is in hand."""
    try:
        answer = _ask(attempt)
    except NotSent as error:
        if attempt.kind != AttemptKind.AUTHORISE:
            _leave(attempt, AttemptState.WAITING, str(error))
            return False
        logger.warning("payment %s was not sent: %s", attempt.idempotency_key, error)
        message = _("The payment provider cannot be reached at the moment. Nothing was charged.")
        answer = Answer(Outcome.DECLINED, message=message)
    except Exception as error:
        # Whatever broke, the provider may have acted: unknown until it is asked.
        if not isinstance(error, NoAnswer):
            logger.exception("payment attempt %s failed", attempt.idempotency_key)
        _leave(attempt, AttemptState.UNKNOWN, str(error))
        return False
    if draft is not None and _place_quickly(draft, answer, actor):
        return True
    _keep_answer(attempt, answer, actor)
    return False


def _place_quickly(draft: Draft, answer: Answer, actor: Actor) -> bool:
    """`place_in_hand`; whatever breaks in it is undone, and the long way tries again and keeps the reason."""
    try:
        return place_in_hand(draft, answer, actor)
    except Exception:
        logger.warning("the answer to %s takes the long way", draft.attempt.idempotency_key, exc_info=True)
        return False


def _keep_answer(attempt: PaymentAttempt, answer: Answer, actor: Actor) -> None:
    """Record the answer; what breaks on our side leaves the command to be asked about again, with the reason."""
    for chance in reversed(range(RECORD_TRIES)):
        try:
            record_answer(attempt, answer, actor)
        except OperationalError:
            # Two transactions waited for each other, and this one had to give way.
            if not chance:
                logger.exception("the answer to %s was not recorded", attempt.idempotency_key)
                _leave(attempt, AttemptState.UNKNOWN, "The database was too busy to record the answer.")
        except Exception as error:
            logger.exception("the answer to %s was not recorded", attempt.idempotency_key)
            _leave(attempt, AttemptState.UNKNOWN, f"The answer could not be recorded: {error}")
            return
        else:
            return


def _ask(attempt: PaymentAttempt) -> Answer:
    provider = get_provider(attempt.payment.provider)
    command = command_of(attempt)
    if attempt.tries > 1:
        known = provider.find(command)
        if known is not None:
            return known
        if attempt.kind == AttemptKind.AUTHORISE and provider.holds_money:
            # The buyer is no longer there to be charged.
            return Answer(
                Outcome.DECLINED, message=_("The payment did not reach the bank. Nothing was charged.")
            )
    verbs: dict[str, Callable[[Command], Answer]] = {
        AttemptKind.AUTHORISE: provider.authorise,
        AttemptKind.CAPTURE: provider.capture,
        AttemptKind.VOID: provider.void,
        AttemptKind.REFUND: provider.refund,
    }
    return verbs[attempt.kind](command)


def command_of(attempt: PaymentAttempt) -> Command:
    """The attempt as the provider is told it."""
    payment = attempt.payment
    order = payment.order
    return Command(
        key=attempt.idempotency_key,
        kind=attempt.kind,
        amount_minor=attempt.amount_minor,
        currency=payment.currency,
        order_ref=order.ref,
        created_at=attempt.created_at,
        instrument=payment.instrument,
        authorisation=payment.provider_ref,
        reference=attempt.provider_ref,
        in_parts=attempt.kind == AttemptKind.CAPTURE
        and (payment.debit_moment == DebitMoment.PARCEL or payment.shares.count() > 1),
        buyer_email=order.buyer_email,
        return_url=f"{order_link(order)}return/",
    )


def _leave(attempt: PaymentAttempt, state: AttemptState, message: str) -> None:
    """Nothing is decided: look again later, less and less often."""
    pause = min(timedelta(seconds=10 * 2 ** min(attempt.tries, 12)), LONGEST_PAUSE)
    PaymentAttempt.objects.filter(pk=attempt.pk, claim=attempt.claim, state=AttemptState.CLAIMED).update(
        state=state, message=clipped(message, 300), due_at=clock.now() + pause
    )


@transaction.atomic
def record_answer(attempt: PaymentAttempt, answer: Answer, actor: Actor) -> None:
    """What follows from the answer, in one transaction; nothing when the claim was lost meanwhile."""
    locked = lock_whole_order(attempt.payment.order_id)
    if not write_answer(attempt, answer):
        return
    attempt = PaymentAttempt.objects.select_related("payment__order", "refund").get(pk=attempt.pk)
    if attempt.state == AttemptState.UNDERWAY:
        _record_underway(attempt, answer, locked, actor)
        return
    _EFFECTS[attempt.kind](attempt, answer, locked, actor)


def _record_underway(attempt: PaymentAttempt, answer: Answer, locked: LockedOrder, actor: Actor) -> None:
    if attempt.kind == AttemptKind.REFUND:
        record_refund(attempt, answer, locked, actor)
    elif attempt.kind == AttemptKind.AUTHORISE and attempt.payment.action_url != answer.action_url:
        order = locked[0]
        if answer.action_url and order.abandoned_at is None:
            prolong_holds(f"order:{order.ref}", attempt.created_at + PAGE_OPEN_FOR)
        attempt.payment.action_url = answer.action_url
        attempt.payment.save(update_fields=["action_url"])


def process_due_attempts(*, actor: Actor, limit: int = 200) -> int:
    """Send what waits and ask about what is unanswered; returns how many were looked at."""
    due = PaymentAttempt.objects.filter(state__in=OPEN_STATES, due_at__lte=clock.now())
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    return sum(process_attempt(attempt_id, actor=actor, only_due=True) for attempt_id in ids)
