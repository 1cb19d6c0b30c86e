"""Payments in races with real connections and processes: charged once, paid back once, ordered once."""

import multiprocessing
import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connections
from django.test import Client

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import DomainError
from backoffice.kernel.models import OutboxEvent
from oms import invariants
from oms.models import (
    Cart,
    MerchantOrder,
    Order,
    PaymentAttempt,
    PaymentNotification,
    PaymentShare,
    Refund,
    Reservation,
    StockItem,
    TestCardOperation,
)
from oms.operations.acceptance import accept_merchant_order
from oms.operations.cancellation import cancel_merchant_order
from oms.operations.payment_notifications import handle_due_notifications
from oms.operations.payment_rescue import try_capture_again
from oms.operations.payments import process_attempt, process_due_attempts
from oms.operations.refunds import retry_refund
from oms.operations.reservations import expire_holds
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS, REFUND_ORDERS, RESOLVE_PAYMENTS
from tests.factories.actors import operator_actor
from tests.oms import stripe_server
from tests.oms.test_races import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = system_actor("payments")
DESK = operator_actor(ACCEPT_ORDERS, CANCEL_ORDERS, REFUND_ORDERS, RESOLVE_PAYMENTS)
ORDERS = 8
CHECKS = (
    invariants.stock_counters,
    invariants.payment_shares,
    invariants.payments_add_up,
    invariants.refunds_add_up,
    invariants.withdrawn_adds_up,
)


@pytest.fixture(autouse=True)
def nobody_is_woken(monkeypatch):
    """Commands wait for the workers of the race."""
    monkeypatch.setattr("backoffice.kernel.wake._send", lambda *_args: None)


def assert_sound() -> None:
    for check in CHECKS:
        assert list(check()) == []


def work_until_quiet() -> None:
    with clock.shifted(timedelta(minutes=5)):
        while process_due_attempts(actor=WORKER):
            pass


def make_due() -> None:
    """Threads do not share a turned clock, so the rows are turned instead."""
    PaymentAttempt.objects.update(due_at=clock.now() - timedelta(minutes=1))


def bank(kind: str) -> int:
    return sum(
        TestCardOperation.objects.filter(kind=kind, approved=True).values_list("amount_minor", flat=True)
    )


def _child(act: Callable[[str], object], refs: list[str]) -> None:
    """One process's part: what is refused by a rule is fine, anything else is not."""
    connections.close_all()
    for ref in refs:
        try:
            act(ref)
        except DomainError:
            continue
    connections.close_all()
    os._exit(0)


def in_processes(refs: list[str], *acts: Callable[[str], object]) -> None:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_child, args=(act, refs)) for act in acts]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0] * len(acts)


def _cancel(ref: str) -> object:
    """Whoever had to give way to another transaction presses again."""
    for _time in range(5):
        try:
            return cancel_merchant_order(ref, reason="changed my mind", actor=DESK)
        except OperationalError:
            continue
    raise AssertionError("cancelling never got its turn")


def _charge(ref: str) -> object:
    return process_attempt(PaymentAttempt.objects.get(idempotency_key=f"capture-{ref}").pk, actor=WORKER)


def test_charging_and_cancelling_in_two_processes_ends_paid_back_or_never_charged(make_shop):
    shop = make_shop()
    offer = shop.offer(on_hand=100)
    for _number in range(ORDERS):
        shop.order((offer, 2))
    refs = list(MerchantOrder.objects.values_list("ref", flat=True))
    for ref in refs:
        accept_merchant_order(ref, actor=DESK)
    in_processes(refs, _charge, _cancel, _charge)
    work_until_quiet()
    assert set(MerchantOrder.objects.values_list("state", flat=True)) == {"cancelled"}
    for share in PaymentShare.objects.all():
        assert share.captured_minor == share.refunded_minor
    assert bank("capture") == bank("refund")
    assert bank("capture") + bank("void") == bank("authorise")
    assert StockItem.objects.get().reserved == 0
    assert_sound()


def test_one_charge_sent_by_many_workers_happens_once(make_shop):
    shop = make_shop()
    part = shop.order((shop.offer(), 1)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    assert sum(in_threads(6, lambda _number: _charge(part.ref))) == 1
    assert bank("capture") == 1490
    assert OutboxEvent.objects.filter(name="oms.payment_captured.v1").count() == 1
    assert_sound()


def test_a_refused_charge_repeated_by_many_hands_is_one_new_command(make_shop):
    shop = make_shop()
    part = shop.order((shop.offer(), 1), number="4000000000000341").merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    _charge(part.ref)
    results = in_threads(5, lambda _number: try_capture_again(part.ref, actor=DESK))
    assert sum(not isinstance(row, DomainError) for row in results) == 1
    assert PaymentAttempt.objects.filter(kind="capture").count() == 2


def test_a_failed_refund_retried_by_many_hands_pays_back_once(make_shop):
    shop = make_shop()
    part = shop.order((shop.offer(), 1), number="4000000000005126").merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    work_until_quiet()
    _cancel(part.ref)
    work_until_quiet()
    refund = Refund.objects.get()
    assert refund.state == "failed"
    results = in_threads(5, lambda _number: retry_refund(refund.ref, actor=DESK))
    assert sum(not isinstance(row, DomainError) for row in results) == 1
    work_until_quiet()
    assert bank("refund") == bank("capture") == 1490
    assert_sound()


def test_a_hold_that_ends_while_the_payment_arrives_never_sells_the_piece_twice(make_shop):
    shop = make_shop()
    offer = shop.offer(on_hand=1)
    slow = shop.order((offer, 1), number="4000000000000119")
    rival = shop.cart((offer, 1))
    offer.available_quantity = 1
    offer.save(update_fields=["available_quantity"])
    Reservation.objects.update(expires_at=clock.now() - timedelta(minutes=1))
    make_due()
    acts = [
        lambda: expire_holds(actor=WORKER),
        lambda: process_attempt(slow.payment.attempts.get().pk, actor=WORKER),
        lambda: shop.pay(Cart.objects.get(pk=rival.pk)),
    ]
    in_threads(3, lambda number: acts[number]())
    make_due()
    work_until_quiet()
    assert Order.objects.placed().count() == 1
    assert not Order.objects.filter(placed_at=None, abandoned_at=None).exists()
    assert (StockItem.objects.get().on_hand, StockItem.objects.get().reserved) == (1, 1)
    # Whoever lost holds no money any more.
    kept = bank("authorise") - bank("void")
    assert kept == Order.objects.placed().get().total_minor
    assert_sound()


def test_one_webhook_posted_and_handled_by_many_places_the_order_once(make_shop, settings):
    shop = make_shop()
    with stripe_server.running() as fake:
        settings.STRIPE_SECRET_KEY = stripe_server.SECRET_KEY
        settings.STRIPE_WEBHOOK_SECRETS = [stripe_server.WEBHOOK_SECRET]
        settings.STRIPE_API_URL = fake.url
        settings.HTTP_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
        order = shop.order((shop.offer(), 1), number="stripe")
        fake.buyer_pays()
        body, signature = fake.signed("checkout.session.completed", fake.sessions["cs_test_1"])

        def post(_number: int) -> bool:
            answer = Client().post(
                "/hooks/payments/stripe/",
                body,
                content_type="application/json",
                headers={"Stripe-Signature": signature},
            )
            assert answer.status_code == 200
            handle_due_notifications(actor=WORKER)
            return answer.json()["new"]

        assert sum(in_threads(8, post)) == 1
        make_due()
        work_until_quiet()
    order.refresh_from_db()
    assert order.is_placed
    assert PaymentNotification.objects.count() == 1
    assert OutboxEvent.objects.filter(name="oms.order_placed.v1").count() == 1
    assert_sound()


def test_the_same_form_in_many_processes_holds_and_orders_once(make_shop):
    shop = make_shop()
    cart = shop.cart((shop.offer(on_hand=50), 1))
    in_processes(
        ["one-form"] * 3,
        *[lambda key: shop.pay(Cart.objects.get(pk=cart.pk), checkout_key=key)] * 4,
    )
    assert Order.objects.placed().count() == Order.objects.count() == 1
    assert bank("authorise") == 1490
    assert StockItem.objects.get().reserved == 1
