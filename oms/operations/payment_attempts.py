"""Writing commands to payment providers; `oms.operations.payments` sends them."""

from backoffice.kernel import wake
from oms.models import AttemptKind, MerchantOrder, Payment, PaymentAttempt, Refund


def request_attempt(
    payment: Payment,
    kind: AttemptKind,
    amount_minor: int,
    *,
    key: str,
    merchant_order: MerchantOrder | None = None,
    refund: Refund | None = None,
) -> PaymentAttempt:
    """Write a command in the caller's transaction; a worker sends it after commit. The same key is written once."""
    attempt, _created = PaymentAttempt.objects.get_or_create(
        idempotency_key=key,
        defaults={
            "payment": payment,
            "kind": kind,
            "amount_minor": amount_minor,
            "merchant_order": merchant_order,
            "refund": refund,
        },
    )
    wake.on_commit("oms.process_payment_attempt", attempt.pk)
    return attempt
