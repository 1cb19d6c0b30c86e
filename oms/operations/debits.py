"""When the buyer is charged: each payment carries the debit moment its store had at placement.

Called with the order locked, by the operation that reached the moment; the charge itself is sent after commit.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from oms.amounts import share_of_pieces
from oms.errors import PaymentStateRefused
from oms.models import (
    CHARGED_LATER,
    AttemptKind,
    AttemptState,
    DebitMoment,
    MerchantOrder,
    MerchantOrderState,
    OrderLine,
    Payment,
    PaymentAttempt,
    Shipment,
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
    """Whether the buyer still owes the marketplace some of this merchant order."""
    if part.state in ENDED or part.payable_minor <= part.share.captured_minor:
        return False
    return _payment_of(part).debit_moment != DebitMoment.OUTSIDE


def owed_now(part: MerchantOrder) -> int:
    """What may be charged now and is not being charged: everything, or by parcel what left with its shipping."""
    lines = list(part.lines.all())
    if any(line.due_minor is not None for line in lines):
        due = sum(line.due_minor or 0 for line in lines) + part.shipping_minor - part.withdrawn_shipping_minor
    else:
        due = part.payable_minor
    charges = PaymentAttempt.objects.filter(merchant_order=part, kind=AttemptKind.CAPTURE).exclude(
        state=AttemptState.REFUSED
    )
    return due - sum(charges.values_list("amount_minor", flat=True))


def on_acceptance(part: MerchantOrder, actor: Actor) -> None:
    """Accepted: paid or charged later, it may be packed; else the buyer is charged first."""
    payment = _payment_of(part)
    if not is_unpaid(part) or payment.debit_moment in CHARGED_LATER:
        start_preparation(part, actor)
        return
    start(TimeLimitKind.CAPTURE, part)
    request_charge(payment, part)


def on_shipment(part: MerchantOrder, shipment: Shipment) -> None:
    """A parcel left: charge now, or start the clock of the invoice."""
    payment = _payment_of(part)
    if not is_unpaid(part):
        return
    if payment.debit_moment == DebitMoment.SHIPMENT:
        request_charge(payment, part)
    elif payment.debit_moment == DebitMoment.PARCEL:
        _charge_parcel(payment, part, shipment)
    elif payment.debit_moment == DebitMoment.DUE_DATE:
        running = TimeLimit.objects.filter(merchant_order=part, kind=TimeLimitKind.DUE, settled_at=None)
        if not running.exists():
            start(TimeLimitKind.DUE, part, due_at=clock.now() + timedelta(days=payment.due_days))


def _charge_parcel(payment: Payment, part: MerchantOrder, shipment: Shipment) -> None:
    """Charge the pieces of this parcel, with the first one the shipping too; all parcels sum to what is owed.

    A line's money is cut at the pieces that left or were given up so far, so no cent is lost whatever comes in which
    order. What a refused charge of an earlier parcel left open goes along. Nothing once all was charged ahead.
    """
    lines = list(part.lines.all())
    if owed_now(part) <= 0 and all(line.due_minor is None for line in lines):
        return
    for line in lines:
        gone = line.quantity_withdrawn + line.quantity_shipped
        line.due_minor = share_of_pieces(line.total_minor, line.quantity, 0, gone) - line.withdrawn_minor
    OrderLine.objects.bulk_update(lines, ["due_minor"])
    amount = owed_now(part)
    if amount > 0:
        key = f"capture-{shipment.ref}"
        request_attempt(payment, AttemptKind.CAPTURE, amount, key=key, merchant_order=part)


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
    """What a merchant order owes must not change while the provider is charging it. Raises `PaymentStateRefused`.

    Charged by parcel, what has not left is part of no charge.
    """
    if part.lines.filter(due_minor__isnull=False).exists():
        return
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
        elif payment.debit_moment == DebitMoment.PARCEL:
            _charge_rest(payment, part, actor)
    payment.authorised_until = None
    payment.save(update_fields=["authorised_until"])
    return unanswered


def _charge_rest(payment: Payment, part: MerchantOrder, actor: Actor) -> None:
    """Parcels that have not left are charged with those that have: from now on it is charged as a whole."""
    part.lines.update(due_minor=None)
    amount = owed_now(part)
    if amount > 0:
        note("charged_before_expiry", merchant_order=part, actor=actor)
        key = f"capture-{part.ref}-rest"
        request_attempt(payment, AttemptKind.CAPTURE, amount, key=key, merchant_order=part)


def list_orders_to_charge_before_expiry() -> list[int]:
    return list_expiring_payments(clock.now() + BEFORE_EXPIRY)
