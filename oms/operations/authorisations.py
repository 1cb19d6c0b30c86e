"""The moment a draft becomes an order, or comes to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import clipped
from backoffice.kernel.phrases import gettext as _
from backoffice.kernel.refs import new_token
from mas.selectors.merchants import MerchantsById, get_merchants_by_id
from oms.errors import OutOfStock
from oms.events import OrderAbandoned, OrderOpened, OrderPlaced, PlacedInHand
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
from oms.operations.voucher_uses import give_back_vouchers
from oms.ports import Answer, Outcome, get_provider
from oms.selectors.fee_basis import FeeBasis
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
    note_authorisation(payment, answer)
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
    order.placed_at = clock.now()
    order.save(update_fields=["placed_at"])
    finish_placing(order, parts, payment, actor)


def note_authorisation(payment: Payment, answer: Answer) -> None:
    """The provider holds the money, or will receive it."""
    payment.provider_ref, payment.action_url = answer.reference, ""
    payment.authorised_until = answer.valid_until
    if answer.outcome == Outcome.APPROVED:
        payment.authorise()
    else:
        payment.await_transfer()
    payment.save(update_fields=["state", "provider_ref", "action_url", "authorised_until"])


def _let_go(payment: Payment) -> None:
    """Release what the provider holds; a transfer or cash needs nobody to release it."""
    if not get_provider(payment.provider).holds_money:
        payment.void()
        payment.save(update_fields=["state"])
        return
    request_attempt(payment, AttemptKind.VOID, payment.amount_minor, key=f"void-{payment.order.ref}")


def finish_placing(
    order: Order,
    parts: Sequence[MerchantOrder],
    payment: Payment,
    actor: Actor,
    bases: Sequence[FeeBasis] = (),
) -> None:
    """Everything that follows from `placed_at`, which the caller has written; `bases` when it has them in hand."""
    placed_at = order.placed_at or clock.now()
    for part in parts:
        part.placed_at = placed_at
    settle_order(order, [TimeLimitKind.PAYMENT_ANSWER])
    Cart.objects.filter(pk=order.cart_id or 0, ordered_at=None).update(ordered_at=placed_at)
    merchants = get_merchants_by_id(part.merchant_id for part in parts)
    placed = OrderPlaced(
        order_id=order.pk,
        order_ref=order.ref,
        currency=order.currency,
        website_id=order.website_id,
        placed_at=placed_at,
        in_hand=PlacedInHand(tuple(bases), merchants) if bases else None,
    )
    change = state_change("placed", order=order, actor=actor, data={"payment": payment.state})
    if payment.debit_moment != DebitMoment.ORDER:
        opening = _open(order, parts, actor, merchants)
        StateChange.objects.bulk_create([change, *opening.changes])
        publish(placed, opening.news)
        return
    MerchantOrder.objects.filter(order=order).update(placed_at=placed_at)
    change.save()
    publish(placed)
    if get_provider(payment.provider).holds_money:
        # The merchants hear of it once everything was charged.
        time_limit(TimeLimitKind.CAPTURE, order.pk).save()
        request_attempt(payment, AttemptKind.CAPTURE, payment.amount_minor, key=f"capture-{order.ref}")
    else:
        time_limit(TimeLimitKind.UNPAID, order.pk).save()


def open_parts(order: Order, parts: Sequence[MerchantOrder], actor: Actor) -> None:
    """The money is safe: the merchants may answer. Needs the order locked."""
    staged = [part for part in parts if part.state == MerchantOrderState.STAGED]
    if not staged:
        return
    opening = _open(order, staged, actor, get_merchants_by_id(part.merchant_id for part in staged))
    StateChange.objects.bulk_create(opening.changes)
    publish(opening.news)


class Overtaken(Exception):
    """Rows in hand are no longer as they were read or written."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """What opening wrote about itself, to be written and announced together with what else happens."""

    changes: list[StateChange]
    news: OrderOpened


def _open(order: Order, staged: Sequence[MerchantOrder], actor: Actor, merchants: MerchantsById) -> _Opening:
    by_mode: dict[str, list[int]] = {}
    for part in staged:
        part.open_for_acceptance()
        part.acceptance_mode = merchants[part.merchant_id].acceptance_mode
        by_mode.setdefault(part.acceptance_mode, []).append(part.pk)
    for mode, ids in by_mode.items():
        rows = MerchantOrder.objects.filter(pk__in=ids, state=MerchantOrderState.STAGED)
        opened = rows.update(
            state=MerchantOrderState.WAITING_ACCEPTANCE, acceptance_mode=mode, placed_at=order.placed_at
        )
        if opened != len(ids):
            raise Overtaken
    rule = rules()[TimeLimitKind.ACCEPT]
    TimeLimit.objects.bulk_create(
        time_limit(TimeLimitKind.ACCEPT, order.pk, merchant_order=part, rule=rule) for part in staged
    )
    moved = (MerchantOrderState.STAGED, MerchantOrderState.WAITING_ACCEPTANCE)
    changes = [state_change("opened", actor=actor, merchant_order=part, moved=moved) for part in staged]
    return _Opening(changes, OrderOpened(order.pk, order.ref, tuple(part.pk for part in staged), clock.now()))


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
    give_back_vouchers(parts)
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
