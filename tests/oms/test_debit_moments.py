"""When buyers are charged: at once, on acceptance, at shipment, on delivery, on the due date."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.work import drain
from mms.models import Mail, Task
from mms.operations.preferences import state_preference
from mms.selectors.scopes import get_scope
from oms import invariants
from oms.errors import MerchantOrderStateRefused, PaymentMethodRefused, PaymentStateRefused
from oms.models import Order, Payment, PaymentAttempt, PaymentShare, Refund
from oms.operations.acceptance import accept_lines, accept_merchant_order
from oms.operations.cancellation import cancel_lines, cancel_merchant_order
from oms.operations.captures import mark_paid
from oms.operations.payments import process_due_attempts
from oms.operations.receipt import close_merchant_order, receive_merchant_order
from oms.operations.shipments import Parcel, ship_parcel
from oms.operations.timeouts import charge_expiring_payments, run_due_time_limits
from oms.permissions import (
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    MARK_PAID,
    REFUND_ORDERS,
    RESOLVE_PAYMENTS,
    SHIP_ORDERS,
)
from oms.preferences import debit_key, offered_key
from tests.factories import mas
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
TIMER = system_actor("recovery")
DESK = operator_actor(
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    MARK_PAID,
    REFUND_ORDERS,
    RESOLVE_PAYMENTS,
    SHIP_ORDERS,
    "mms.manage_preferences",
)


def say(shop, key, value):
    state_preference(key, value, scope=get_scope(f"store:{shop.store.store_code}"), actor=DESK)


def send():
    while process_due_attempts(actor=TIMER):
        pass


def shares():
    return list(
        PaymentShare.objects.order_by("id").values_list(
            "amount_minor", "released_minor", "captured_minor", "refunded_minor"
        )
    )


def assert_sound():
    for check in (
        invariants.payment_shares,
        invariants.payments_add_up,
        invariants.refunds_add_up,
        invariants.withdrawn_adds_up,
        invariants.stock_counters,
        invariants.no_payment_without_order,
    ):
        assert list(check()) == []


def test_held_money_is_authorised_per_merchant_order_and_charged_as_each_accepts(shop):
    order = shop.order((shop.offer(price=2000), 1), (shop.offer(price=3000), 1))
    first, second = order.merchant_orders.order_by("position")
    assert shares() == [(2490, 0, 0, 0), (3490, 0, 0, 0)]
    accept_merchant_order(first.ref, actor=DESK)
    send()
    assert shares() == [(2490, 0, 2490, 0), (3490, 0, 0, 0)]
    accept_lines(second.ref, {}, reason="sold out", actor=DESK)
    send()
    assert shares() == [(2490, 0, 2490, 0), (3490, 3490, 0, 0)]
    assert_sound()


def test_a_card_charged_at_shipment_is_packed_first_and_charged_once_with_the_first_parcel(shop):
    say(shop, debit_key("test_card"), "shipment")
    order = shop.order((shop.offer(price=2000), 3))
    part = order.merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    part.refresh_from_db()
    assert part.state == "in_preparation"
    assert not PaymentAttempt.objects.filter(kind="capture").exists()
    for number in range(2):
        ship_parcel(part.ref, Parcel(pieces={1: 1}, key=str(number)), actor=DESK)
        send()
    assert [row.amount_minor for row in PaymentAttempt.objects.filter(kind="capture")] == [6000]
    assert shares() == [(6000, 0, 6000, 0)]
    cancel_lines(part.ref, {1: 1}, reason="broken", actor=DESK)
    send()
    assert Refund.objects.get().amount_minor == 2000
    assert_sound()


def test_pieces_cancelled_before_the_charge_at_shipment_are_never_charged(shop):
    say(shop, debit_key("test_card"), "shipment")
    order = shop.order((shop.offer(price=2000), 3))
    part = order.merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    cancel_lines(part.ref, {1: 1}, reason="broken", actor=DESK)
    ship_parcel(part.ref, Parcel(), actor=DESK)
    send()
    assert shares() == [(6000, 2000, 4000, 0)]
    assert not Refund.objects.exists()
    assert_sound()


def test_what_is_owed_does_not_change_while_the_provider_is_charging_it(shop):
    say(shop, debit_key("test_card"), "shipment")
    part = shop.order((shop.offer(price=2000), 3), number="4000000000000358").merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    ship_parcel(part.ref, Parcel(pieces={1: 1}), actor=DESK)
    process_due_attempts(actor=TIMER)
    with pytest.raises(PaymentStateRefused):
        cancel_lines(part.ref, {1: 1}, reason="broken", actor=DESK)
    with clock.shifted(timedelta(minutes=2)):
        send()
        cancel_lines(part.ref, {1: 1}, reason="broken", actor=DESK)
        send()
    assert shares() == [(6000, 0, 6000, 2000)]
    assert_sound()


def test_a_charge_that_fails_after_shipment_is_a_task_and_keeps_the_order_open(shop):
    say(shop, debit_key("test_card"), "shipment")
    part = shop.order((shop.offer(), 1), number="4000000000000341").merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    ship_parcel(part.ref, Parcel(), actor=DESK)
    send()
    assert Task.objects.filter(kind="oms.capture_failed", closed_at=None).count() == 1
    receive_merchant_order(part.ref, actor=DESK)
    with pytest.raises(MerchantOrderStateRefused):
        close_merchant_order(part.ref, actor=DESK)


def test_held_money_is_charged_before_the_provider_lets_it_go(shop):
    say(shop, debit_key("test_card"), "shipment")
    order = shop.order((shop.offer(), 1), (shop.offer(), 1))
    accepted, silent = order.merchant_orders.order_by("position")
    accept_merchant_order(accepted.ref, actor=DESK)
    assert charge_expiring_payments() == 0
    with clock.shifted(timedelta(days=6, hours=1)):
        assert charge_expiring_payments() == 1
        send()
        assert charge_expiring_payments() == 0
    silent.refresh_from_db()
    assert silent.state == "refused"
    assert shares() == [(1490, 0, 1490, 0), (1490, 1490, 0, 0)]
    cancel_merchant_order(accepted.ref, reason="never sent", actor=DESK)
    send()
    assert shares()[0] == (1490, 0, 1490, 1490)
    assert_sound()


def test_a_card_charged_when_ordered_reaches_the_merchants_with_the_money(shop):
    say(shop, debit_key("test_card"), "order")
    order = shop.order((shop.offer(), 1), (shop.offer(), 1), number="4000000000000358")
    assert order.is_placed
    process_due_attempts(actor=TIMER)
    assert {part.state for part in order.merchant_orders.all()} == {"staged"}
    gone = order.merchant_orders.get(position=1)
    cancel_merchant_order(gone.ref, reason="changed my mind", actor=DESK)
    with clock.shifted(timedelta(minutes=2)):
        send()
    assert [part.state for part in order.merchant_orders.order_by("position")] == [
        "cancelled",
        "waiting_acceptance",
    ]
    assert shares() == [(1490, 0, 1490, 1490), (1490, 0, 1490, 0)]
    assert_sound()


def test_an_order_whose_charge_at_once_fails_ends_by_its_clock(shop):
    say(shop, debit_key("test_card"), "order")
    order = shop.order((shop.offer(), 1), number="4000000000000341")
    send()
    with clock.shifted(timedelta(hours=73)):
        run_due_time_limits()
        send()
    assert order.merchant_orders.get().state == "cancelled"
    assert Payment.objects.get().state == "voided"
    assert_sound()


def test_cash_is_charged_when_the_goods_were_handed_over(shop):
    order = shop.order((shop.offer(), 2), number="cash")
    part = order.merchant_orders.get()
    assert part.state == "waiting_acceptance"
    accept_merchant_order(part.ref, actor=DESK)
    ship_parcel(part.ref, Parcel(), actor=DESK)
    send()
    assert shares() == [(2490, 0, 0, 0)]
    receive_merchant_order(part.ref, actor=DESK)
    send()
    assert shares() == [(2490, 0, 2490, 0)]
    assert_sound()


def test_cash_orders_that_end_before_delivery_owe_nothing(shop):
    order = shop.order((shop.offer(), 2), number="cash")
    cancel_merchant_order(order.merchant_orders.get().ref, reason="moved away", actor=DESK)
    assert Payment.objects.get().state == "voided"
    assert not PaymentAttempt.objects.exclude(kind="authorise").exists()


def test_an_invoice_is_paid_after_shipment_and_reminded_of_when_overdue(shop):
    say(shop, debit_key("bank_transfer"), "due_date")
    say(shop, "oms.invoice_days", 10)
    order = shop.order((shop.offer(price=2000), 2), (shop.offer(), 1), number="transfer")
    first, second = order.merchant_orders.order_by("position")
    assert {first.state, second.state} == {"waiting_acceptance"}
    accept_lines(first.ref, {1: 1}, reason="one left", actor=DESK)
    with pytest.raises(PaymentStateRefused):
        mark_paid(order.ref, reference="too early", actor=DESK)
    accept_lines(second.ref, {}, reason="sold out", actor=DESK)
    ship_parcel(first.ref, Parcel(), actor=DESK)
    with clock.shifted(timedelta(days=11)):
        run_due_time_limits()
        drain()
        assert Mail.objects.filter(template="oms.invoice_overdue").count() == 1
        assert Task.objects.filter(kind="oms.invoice_overdue", closed_at=None).count() == 1
        mark_paid(order.ref, reference="statement 9", actor=DESK)
    assert Task.objects.filter(kind="oms.invoice_overdue", closed_at=None).count() == 0
    assert shares() == [(4490, 0, 2490, 0), (1490, 0, 0, 0)]
    assert_sound()


def test_a_store_offers_only_what_it_wants_and_the_rule_is_kept_on_the_order(shop):
    say(shop, offered_key("cash_on_delivery"), False)
    with pytest.raises(PaymentMethodRefused):
        shop.order((shop.offer(), 1), number="cash")
    assert Order.objects.count() == 0
    shop.order((shop.offer(), 1))
    say(shop, debit_key("test_card"), "shipment")
    shop.order((shop.offer(merchant=mas.merchant()), 1))
    assert list(Payment.objects.order_by("id").values_list("debit_moment", flat=True)) == [
        "acceptance",
        "shipment",
    ]
