"""When the buyer is charged: each payment carries the debit moment its store had at placement.

Called with the order locked, by the operation that reached the moment; the charge itself is sent after commit.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from oms.errors import PaymentStateRefused
from oms.models import (
    CHARGED_LATER,
    AttemptKind,
    AttemptState,
    DebitMoment,
    MerchantOrder,
    MerchantOrderState,
    Payment,
    PaymentAttempt,
    TimeLimit,
    TimeLimitKind,
)
from oms.operations.history import note
from oms.operations.payment_attempts import request_attempt
from oms.operations.preparation import start_preparation
from oms.operations.time_limits import start
from oms.selectors.orders import lock_whole_order
from oms.selectors.payments import list_expiring_payments

# Held money is charged this long before the provider lets it go.
BEFORE_EXPIRY = timedelta(hours=24)
ENDED = (MerchantOrderState.REFUSED, MerchantOrderState.CANCELLED)


def _payment_of(part: MerchantOrder) -> Payment:
    return Payment.objects.select_related("order").get(pk=part.share.payment_id)


def is_unpaid(part: MerchantOrder) -> bool:
    """Whether the buyer still owes this merchant order."""
    return part.state not in ENDED and not part.share.captured_minor and part.payable_minor > 0


def on_acceptance(part: MerchantOrder, actor: Actor) -> None:
    """Accepted: paid or charged later, it may be packed; else the buyer is charged first."""
    payment = _payment_of(part)
    if not is_unpaid(part) or payment.debit_moment in CHARGED_LATER:
        start_preparation(part, actor)
        return
    start(TimeLimitKind.CAPTURE, part)
    request_charge(payment, part)


def on_shipment(part: MerchantOrder) -> None:
    """A parcel left: charge now, or start the clock of the invoice."""
    payment = _payment_of(part)
    if not is_unpaid(part):
        return
    if payment.debit_moment == DebitMoment.SHIPMENT:
        request_charge(payment, part)
    elif payment.debit_moment == DebitMoment.DUE_DATE:
        running = TimeLimit.objects.filter(merchant_order=part, kind=TimeLimitKind.DUE, settled_at=None)
        if not running.exists():
            start(TimeLimitKind.DUE, part, due_at=clock.now() + timedelta(days=payment.due_days))


def on_delivery(part: MerchantOrder) -> None:
    """The goods are in the buyer's hands: cash was collected."""
    payment = _payment_of(part)
    if is_unpaid(part) and payment.debit_moment == DebitMoment.DELIVERY:
        request_charge(payment, part)


def request_charge(payment: Payment, part: MerchantOrder) -> PaymentAttempt:
    """Charge what a merchant order owes, once: a second parcel or receipt finds the first command."""
    return request_attempt(
        payment, AttemptKind.CAPTURE, part.payable_minor, key=f"capture-{part.ref}", merchant_order=part
    )


def refuse_while_charging(part: MerchantOrder) -> None:
    """What a merchant order owes must not change while the provider is charging it. Raises `PaymentStateRefused`."""
    open_states = (AttemptState.WAITING, AttemptState.CLAIMED, AttemptState.UNKNOWN, AttemptState.UNDERWAY)
    if PaymentAttempt.objects.filter(
        merchant_order=part, kind=AttemptKind.CAPTURE, state__in=open_states
    ).exists():
        raise PaymentStateRefused(_("The buyer is being charged right now. Try again in a minute."))


@transaction.atomic
def charge_before_expiry(order_id: int, *, actor: Actor) -> list[str]:
    """The provider lets the held money go soon: charge what was accepted.

    Returns the merchant orders that nobody accepted yet; nobody can be charged for them later.
    """
    order, parts = lock_whole_order(order_id)
    payment = Payment.objects.select_related("order").get(order=order)
    unanswered = []
    for part in parts:
        if not is_unpaid(part):
            continue
        if part.state in {MerchantOrderState.STAGED, MerchantOrderState.WAITING_ACCEPTANCE}:
            unanswered.append(part.ref)
        elif not part.payment_attempts.filter(kind=AttemptKind.CAPTURE).exists():
            note("charged_before_expiry", merchant_order=part, actor=actor)
            request_charge(payment, part)
    payment.authorised_until = None
    payment.save(update_fields=["authorised_until"])
    return unanswered


def list_orders_to_charge_before_expiry() -> list[int]:
    return list_expiring_payments(clock.now() + BEFORE_EXPIRY)
