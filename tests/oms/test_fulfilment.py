"""Parcels, receipt, cancelling and refunds: each within what is left, siblings untouched."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.kernel import clock
from backoffice.kernel.actors import buyer_actor, system_actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.models import OutboxEvent
from oms import invariants
from oms.errors import LineQuantityRefused, MerchantOrderStateRefused, PaymentStateRefused, RefundTooHigh
from oms.models import BEFORE_SHIPPING, MerchantOrderState, Refund, Shipment, StockItem, TimeLimitKind
from oms.operations.cancellation import cancel_lines, cancel_merchant_order
from oms.operations.payments import process_due_attempts
from oms.operations.receipt import confirm_receipt, receive_merchant_order
from oms.operations.refunds import RefundPart, RefundWish, confirm_refund, request_refund, retry_refund
from oms.operations.shipments import Parcel, ship_parcel
from oms.operations.time_limits import settle, start
from oms.operations.timeouts import run_due_time_limits
from oms.permissions import CANCEL_ORDERS, MARK_PAID, REFUND_ORDERS, SHIP_ORDERS
from tests.factories import oms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
GRANTS = (SHIP_ORDERS, CANCEL_ORDERS, REFUND_ORDERS)
TIMER = system_actor("recovery")


def clerk(part):
    return merchant_actor(part.merchant_id, *GRANTS)


def to_ship(*lines, **fields):
    return oms.merchant_order(state="in_preparation", lines=lines or ((2, 1000),), **fields)


def ship(part, **fields):
    return ship_parcel(part.ref, Parcel(**fields), actor=clerk(part))


def assert_books_agree():
    for check in (
        invariants.stock_counters,
        invariants.orders_add_up,
        invariants.payment_shares,
        invariants.withdrawn_adds_up,
        invariants.refunds_add_up,
    ):
        assert list(check()) == []


def test_shipping_takes_the_pieces_out_of_stock_and_promise_together():
    part = to_ship()
    before = StockItem.objects.get()
    parcel = ship(part, carrier="dhl", tracking_number="00340434 1")
    part.refresh_from_db()
    after = StockItem.objects.get()
    assert part.state == "shipped"
    assert (before.on_hand - after.on_hand, after.reserved) == (2, 0)
    assert parcel.tracking_url.endswith("piececode=00340434%201")
    assert_books_agree()


def test_several_parcels_ship_one_order_piece_by_piece():
    part = to_ship((2, 1000), (1, 500))
    ship(part, pieces={1: 1})
    part.refresh_from_db()
    assert part.state == "partly_shipped"
    ship(part, pieces={1: 1, 2: 1})
    part.refresh_from_db()
    assert part.state == "shipped"
    assert OutboxEvent.objects.filter(name="oms.shipment_shipped.v1").count() == 2
    assert_books_agree()


def test_a_repeated_parcel_is_recorded_once():
    part = to_ship()
    assert ship(part, pieces={1: 1}, key="k").ref == ship(part, pieces={1: 1}, key="k").ref
    assert Shipment.objects.count() == 1
    assert part.lines.get().quantity_shipped == 1


def test_more_than_is_left_cannot_be_shipped():
    part = to_ship()
    with pytest.raises(LineQuantityRefused):
        ship(part, pieces={1: 3})
    with pytest.raises(InvalidInput):
        ship(part, pieces={1: 0})
    assert Shipment.objects.count() == 0


@pytest.mark.parametrize(
    "state", sorted(set(MerchantOrderState.values) - {"in_preparation", "partly_shipped"})
)
def test_shipping_is_refused_in_every_other_state(state):
    part = oms.merchant_order(state=state)
    with pytest.raises(MerchantOrderStateRefused):
        ship(part)
    part.refresh_from_db()
    assert (part.state, Shipment.objects.count()) == (state, 0)


def test_another_carrier_needs_a_name_and_a_link():
    with pytest.raises(InvalidInput) as refused:
        ship(to_ship(), carrier="other")
    assert set(refused.value.fields) == {"carrier_name", "tracking_url"}


def test_strangers_neither_ship_nor_refund_nor_cancel():
    part = to_ship()
    stranger = stranger_actor(*GRANTS)
    for act in (
        lambda: ship_parcel(part.ref, Parcel(), actor=stranger),
        lambda: request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=stranger),
        lambda: cancel_merchant_order(part.ref, reason="x", actor=stranger),
        lambda: cancel_lines(part.ref, {1: 1}, reason="x", actor=stranger),
    ):
        with pytest.raises(NotFound):
            act()
    part.refresh_from_db()
    assert (part.state, part.share.refunded_minor) == ("in_preparation", 0)


def test_the_buyer_confirms_receipt_once():
    part = to_ship()
    ship(part)
    for _time in range(2):
        confirm_receipt(part.order_id, part.position, actor=buyer_actor("Berta"))
    part.refresh_from_db()
    assert part.state == "received"
    assert OutboxEvent.objects.filter(name="oms.merchant_order_received.v1").count() == 1


def test_merchants_cannot_confirm_their_own_receipt():
    part = to_ship()
    ship(part)
    with pytest.raises(MerchantOrderStateRefused):
        receive_merchant_order(part.ref, actor=clerk(part))


def test_the_clock_receives_and_closes_and_then_refuses_refunds():
    part = to_ship()
    ship(part)
    with clock.shifted(timedelta(days=15)):
        run_due_time_limits()
        part.refresh_from_db()
        assert part.state == "received"
    with clock.shifted(timedelta(days=50)):
        run_due_time_limits()
    part.refresh_from_db()
    assert part.state == "closed"
    with pytest.raises(MerchantOrderStateRefused):
        request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=clerk(part))


def test_refunds_never_exceed_what_is_left_of_line_shipping_and_payment():
    part = to_ship((3, 1000), shipping=490)
    ship(part)
    request_refund(part.ref, RefundWish([RefundPart(1, 1)], shipping_minor=400), actor=clerk(part))
    with pytest.raises(RefundTooHigh):
        request_refund(part.ref, RefundWish([RefundPart(1, 3)]), actor=clerk(part))
    with pytest.raises(RefundTooHigh):
        request_refund(part.ref, RefundWish([RefundPart(1, 0, 2001)]), actor=clerk(part))
    with pytest.raises(RefundTooHigh):
        request_refund(part.ref, RefundWish([], shipping_minor=91), actor=clerk(part))
    request_refund(part.ref, RefundWish([RefundPart(1, 2)], shipping_minor=90), actor=clerk(part))
    part.share.refresh_from_db()
    assert part.share.refunded_minor == part.share.captured_minor == 3490
    assert_books_agree()


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rate=st.sampled_from([0, 700, 1900, 2550]),
    portions=st.lists(st.integers(1, 1200), max_size=4),
    delivery=st.integers(1, 489),
)
def test_refunds_in_any_portions_give_back_every_cent_and_its_tax_and_not_one_more(rate, portions, delivery):
    part = to_ship((3, 999), (1, 77), shipping=490, tax_rate_bps=rate)
    ship(part)

    def give(*lines, shipping=0):
        return request_refund(part.ref, RefundWish(lines, shipping_minor=shipping), actor=clerk(part))

    give(RefundPart(1, 1), shipping=delivery)
    for amount in portions:
        with suppress(RefundTooHigh):
            give(RefundPart(1, 0, amount))
    left = part.lines.get(position=1).refundable_minor
    give(RefundPart(1, 2, left), RefundPart(2, 1), shipping=490 - delivery)
    part.share.refresh_from_db()
    assert part.share.refunded_minor == part.share.captured_minor == part.total_minor
    given_back = part.refunds.aggregate(tax=Sum("tax_minor"), shipping=Sum("shipping_tax_minor"))
    assert given_back == {"tax": part.tax_minor, "shipping": part.shipping_tax_minor}
    lines = part.lines.annotate(given=Sum("refund_lines__tax_minor"))
    assert [line.given for line in lines] == [line.tax_minor for line in lines]
    for more in (RefundPart(1, 0, 1), RefundPart(2, 0, 1), RefundPart(1, 1)):
        with pytest.raises(RefundTooHigh):
            give(more)
    with pytest.raises(RefundTooHigh):
        give(shipping=1)
    assert_books_agree()


def test_a_state_that_nothing_ends_is_named():
    part = oms.merchant_order()
    assert [part.ref in sentence for sentence in invariants.nothing_waits_for_ever()] == [True]
    start(TimeLimitKind.ACCEPT, part)
    assert list(invariants.nothing_waits_for_ever()) == []
    settle(part)
    assert len(list(invariants.nothing_waits_for_ever())) == 1


def test_a_refund_is_announced_with_its_lines_and_made_once_per_key():
    part = to_ship((3, 999))
    wish = RefundWish([RefundPart(1, 1)], shipping_minor=90, reason="damaged", key="form")
    refunds = {request_refund(part.ref, wish, actor=clerk(part)).ref for _time in range(3)}
    payload = OutboxEvent.objects.get(name="oms.refund_requested.v1").payload
    assert len(refunds) == 1
    assert (payload["amount_minor"], payload["shipping_minor"]) == (1089, 90)
    assert payload["lines"] == [[part.lines.get().pk, 1, 999]]


def test_a_refund_of_a_transfer_waits_for_the_operators_bank():
    part = to_ship()
    refund = request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=clerk(part))
    process_due_attempts(actor=TIMER)
    refund.refresh_from_db()
    assert refund.state == "sent"
    for _time in range(2):
        confirm_refund(refund.ref, actor=operator_actor(MARK_PAID))
    assert OutboxEvent.objects.filter(name="oms.refund_succeeded.v1").count() == 1


def test_a_failed_refund_stays_owed_is_visible_and_succeeds_on_retry(shop):
    from oms.operations.acceptance import accept_merchant_order
    from oms.permissions import ACCEPT_ORDERS

    part = shop.order((shop.offer(), 1), number="4000000000005126").merchant_orders.get()
    accept_merchant_order(part.ref, actor=operator_actor(ACCEPT_ORDERS))
    process_due_attempts(actor=TIMER)
    refund = request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=clerk(part))
    process_due_attempts(actor=TIMER)
    refund.refresh_from_db()
    assert (refund.state, refund.failure) == ("failed", "The card's bank did not take the refund.")
    retry_refund(refund.ref, actor=clerk(part))
    with pytest.raises(PaymentStateRefused):
        retry_refund(refund.ref, actor=clerk(part))
    process_due_attempts(actor=TIMER)
    refund.refresh_from_db()
    assert refund.state == "done"
    names = (
        OutboxEvent.objects.filter(name__startswith="oms.refund_")
        .order_by("id")
        .values_list("name", flat=True)
    )
    assert list(names) == ["oms.refund_requested.v1", "oms.refund_failed.v1", "oms.refund_succeeded.v1"]


def test_cancelling_gives_stock_and_money_back_and_leaves_siblings_alone():
    order = oms.order()
    part = oms.merchant_order(order=order, state="in_preparation", lines=((2, 1000),))
    sibling = oms.merchant_order(order=order, state="in_preparation", lines=((1, 700),))
    before = StockItem.objects.filter(merchant=sibling.merchant).values().get()
    cancel_merchant_order(part.ref, reason="fire in the warehouse", actor=clerk(part))
    part.refresh_from_db()
    sibling.refresh_from_db()
    assert (part.state, Refund.objects.get().amount_minor) == ("cancelled", 2490)
    assert (sibling.state, sibling.share.refunded_minor, sibling.withdrawn_minor) == ("in_preparation", 0, 0)
    assert StockItem.objects.filter(merchant=sibling.merchant).values().get() == before
    assert_books_agree()


@pytest.mark.parametrize(
    "state",
    sorted({*MerchantOrderState.values} - {*BEFORE_SHIPPING, "cancelled"}),
)
def test_cancelling_is_refused_once_shipped_or_ended(state):
    part = oms.merchant_order(state=state)
    with pytest.raises(MerchantOrderStateRefused):
        cancel_merchant_order(part.ref, reason="x", actor=clerk(part))
    part.refresh_from_db()
    assert part.state == state


def test_cancelling_the_rest_after_a_parcel_counts_as_shipped():
    part = to_ship((3, 999))
    ship(part, pieces={1: 1})
    cancel_lines(part.ref, {1: 2}, reason="sold out", actor=clerk(part))
    part.refresh_from_db()
    refund = Refund.objects.get()
    assert (part.state, refund.amount_minor, refund.shipping_minor) == ("shipped", 1998, 0)
    assert_books_agree()


def test_cancelling_every_piece_cancels_the_order_with_its_shipping():
    part = to_ship((2, 1000), (1, 500))
    cancel_lines(part.ref, {1: 2, 2: 1}, reason="sold out", actor=clerk(part))
    part.refresh_from_db()
    assert (part.state, Refund.objects.get().amount_minor) == ("cancelled", 2990)


def test_an_unanswered_order_refuses_itself():
    part = oms.merchant_order()
    oms.time_limit(part, "accept", clock.now())
    run_due_time_limits()
    part.refresh_from_db()
    assert (part.state, part.end_reason) == ("refused", "The merchant did not answer in time.")
