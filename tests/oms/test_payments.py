"""Payments with faults: nobody is charged twice, nobody pays without an order, nothing stays stuck."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.counting import count_together
from backoffice.kernel.models import OutboxEvent
from backoffice.kernel.work import drain
from mms.models import Mail
from mms.operations.preferences import state_preference
from mms.selectors.scopes import get_scope
from oms import invariants
from oms.errors import PaymentStateRefused
from oms.models import Order, PaymentAttempt, Refund, StockItem, TestCardOperation
from oms.operations.acceptance import accept_merchant_order
from oms.operations.cancellation import cancel_merchant_order
from oms.operations.captures import mark_paid
from oms.operations.payment_rescue import try_capture_again
from oms.operations.payments import process_attempt, process_due_attempts
from oms.operations.reservations import expire_holds
from oms.operations.timeouts import run_due_time_limits
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS, MARK_PAID, RESOLVE_PAYMENTS
from oms.selectors.stuck import list_stuck, list_stuck_rows
from tests.factories import mas, oms, pim
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
TIMER = system_actor("recovery")
DESK = operator_actor(ACCEPT_ORDERS, CANCEL_ORDERS, MARK_PAID, RESOLVE_PAYMENTS)


def later(**by):
    return clock.shifted(timedelta(**by))


def test_a_lost_answer_is_asked_for_and_the_order_placed_once(shop):
    order = shop.order((shop.offer(), 1), number="4000000000000119")
    assert not order.is_placed
    assert order.payment.attempts.get().state == "unknown"
    with later(minutes=2):
        process_due_attempts(actor=TIMER)
    order.refresh_from_db()
    assert order.is_placed
    assert TestCardOperation.objects.count() == 1
    assert OutboxEvent.objects.filter(name="oms.order_placed.v1").count() == 1


def test_a_request_that_never_arrived_ends_the_draft_and_frees_the_stock(shop):
    order = shop.order((shop.offer(on_hand=1), 1), number="4000000000000127")
    with later(minutes=2):
        process_due_attempts(actor=TIMER)
    order.refresh_from_db()
    assert (order.is_placed, order.abandoned_at is not None) == (False, True)
    assert StockItem.objects.get().available == 1
    assert Order.objects.get().payment.state == "declined"
    with later(minutes=3):
        drain()
    assert Mail.objects.filter(about_ref=order.ref, template="oms.order_abandoned").count() == 1


def test_a_provider_that_answers_only_the_second_question_is_asked_again(shop):
    order = shop.order((shop.offer(), 1), number="4000000000000259")
    for minutes in (2, 10):
        with later(minutes=minutes):
            process_due_attempts(actor=TIMER)
    order.refresh_from_db()
    assert order.is_placed


def test_a_worker_that_died_with_the_claim_is_replaced_when_its_lease_ends(shop):
    order = shop.order((shop.offer(), 1), number="4000000000000119")
    PaymentAttempt.objects.update(state="claimed", due_at=clock.now() + timedelta(minutes=1))
    assert process_attempt(order.payment.attempts.get().pk, actor=TIMER) is False
    with later(minutes=2):
        assert process_due_attempts(actor=TIMER) == 1
    order.refresh_from_db()
    assert order.is_placed


def test_paid_but_sold_out_meanwhile_gives_the_money_back_by_itself(shop):
    offer = shop.offer(on_hand=1)
    order = shop.order((offer, 1), number="4000000000000119")
    with later(minutes=20):
        expire_holds(actor=TIMER)
        winner = shop.order((offer, 1))
        process_due_attempts(actor=TIMER)
        process_due_attempts(actor=TIMER)
    order.refresh_from_db()
    order.payment.refresh_from_db()
    assert winner.is_placed
    assert not order.is_placed
    assert order.payment.state == "voided"
    assert StockItem.objects.get().reserved == 1
    assert list(invariants.stock_counters()) == []


def test_a_hold_that_ran_out_is_taken_again_when_the_payment_arrives(shop):
    offer = shop.offer(on_hand=1)
    order = shop.order((offer, 1), number="4000000000000119")
    with later(minutes=20):
        expire_holds(actor=TIMER)
        assert StockItem.objects.get().reserved == 0
        process_due_attempts(actor=TIMER)
    order.refresh_from_db()
    assert order.is_placed
    assert StockItem.objects.get().reserved == 1
    assert list(invariants.stock_counters()) == []


def test_a_hold_taken_again_comes_from_the_places_that_the_store_prefers(shop):
    desk = operator_actor("mms.manage_preferences")
    place = get_scope(f"store:{shop.store.store_code}")
    state_preference("oms.allocation_strategy", "by_rank", scope=place, actor=desk)
    merchant = mas.merchant()
    offer = pim.offer(merchant=merchant, price=1000)
    for rank, pieces in ((1, 2), (2, 5)):
        oms.stock(offer, pieces, at=oms.location(merchant, name=f"Place {rank}", rank=rank))
    order = shop.order((offer, 3), number="4000000000000119")
    reserved = StockItem.objects.order_by("location__rank").values_list("reserved", flat=True)
    assert list(reserved) == [2, 1]
    with later(minutes=20):
        expire_holds(actor=TIMER)
        assert list(reserved.all()) == [0, 0]
        process_due_attempts(actor=TIMER)
    order.refresh_from_db()
    assert order.is_placed
    assert list(reserved.all()) == [2, 1]


def test_an_expired_hold_counts_as_free_before_the_sweep(shop):
    offer = shop.offer(on_hand=1)
    shop.order((offer, 1), number="4000000000000119")
    offer.available_quantity = 1
    offer.save(update_fields=["available_quantity"])
    with later(minutes=20):
        assert shop.order((offer, 1)).is_placed


def test_an_approval_after_the_time_limit_is_released(shop):
    order = shop.order((shop.offer(), 1), number="4000000000000119")
    with later(hours=2):
        run_due_time_limits()
        order.refresh_from_db()
        assert order.abandoned_at is not None
        process_due_attempts(actor=TIMER)
        process_due_attempts(actor=TIMER)
    order.payment.refresh_from_db()
    assert order.payment.state == "voided"
    assert TestCardOperation.objects.filter(kind="void").count() == 1


def test_a_refused_charge_is_shown_as_stuck_tried_again_and_cancelled_in_the_end(shop):
    order = shop.order((shop.offer(), 1), number="4000000000000341")
    part = order.merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    process_due_attempts(actor=TIMER)
    part.refresh_from_db()
    assert part.state == "waiting_payment"
    assert [(row.kind, row.subject_ref) for row in list_stuck(DESK)] == [("capture", part.ref)]
    assert count_together(list_stuck_rows(DESK))["capture"] == 1
    try_capture_again(part.ref, actor=DESK)
    assert list_stuck(DESK) == []
    assert not any(count_together(list_stuck_rows(DESK)).values())
    with pytest.raises(PaymentStateRefused):
        try_capture_again(part.ref, actor=DESK)
    process_due_attempts(actor=TIMER)
    with later(hours=73):
        run_due_time_limits()
    part.refresh_from_db()
    assert part.state == "cancelled"
    assert StockItem.objects.get().reserved == 0
    assert list_stuck(DESK) == []


def test_a_charge_that_succeeds_after_cancelling_is_refunded(shop):
    order = shop.order((shop.offer(price=1999), 2))
    part = order.merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    PaymentAttempt.objects.filter(kind="capture").update(state="unknown")
    cancel_merchant_order(part.ref, reason="changed my mind", actor=DESK)
    for minutes in (1, 2):
        with later(minutes=minutes):
            process_due_attempts(actor=TIMER)
    part.refresh_from_db()
    refund = Refund.objects.get()
    assert (refund.state, refund.amount_minor, refund.shipping_minor) == ("done", 4488, 490)
    assert (part.share.captured_minor, part.share.refunded_minor) == (4488, 4488)
    for check in (invariants.withdrawn_adds_up, invariants.payment_shares, invariants.refunds_add_up):
        assert list(check()) == []


def test_a_transfer_opens_the_order_to_its_merchants_once(shop):
    order = shop.order((shop.offer(), 1), (shop.offer(), 1), number="transfer")
    for _time in range(2):
        mark_paid(order.ref, reference="statement 7", actor=DESK)
    assert [part.state for part in order.merchant_orders.all()] == ["waiting_acceptance"] * 2
    payload = OutboxEvent.objects.get(name="oms.payment_captured.v1").payload
    assert payload["amount_minor"] == order.total_minor == sum(share[2] for share in payload["shares"])


def test_a_transfer_for_a_cancelled_part_is_refunded_at_once(shop):
    order = shop.order((shop.offer(price=2000), 1), (shop.offer(price=3000), 1), number="transfer")
    gone = order.merchant_orders.get(position=1)
    cancel_merchant_order(gone.ref, reason="no longer made", actor=DESK)
    mark_paid(order.ref, reference="statement 8", actor=DESK)
    assert [part.state for part in order.merchant_orders.order_by("position")] == [
        "cancelled",
        "waiting_acceptance",
    ]
    assert Refund.objects.get().amount_minor == 2490


def test_an_unpaid_order_ends_after_its_time_limit_and_a_late_transfer_goes_back(shop):
    order = shop.order((shop.offer(on_hand=1), 1), number="transfer")
    with later(days=8):
        run_due_time_limits()
        assert order.merchant_orders.get().state == "cancelled"
        assert StockItem.objects.get().available == 1
        mark_paid(order.ref, reference="too late", actor=DESK)
    assert Refund.objects.get().amount_minor == order.total_minor
    assert list(invariants.payment_shares()) == []


def test_a_card_order_cannot_be_marked_as_paid(shop):
    order = shop.order((shop.offer(), 1))
    with pytest.raises(PaymentStateRefused):
        mark_paid(order.ref, reference="x", actor=DESK)
