"""The fault menu of the test card, and what people do about what got stuck."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import InvalidInput, PermissionRefused
from backoffice.kernel.models import AuditEntry
from backoffice.kernel.work import drain
from mms.models import Mail
from oms.errors import PaymentStateRefused
from oms.models import (
    Order,
    Payment,
    PaymentAttempt,
    PaymentNotification,
    PaymentShare,
    Refund,
    StockItem,
    TestCardOperation,
)
from oms.operations.acceptance import accept_merchant_order
from oms.operations.payment_notifications import handle_due_notifications, keep_notification
from oms.operations.payment_rescue import look_up_again, state_outcome
from oms.operations.payments import process_due_attempts
from oms.operations.refunds import RefundPart, RefundWish, request_refund
from oms.operations.reservations import expire_holds
from oms.operations.test_bank import confirm_at_test_bank
from oms.operations.timeouts import run_due_time_limits
from oms.permissions import ACCEPT_ORDERS, REFUND_ORDERS, RESOLVE_PAYMENTS, VIEW_ORDERS
from oms.ports import Notification
from oms.selectors.stuck import list_stuck
from tests.factories import mms
from tests.factories.actors import operator_actor
from tests.oms.test_storefront_pages import go_to_payment, pay, text, visitor  # noqa: F401

pytestmark = pytest.mark.django_db
TIMER = system_actor("recovery")
DESK = operator_actor(ACCEPT_ORDERS, REFUND_ORDERS, RESOLVE_PAYMENTS)


def later(**by):
    return clock.shifted(timedelta(**by))


def test_a_late_answer_comes_by_message_and_places_the_order(shop):
    order = shop.order((shop.offer(), 1), number="4000000000000267")
    with later(minutes=5):
        drain()
        order.refresh_from_db()
        assert not order.is_placed
    with later(minutes=11):
        drain()
    order.refresh_from_db()
    assert order.is_placed


@pytest.mark.parametrize("number", ["4000000000000275", "4000000000000283"])
def test_doubled_and_disordered_messages_change_nothing(shop, number):
    order = shop.order((shop.offer(), 1), number=number)
    accept_merchant_order(order.merchant_orders.get().ref, actor=DESK)
    for minutes in (0, 1, 2, 11, 12):
        with later(minutes=minutes):
            drain()
    assert PaymentShare.objects.get().captured_minor == 1490
    assert set(PaymentNotification.objects.values_list("state", flat=True)) == {"handled"}
    assert PaymentNotification.objects.count() == TestCardOperation.objects.count() == 2
    assert not TestCardOperation.objects.filter(notify_times__gt=0).exists()


def test_a_card_that_never_answers_ends_the_draft_and_is_decided_by_a_person(shop):
    order = shop.order((shop.offer(on_hand=1), 1), number="4000000000000291")
    with later(hours=2):
        run_due_time_limits()
        process_due_attempts(actor=TIMER)
        drain()
        order.refresh_from_db()
        assert order.abandoned_at is not None
        assert StockItem.objects.get().available == 1
        assert Mail.objects.filter(template="oms.order_abandoned").count() == 1
        (item,) = list_stuck(DESK)
        assert "money may still be held" in item.advice
        key = f"authorise-{order.ref}"
        assert [name for name, _args in item.acts] == ["oms-attempt-look_up", "oms-attempt-outcome"]
        look_up_again(key, actor=DESK)
        with pytest.raises(InvalidInput):
            state_outcome(key, happened=True, note_text=" ", actor=DESK)
        state_outcome(key, happened=True, note_text="seen on the provider's page", actor=DESK)
        while process_due_attempts(actor=TIMER):
            pass
        assert list_stuck(DESK) == []
    assert Payment.objects.get().state == "voided"
    assert TestCardOperation.objects.filter(kind="void").count() == 1
    assert AuditEntry.objects.filter(action="oms.payment.outcome_stated").count() == 1
    with pytest.raises(PaymentStateRefused):
        state_outcome(key, happened=False, note_text="twice", actor=DESK)


def test_an_answer_that_cannot_be_recorded_says_why_and_is_asked_for_again(shop, monkeypatch):
    part = shop.order((shop.offer(), 1)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    with monkeypatch.context() as broken:
        broken.setattr("oms.operations.captures.publish", lambda _event: 1 // 0)
        process_due_attempts(actor=TIMER)
    attempt = PaymentAttempt.objects.get(kind="capture")
    assert attempt.state == "unknown"
    assert "could not be recorded" in attempt.message
    assert PaymentShare.objects.get().captured_minor == 0
    with later(minutes=2):
        process_due_attempts(actor=TIMER)
    assert PaymentShare.objects.get().captured_minor == 1490
    assert TestCardOperation.objects.filter(kind="capture").count() == 1


def test_deciding_by_hand_needs_the_right(shop):
    order = shop.order((shop.offer(), 1), number="4000000000000291")
    with pytest.raises(PermissionRefused):
        state_outcome(
            f"authorise-{order.ref}", happened=True, note_text="x", actor=operator_actor(VIEW_ORDERS)
        )
    assert PaymentAttempt.objects.get().state == "unknown"


@pytest.mark.parametrize("number", ["4000000000000358", "4000000000005134"])
def test_a_lost_answer_of_a_charge_or_refund_is_looked_up_and_not_repeated(shop, number):
    part = shop.order((shop.offer(), 1), number=number).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    for minutes in (0, 2):
        with later(minutes=minutes):
            process_due_attempts(actor=TIMER)
    request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=DESK)
    for minutes in (3, 5):
        with later(minutes=minutes):
            process_due_attempts(actor=TIMER)
    assert Refund.objects.get().state == "done"
    assert list(TestCardOperation.objects.order_by("id").values_list("kind", flat=True)) == [
        "authorise",
        "capture",
        "refund",
    ]


def test_a_message_that_cannot_be_handled_is_parked_and_shown(shop, monkeypatch):
    order = shop.order((shop.offer(), 1), number="4000000000000119")
    monkeypatch.setattr(
        "oms.operations.payment_notifications.process_attempt", lambda *_a, **_k: 1 // 0, raising=True
    )
    keep_notification("test_card", Notification("evt_1", "authorise.done", (f"authorise-{order.ref}",)))
    for hour in range(10):
        with later(hours=hour):
            handle_due_notifications(actor=TIMER)
    assert PaymentNotification.objects.get(event_id="evt_1").state == "parked"
    assert "message" in {item.kind for item in list_stuck(DESK)}


def test_confirming_at_the_bank_without_javascript(visitor):  # noqa: F811
    cart = go_to_payment(visitor, visitor.shop.offer(price=2000))
    page = visitor.get(f"{visitor.base}checkout/payment/")
    assert "4000000000000291" in text(page)
    done = pay(visitor, cart, 2490, "4000 0000 0000 3220")
    order = Order.objects.get()
    assert not order.is_placed
    assert f'content="1; url={order.payment.action_url}"' in text(done)
    bank = order.payment.action_url.removeprefix(order.store_copy["base_url"])
    assert "make-believe bank" in text(visitor.get(bank))
    placed = visitor.post(bank, {"answer": "approve"}, follow=True)
    assert "Thank you for your order" in text(placed)
    assert visitor.post(bank, {"answer": "approve"}).status_code == 404


def test_not_confirming_at_the_bank_keeps_the_cart(visitor):  # noqa: F811
    cart = go_to_payment(visitor, visitor.shop.offer(price=2000))
    pay(visitor, cart, 2490, "4000000000003220")
    bank = Payment.objects.get().action_url.removeprefix(Order.objects.get().store_copy["base_url"])
    refused = visitor.post(bank, {"answer": "decline"}, follow=True)
    assert "You did not confirm the payment." in text(refused)
    cart.refresh_from_db()
    assert pay(visitor, cart, 2490).status_code == 200
    assert Order.objects.placed().count() == 1


def test_paying_another_way_lets_go_of_a_payment_that_is_confirmed_all_the_same(visitor):  # noqa: F811
    cart = go_to_payment(visitor, visitor.shop.offer(price=2000, on_hand=1))
    pay(visitor, cart, 2490, "4000000000003220")
    first = Order.objects.get()
    base = first.payment.action_url.removeprefix(first.store_copy["base_url"]).removesuffix("test-bank/")
    page = visitor.post(f"{base}other-payment/", follow=True)
    assert page.redirect_chain[-1][0] == f"{visitor.base}checkout/payment/"
    cart.refresh_from_db()
    assert pay(visitor, cart, 2490).status_code == 200
    visitor.post(f"{base}test-bank/", {"answer": "approve"}, follow=True)
    while process_due_attempts(actor=TIMER):
        pass
    first.payment.refresh_from_db()
    assert first.payment.state == "voided"
    assert Order.objects.placed().count() == 1
    assert StockItem.objects.get().reserved == 1


def test_goods_are_held_while_the_bank_page_is_open(shop):
    order = shop.order((shop.offer(on_hand=1), 1), number="4000000000003220")
    with later(minutes=25):
        expire_holds(actor=TIMER)
        assert StockItem.objects.get().reserved == 1
        confirm_at_test_bank(order.ref, is_approved=True)
        process_due_attempts(actor=TIMER)
    order.refresh_from_db()
    assert order.is_placed


def test_an_open_confirmation_ends_with_its_page(shop):
    order = shop.order((shop.offer(on_hand=1), 1), number="4000000000003220")
    with later(minutes=40):
        process_due_attempts(actor=TIMER)
    order.refresh_from_db()
    assert order.abandon_reason == "The payment was not confirmed in time."
    assert StockItem.objects.get().available == 1


def test_the_stuck_page_offers_what_helps(client, shop):
    order = shop.order((shop.offer(), 1), number="4000000000000291")
    PaymentAttempt.objects.update(created_at=clock.now() - timedelta(minutes=10))
    mms.sign_in(client, mms.operator_user())
    page = client.get("/console/orders/stuck/").content.decode()
    look = f"/console/orders/stuck/commands/authorise-{order.ref}/"
    assert f'href="{look}?next=' in page
    assert client.get(look).status_code == 200
    told = client.post(look, follow=True).content.decode()
    assert "The provider says: No answer yet." in told
    decide = f"{look}outcome/"
    assert client.get(decide).status_code == 200
    assert client.post(decide, {"happened": "yes", "note": ""}).status_code == 422
    client.post(decide, {"happened": "yes", "note": "their page, no. 77"})
    order.refresh_from_db()
    assert order.is_placed
