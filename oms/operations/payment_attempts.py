"""Writing commands to payment providers; `oms.operations.payments` sends them."""

from typing import TypedDict, Unpack

from backoffice.kernel import wake
from oms.models import AttemptKind, MerchantOrder, Payment, PaymentAttempt, Refund


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
