"""Payments as their operations look for them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from oms.models import (
    AttemptKind,
    AttemptState,
    DebitMoment,
    Payment,
    PaymentAttempt,
    PaymentNotification,
    PaymentState,
)


def list_expiring_payments(until: datetime) -> list[int]:
    """Orders whose held money the provider lets go before this moment, soonest first."""
    rows = Payment.objects.filter(
        authorised_until__lte=until, state__in=[PaymentState.AUTHORISED, PaymentState.CAPTURED]
    )
    return list(rows.order_by("authorised_until").values_list("order_id", flat=True)[:200])


def list_attempts_about(provider: str, subjects: Sequence[str]) -> list[int]:
    """The unfinished commands of the payments that a provider's message names, oldest first."""
    payments = Payment.objects.filter(provider=provider)
    named = PaymentAttempt.objects.filter(payment__provider=provider)
    ids = {
        *payments.filter(provider_ref__in=subjects).values_list("pk", flat=True),
        *named.filter(idempotency_key__in=subjects).values_list("payment_id", flat=True),
        *named.filter(provider_ref__in=subjects).values_list("payment_id", flat=True),
    }
    unfinished = (
        AttemptState.WAITING,
        AttemptState.CLAIMED,
        AttemptState.UNKNOWN,
        AttemptState.UNDERWAY,
    )
    rows = PaymentAttempt.objects.filter(payment_id__in=ids, state__in=unfinished)
    return list(rows.order_by("id").values_list("pk", flat=True))


def list_paid_refunds_named(provider: str, subjects: Sequence[str]) -> list[int]:
    """The refunds this provider said it paid that a message names by their own key or number, oldest first."""
    paid = PaymentAttempt.objects.filter(
        payment__provider=provider, kind=AttemptKind.REFUND, state=AttemptState.DONE
    )
    named = paid.filter(Q(idempotency_key__in=subjects) | Q(provider_ref__in=subjects))
    return list(named.order_by("id").values_list("pk", flat=True))


def knows_subjects(provider: str, subjects: Sequence[str]) -> bool:
    """Whether a provider's message is about anything of ours."""
    named = PaymentAttempt.objects.filter(payment__provider=provider)
    return (
        Payment.objects.filter(provider=provider, provider_ref__in=subjects).exists()
        or named.filter(idempotency_key__in=subjects).exists()
        or named.filter(provider_ref__in=subjects).exists()
    )


def get_attempt(key: str) -> PaymentAttempt:
    """A command to a provider by its own key. Raises `NotFound`."""
    found = PaymentAttempt.objects.select_related("payment__order").filter(idempotency_key=key).first()
    if found is None:
        raise NotFound(_("There is no such payment command."))
    return found


def find_open_authorisation(order_id: int) -> int | None:
    """The checkout's command that is not decided yet."""
    rows = PaymentAttempt.objects.filter(
        payment__order_id=order_id,
        kind=AttemptKind.AUTHORISE,
        state__in=[AttemptState.UNKNOWN, AttemptState.UNDERWAY],
    )
    return rows.values_list("pk", flat=True).first()


def list_notifications(actor: Actor) -> QuerySet[PaymentNotification]:
    """Every message of the payment providers, for operators of the whole marketplace; they belong to no merchant."""
    return PaymentNotification.objects.all() if actor.is_global else PaymentNotification.objects.none()


def get_notification(pk: int) -> PaymentNotification:
    """One message of a payment provider. Raises `NotFound`."""
    found = PaymentNotification.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such message."))
    return found


def is_paid_outside(merchant_order_id: int) -> bool:
    """Whether the buyer pays the merchant itself; frozen when the order was placed."""
    return Payment.objects.filter(
        shares__merchant_order=merchant_order_id, debit_moment=DebitMoment.OUTSIDE
    ).exists()
