"""Charged parcel by parcel, or never by the marketplace: nothing is lost to the minor unit, whatever happens."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import DomainError
from backoffice.kernel.work import drain
from mms.operations.preferences import state_preference
from mms.selectors.scopes import get_scope
from oms import invariants
from oms.errors import PaymentMethodRefused, PaymentStateRefused
from oms.models import Payment, PaymentAttempt, PaymentShare
from oms.operations.acceptance import accept_lines, accept_merchant_order
from oms.operations.cancellation import cancel_lines, cancel_merchant_order
from oms.operations.payment_rescue import try_capture_again
from oms.operations.payments import process_due_attempts
from oms.operations.receipt import close_merchant_order, receive_merchant_order
from oms.operations.refunds import RefundPart, RefundWish, request_refund
from oms.operations.shipments import Parcel, ship_parcel
from oms.operations.timeouts import charge_expiring_payments
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS, REFUND_ORDERS, RESOLVE_PAYMENTS, SHIP_ORDERS
from oms.preferences import debit_key, offered_key
from oms.selectors.stuck import list_stuck
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
TIMER = system_actor("recovery")
DESK = operator_actor(
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
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


def ship(part, **pieces):
    wanted = {int(name[1:]): count for name, count in pieces.items()} or None
    made = ship_parcel(part.ref, Parcel(pieces=wanted), actor=DESK)
    send()
    return made


def charges():
    rows = PaymentAttempt.objects.filter(kind="capture").order_by("id")
    return list(rows.values_list("amount_minor", "state"))


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
    ):
        assert list(check()) == []


@pytest.fixture
def parcel_shop(shop):
    say(shop, debit_key("test_card"), "parcel")
    return shop


def test_each_parcel_is_charged_as_it_leaves_and_all_of_them_sum_to_the_order(parcel_shop):
    # 10.00 over three pieces cannot be cut evenly; shipping of 4.90 comes with the first parcel.
    order = parcel_shop.order((parcel_shop.offer(price=333), 3), (parcel_shop.offer(price=1000), 1))
    first, sibling = order.merchant_orders.order_by("position")
    assert order.payment.debit_moment == "parcel"
    accept_merchant_order(first.ref, actor=DESK)
    accept_merchant_order(sibling.ref, actor=DESK)
    assert charges() == []
    for _number in range(3):
        ship(first, p1=1)
    assert charges() == [(333 + 490, "done"), (333, "done"), (333, "done")]
    assert shares() == [(1489, 0, 1489, 0), (1490, 0, 0, 0)]
    # Nothing is let go while the other merchant's parcel has not left.
    assert not PaymentAttempt.objects.filter(kind="void").exists()
    ship(sibling)
    assert shares() == [(1489, 0, 1489, 0), (1490, 0, 1490, 0)]
    assert_sound()


def test_the_same_parcel_sent_again_is_charged_once(parcel_shop):
    part = parcel_shop.order((parcel_shop.offer(), 2)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    for _time in range(3):
        ship_parcel(part.ref, Parcel(pieces={1: 1}, key="a"), actor=DESK)
        send()
    assert charges() == [(1490, "done")]


def test_what_is_held_for_a_cancelled_rest_is_let_go(parcel_shop):
    part = parcel_shop.order((parcel_shop.offer(price=2000), 3)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    ship(part, p1=1)
    cancel_lines(part.ref, {1: 1}, reason="broken", actor=DESK)
    send()
    assert not PaymentAttempt.objects.filter(kind="void").exists()
    cancel_lines(part.ref, {1: 1}, reason="broken", actor=DESK)
    send()
    part.refresh_from_db()
    assert part.state == "shipped"
    assert shares() == [(6000, 4000, 2000, 0)]
    assert PaymentAttempt.objects.get(kind="void").amount_minor == 4000
    assert not part.refunds.exists()
    assert_sound()


def test_only_what_left_can_be_paid_back(parcel_shop):
    part = parcel_shop.order((parcel_shop.offer(price=2000), 3)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    ship(part, p1=2)
    with pytest.raises(DomainError):
        request_refund(part.ref, RefundWish([RefundPart(1, 3)]), actor=DESK)
    refund = request_refund(part.ref, RefundWish([RefundPart(1, 2)]), actor=DESK)
    send()
    assert refund.amount_minor == 4000
    ship(part)
    assert charges() == [(4000, "done"), (2000, "done")]
    assert shares() == [(6000, 0, 6000, 4000)]
    assert_sound()


def test_a_refused_charge_goes_along_with_the_next_parcel_or_is_repeated(parcel_shop):
    part = parcel_shop.order(
        (parcel_shop.offer(price=2000), 3), number="4000000000000341"
    ).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    ship(part, p1=1)
    ship(part, p1=1)
    assert charges() == [(2000, "refused"), (4000, "refused")]
    assert [item.subject_ref for item in list_stuck(DESK)] == [part.ref]
    again = try_capture_again(part.ref, actor=DESK)
    assert again.amount_minor == 4000
    ship(part)
    receive_merchant_order(part.ref, actor=DESK)
    with pytest.raises(DomainError):
        close_merchant_order(part.ref, actor=DESK)


def test_parcels_that_have_not_left_are_charged_before_the_hold_ends(parcel_shop):
    part = parcel_shop.order((parcel_shop.offer(price=2000), 3)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    ship(part, p1=1)
    with clock.shifted(timedelta(days=6, hours=1)):
        assert charge_expiring_payments() == 1
        send()
        assert charges() == [(2000, "done"), (4000, "done")]
        ship(part, p1=1)
        assert len(charges()) == 2
        cancel_lines(part.ref, {1: 1}, reason="broken", actor=DESK)
        send()
    assert shares() == [(6000, 0, 6000, 2000)]
    assert_sound()


def test_a_card_that_can_be_charged_only_once_is_not_charged_by_parcel(parcel_shop, monkeypatch):
    monkeypatch.setattr("oms.integrations.test_card.TestCard.charges_in_parts", False)
    assert parcel_shop.order((parcel_shop.offer(), 2)).payment.debit_moment == "shipment"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ship", "ship", "cancel", "refund"]),
        st.integers(min_value=1, max_value=2),
        st.integers(min_value=1, max_value=3),
    ),
    max_size=9,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    prices=st.tuples(st.integers(1, 2999), st.integers(1, 2999)),
    counts=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    refused=st.integers(0, 2),
    steps=STEPS,
)
def test_whatever_is_shipped_cancelled_and_returned_every_minor_unit_is_charged_once(
    parcel_shop, prices, counts, refused, steps
):
    one = parcel_shop.offer(price=prices[0])
    two = parcel_shop.offer(price=prices[1], merchant=one.merchant)
    order = parcel_shop.order((one, counts[0]), (two, counts[1]))
    part = order.merchant_orders.get()
    accept_lines(part.ref, {1: max(1, counts[0] - refused), 2: counts[1]}, reason="x", actor=DESK)
    for what, position, pieces in steps:
        try:
            if what == "ship":
                ship_parcel(part.ref, Parcel(pieces={position: pieces}), actor=DESK)
            elif what == "cancel":
                cancel_lines(part.ref, {position: pieces}, reason="x", actor=DESK)
            else:
                request_refund(part.ref, RefundWish([RefundPart(position, pieces)]), actor=DESK)
        except DomainError:
            continue
        send()
        assert_sound()
    part.refresh_from_db()
    if part.can_ship:
        ship(part)
    part.refresh_from_db()
    share = PaymentShare.objects.get(merchant_order=part)
    owed = 0 if part.state == "cancelled" else part.payable_minor
    assert share.captured_minor == owed
    assert share.captured_minor + share.released_minor == share.amount_minor
    assert_sound()
    # What left can be given back to the last cent.
    back = [
        RefundPart(line.position, line.quantity_refundable)
        for line in part.lines.all()
        if line.quantity_refundable
    ]
    shipping = part.shipping_minor - part.withdrawn_shipping_minor - part.refunded_shipping_minor
    if owed and (back or shipping):
        request_refund(part.ref, RefundWish(back, shipping_minor=shipping), actor=DESK)
        send()
        share.refresh_from_db()
        assert share.refunded_minor == share.captured_minor
        assert_sound()


def test_a_store_offers_paying_the_shop_only_when_it_says_so(shop):
    with pytest.raises(PaymentMethodRefused):
        shop.order((shop.offer(), 1), number="outside")


def test_what_the_merchant_is_paid_directly_the_marketplace_never_charges_nor_pays_back(shop):
    say(shop, offered_key("pay_merchant"), True)
    order = shop.order((shop.offer(), 2), (shop.offer(), 1), number="outside")
    part = order.merchant_orders.get(position=1)
    assert part.state == "waiting_acceptance"
    accept_merchant_order(part.ref, actor=DESK)
    ship(part)
    with pytest.raises(PaymentStateRefused):
        request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=DESK)
    receive_merchant_order(part.ref, actor=DESK)
    close_merchant_order(part.ref, actor=DESK)
    with clock.shifted(timedelta(days=30)):
        drain()
    assert charges() == []
    assert list_stuck(DESK) == []
    assert shares() == [(2490, 0, 0, 0), (1490, 0, 0, 0)]
    assert_sound()


def test_an_order_paid_outside_that_comes_to_nothing_is_over(shop):
    say(shop, offered_key("pay_merchant"), True)
    order = shop.order((shop.offer(), 2), number="outside")
    cancel_merchant_order(order.merchant_orders.get().ref, reason="moved away", actor=DESK)
    assert Payment.objects.get().state == "voided"
