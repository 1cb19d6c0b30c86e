"""The moment a draft becomes an order, or comes to nothing."""

from collections.abc import Sequence

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import clipped
from backoffice.kernel.phrases import gettext as _
from backoffice.kernel.refs import new_token
from mas.selectors.merchants import get_merchants_by_id
from oms.errors import OutOfStock
from oms.events import OrderAbandoned, OrderOpened, OrderPlaced
from oms.models import (
    AttemptKind,
    Cart,
    DebitMoment,
    MerchantOrder,
    MerchantOrderState,
    Order,
    Payment,
    PaymentAttempt,
    StateChange,
    TimeLimit,
    TimeLimitKind,
)
from oms.operations.history import note, state_change
from oms.operations.payment_attempts import request_attempt
from oms.operations.reservations import commit_reservations, release_reservations, renew_expired
from oms.operations.time_limits import settle_order, time_limit
from oms.ports import Answer, Outcome, get_provider
from oms.selectors.orders import LockedOrder, lock_whole_order
from oms.selectors.time_limits import rules


def record_authorisation(attempt: PaymentAttempt, answer: Answer, locked: LockedOrder, actor: Actor) -> None:
    """The provider answered the checkout: place the order, or abandon it and let the money go.

    Runs in the transaction that recorded the answer, with the order locked. An approval that comes too late, or for
    goods that are gone, is released again: nobody ends with a payment and no order.
    """
    order, parts = locked
    payment = attempt.payment
    if answer.outcome == Outcome.DECLINED:
        payment.decline()
        payment.action_url = ""
        payment.save(update_fields=["state", "action_url"])
        if order.abandoned_at is None:
            abandon_order(
                order, parts, answer.message or _("The payment was declined."), actor, attempt.tries == 1
            )
        return
    payment.provider_ref, payment.action_url = answer.reference, ""
    payment.authorised_until = answer.valid_until
    if answer.outcome == Outcome.APPROVED:
        payment.authorise()
    else:
        payment.await_transfer()
    payment.save(update_fields=["state", "provider_ref", "action_url", "authorised_until"])
    if order.abandoned_at is not None:
        _let_go(payment)
        return
    try:
        if not commit_reservations(f"order:{order.ref}"):
            renew_expired(f"order:{order.ref}", actor=actor)
    except OutOfStock:
        reason = _("A product was sold out while your payment was checked. You are not charged.")
        abandon_order(order, parts, reason, actor, attempt.tries == 1)
        _let_go(payment)
        return
    _place(order, parts, payment, actor)


def _let_go(payment: Payment) -> None:
    """Release what the provider holds; a transfer or cash needs nobody to release it."""
    if not get_provider(payment.provider).holds_money:
        payment.void()
        payment.save(update_fields=["state"])
        return
    request_attempt(payment, AttemptKind.VOID, payment.amount_minor, key=f"void-{payment.order.ref}")


def _place(order: Order, parts: Sequence[MerchantOrder], payment: Payment, actor: Actor) -> None:
    order.placed_at = clock.now()
    order.save(update_fields=["placed_at"])
    for part in parts:
        part.placed_at = order.placed_at
    settle_order(order, [TimeLimitKind.PAYMENT_ANSWER])
    Cart.objects.filter(pk=order.cart_id or 0, ordered_at=None).update(ordered_at=order.placed_at)
    note("placed", order=order, actor=actor, data={"payment": payment.state})
    publish(
        OrderPlaced(
            order_id=order.pk,
            order_ref=order.ref,
            currency=order.currency,
            website_id=order.website_id,
            placed_at=order.placed_at,
        )
    )
    if payment.debit_moment != DebitMoment.ORDER:
        open_parts(order, parts, actor)
        return
    MerchantOrder.objects.filter(order=order).update(placed_at=order.placed_at)
    if get_provider(payment.provider).holds_money:
        # The merchants hear of it once everything was charged.
        time_limit(TimeLimitKind.CAPTURE, order.pk).save()
        request_attempt(payment, AttemptKind.CAPTURE, payment.amount_minor, key=f"capture-{order.ref}")
    else:
        time_limit(TimeLimitKind.UNPAID, order.pk).save()


def open_parts(order: Order, parts: Sequence[MerchantOrder], actor: Actor) -> None:
    """The money is safe: the merchants may answer. Needs the order locked."""
    opened = [part for part in parts if part.state == MerchantOrderState.STAGED]
    if not opened:
        return
    rule = rules()[TimeLimitKind.ACCEPT]
    merchants = get_merchants_by_id(part.merchant_id for part in opened)
    for part in opened:
        part.open_for_acceptance()
        part.acceptance_mode = merchants[part.merchant_id].acceptance_mode
    MerchantOrder.objects.bulk_update(opened, ["state", "acceptance_mode", "placed_at"])
    TimeLimit.objects.bulk_create(
        time_limit(TimeLimitKind.ACCEPT, order.pk, merchant_order=part, rule=rule) for part in opened
    )
    StateChange.objects.bulk_create(
        state_change(
            "opened",
            actor=actor,
            merchant_order=part,
            moved=(MerchantOrderState.STAGED, MerchantOrderState.WAITING_ACCEPTANCE),
        )
        for part in opened
    )
    publish(OrderOpened(order.pk, order.ref, tuple(part.pk for part in opened), clock.now()))


def abandon_order(
    order: Order, parts: Sequence[MerchantOrder], reason: str, actor: Actor, is_seen: bool
) -> None:
    """End a draft: give the stock back and let the cart be ordered again. Needs the order locked."""
    order.abandoned_at = clock.now()
    order.abandon_reason = clipped(reason, 200)
    order.save(update_fields=["abandoned_at", "abandon_reason"])
    for part in parts:
        part.cancel()
        part.end_reason = order.abandon_reason
        part.ended_at = order.abandoned_at
    MerchantOrder.objects.bulk_update(parts, ["state", "end_reason", "ended_at"])
    settle_order(order, [TimeLimitKind.PAYMENT_ANSWER])
    release_reservations(f"order:{order.ref}", actor=actor)
    Cart.objects.filter(pk=order.cart_id or 0, checkout_key=order.checkout_key).update(
        checkout_key=new_token()
    )
    note("abandoned", order=order, actor=actor, reason=order.abandon_reason)
    publish(OrderAbandoned(order.pk, order.ref, order.abandon_reason, is_seen, order.abandoned_at))


@transaction.atomic
def abandon_unanswered(order_id: int, *, actor: Actor) -> bool:
    """The provider did not answer in time: the buyer gets the goods free again; a late approval is released.

    False when the order was decided meanwhile.
    """
    order, parts = lock_whole_order(order_id)
    if order.placed_at is not None or order.abandoned_at is not None:
        return False
    reason = _("The payment provider did not answer. If an amount is reserved on your card, it is released.")
    abandon_order(order, parts, reason, actor, False)
    return True


@transaction.atomic
def give_up_payment(order_id: int, *, actor: Actor) -> bool:
    """The buyer wants to pay another way: the draft ends, its goods are free, its cart can be ordered again.

    A payment that is confirmed all the same is let go. False when the order was decided meanwhile.
    """
    order, parts = lock_whole_order(order_id)
    if order.placed_at is not None or order.abandoned_at is not None:
        return False
    abandon_order(order, parts, _("You chose to pay another way."), actor, True)
    return True
