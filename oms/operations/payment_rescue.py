"""What people do about a payment that got stuck: look it up again, try again, or record what the provider told them."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, NotFound
from oms.errors import PaymentStateRefused
from oms.models import AttemptKind, AttemptState, MerchantOrder, PaymentAttempt
from oms.operations.debits import is_unpaid, owed_now
from oms.operations.payment_attempts import request_attempt
from oms.operations.payments import OPEN_STATES, process_attempt, record_answer
from oms.permissions import RESOLVE_PAYMENTS
from oms.ports import Answer, Outcome
from oms.selectors.orders import lock_merchant_order, lock_whole_order
from oms.selectors.payments import get_attempt

LOOKED_UP = (AttemptState.UNKNOWN, AttemptState.UNDERWAY)


def look_up_again(key: str, *, actor: Actor) -> PaymentAttempt:
    """Ask the provider now instead of at the next turn; call it outside any transaction.

    Raises `NotFound`, `PaymentStateRefused` when it is decided already or somebody is asking at this moment.
    """
    actor.require(RESOLVE_PAYMENTS)
    attempt = get_attempt(key)
    if attempt.state not in OPEN_STATES:
        raise PaymentStateRefused(_("The provider has answered this one already."))
    if not process_attempt(attempt.pk, actor=actor):
        raise PaymentStateRefused(_("It is being asked at this moment. Look again in a minute."))
    attempt.refresh_from_db()
    return attempt


@transaction.atomic
def state_outcome(key: str, *, happened: bool, note_text: str, actor: Actor) -> PaymentAttempt:
    """The provider never answers: record what its own pages or its support say became of the command.

    Everything follows as if the provider had answered. Audited with the words of whoever says so. Raises `NotFound`,
    `InvalidInput` without words, `PaymentStateRefused` unless the outcome is unknown.
    """
    actor.require(RESOLVE_PAYMENTS)
    attempt = get_attempt(key)
    if not note_text.strip():
        message = _("Say where you looked and what you saw, so that others can follow it.")
        raise InvalidInput(message, fields={"note": message})
    lock_whole_order(attempt.payment.order_id)
    claim = f"stated-{attempt.pk}-{attempt.tries}"
    if not PaymentAttempt.objects.filter(pk=attempt.pk, state__in=LOOKED_UP).update(
        state=AttemptState.CLAIMED, claim=claim, due_at=clock.now()
    ):
        raise PaymentStateRefused(_("Only a command whose outcome is unknown can be decided by hand."))
    attempt.claim = claim
    outcome = Outcome.APPROVED if happened else Outcome.DECLINED
    record_answer(attempt, Answer(outcome, reference=attempt.provider_ref, message=note_text.strip()), actor)
    audit.record(
        "oms.payment.outcome_stated",
        actor=actor,
        subject=attempt.payment.order,
        changes={"command": [None, key], "happened": [None, happened]},
        note=note_text.strip(),
    )
    attempt.refresh_from_db()
    return attempt


@transaction.atomic
def try_capture_again(merchant_order_ref: str, *, actor: Actor) -> PaymentAttempt:
    """Ask the provider once more to charge a merchant order whose charge was refused.

    Raises `NotFound` or `PaymentStateRefused` when there is nothing to repeat.
    """
    actor.require(RESOLVE_PAYMENTS)
    part = lock_merchant_order(merchant_order_ref, actor=actor)
    refused = _last_charge(part)
    if refused is None or not is_unpaid(part):
        raise NotFound(_("There is no charge to repeat on this order."))
    if refused.state != AttemptState.REFUSED:
        raise PaymentStateRefused(_("The last attempt is still under way. Look again in a minute."))
    whole = refused.merchant_order_id is None
    subject_ref = part.order.ref if whole else part.ref
    number = PaymentAttempt.objects.filter(
        payment=refused.payment, merchant_order=refused.merchant_order, kind=AttemptKind.CAPTURE
    ).count()
    amount = refused.amount_minor if whole else owed_now(part)
    if amount <= 0:
        raise NotFound(_("There is no charge to repeat on this order."))
    attempt = request_attempt(
        refused.payment,
        AttemptKind.CAPTURE,
        amount,
        key=f"capture-{subject_ref}-{number + 1}",
        merchant_order=refused.merchant_order,
    )
    audit.record("oms.payment.capture_repeated", actor=actor, subject=part)
    return attempt


def _last_charge(part: MerchantOrder) -> PaymentAttempt | None:
    """The latest charge of this merchant order, or of the whole order."""
    rows = PaymentAttempt.objects.filter(
        payment_id=part.share.payment_id, kind=AttemptKind.CAPTURE
    ).select_related("payment", "merchant_order")
    own = rows.filter(merchant_order=part)
    return own.order_by("-id").first() or rows.filter(merchant_order=None).order_by("-id").first()
