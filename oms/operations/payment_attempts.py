"""Writing commands to payment providers; `oms.operations.payments` sends them."""

from datetime import timedelta
from typing import TypedDict, Unpack

from backoffice.kernel import clock, wake
from backoffice.kernel.phrases import clipped
from oms.models import AttemptKind, AttemptState, MerchantOrder, Payment, PaymentAttempt, Refund
from oms.ports import Answer, Outcome

# How often one asks how the buyer or the provider gets on; their messages and the buyer's return come sooner.
UNDERWAY_PAUSE = timedelta(minutes=5)
_STATES = {
    Outcome.APPROVED: AttemptState.DONE,
    Outcome.PENDING: AttemptState.PENDING,
    Outcome.REDIRECT: AttemptState.UNDERWAY,
    Outcome.WORKING: AttemptState.UNDERWAY,
    Outcome.DECLINED: AttemptState.REFUSED,
}


class Subject(TypedDict, total=False):
    """What a command is for: the part that is charged, the refund that is paid."""

    merchant_order: MerchantOrder | None
    refund: Refund | None


def request_attempt(
    payment: Payment,
    kind: AttemptKind,
    amount_minor: int,
    *,
    key: str,
    **subject: Unpack[Subject],
) -> PaymentAttempt:
    """Write a command in the caller's transaction; a worker sends it after commit. The same key is written once."""
    attempt, _created = PaymentAttempt.objects.get_or_create(
        idempotency_key=key,
        defaults={
            "payment": payment,
            "kind": kind,
            "amount_minor": amount_minor,
            "merchant_order": subject.get("merchant_order"),
            "refund": subject.get("refund"),
        },
    )
    wake.on_commit("oms.process_payment_attempt", attempt.pk)
    return attempt


def write_answer(attempt: PaymentAttempt, answer: Answer) -> bool:
    """Note the provider's answer; False when the claim was lost: somebody else asked, the same key gets the same."""
    mine = PaymentAttempt.objects.filter(pk=attempt.pk, claim=attempt.claim, state=AttemptState.CLAIMED)
    return bool(
        mine.update(
            state=_STATES[answer.outcome],
            provider_ref=answer.reference or attempt.provider_ref,
            message=clipped(answer.message, 300),
            answered_at=clock.now(),
            due_at=clock.now() + UNDERWAY_PAUSE,
        )
    )
