"""The quick end of a checkout steps aside whenever the draft is no longer as it was written."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import timer_actor
from backoffice.kernel.models import OutboxEvent
from billing.models import Earning
from mms.models import ReferenceVersion
from oms import invariants
from oms.integrations.test_card import TestCard
from oms.models import Order, PaymentAttempt, Reservation, StockItem, TimeLimit
from oms.operations import placement
from oms.operations.authorisations import abandon_unanswered
from oms.operations.payments import process_due_attempts
from oms.operations.reservations import expire_holds
from oms.operations.time_limits import change_time_rule
from oms.permissions import MANAGE_TIME_LIMITS
from oms.selectors.time_limits import Rule
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
TIMER = timer_actor("test")


def later(**by):
    return clock.shifted(timedelta(**by))


@pytest.fixture
def while_the_bank_thinks(monkeypatch):
    """Something happens between the question to the bank and its answer."""

    def arrange(happens):
        authorise = TestCard.authorise

        def slow(self, command):
            answer = authorise(self, command)
            happens()
            return answer

        monkeypatch.setattr(TestCard, "authorise", slow)

    return arrange


def outcome(order):
    order.refresh_from_db()
    return order.is_placed, order.abandoned_at is not None


def test_the_usual_checkout_reads_nothing_of_the_order_again(shop, monkeypatch):
    monkeypatch.setattr("oms.operations.payments.lock_whole_order", None)
    order = shop.order((shop.offer(), 2), (shop.offer(), 1))
    assert order.is_placed
    stored = Order.objects.get()
    assert (stored.placed_at, stored.payment.state) == (order.placed_at, "authorised")
    assert {part.state for part in stored.merchant_orders.all()} == {"waiting_acceptance"}
    assert set(Reservation.objects.values_list("state", flat=True)) == {"committed"}
    assert Earning.objects.count() == 2
    assert list(TimeLimit.objects.filter(settled_at=None).values_list("kind", flat=True)) == ["accept"] * 2
    assert [row.what for row in stored.history.order_by("id")] == [
        "draft_written",
        "placed",
        "opened",
        "opened",
    ]
    for check in (invariants.stock_counters, invariants.orders_add_up, invariants.payment_shares):
        assert list(check()) == []


def test_what_was_in_hand_is_not_written_into_the_event(shop):
    shop.order((shop.offer(), 1))
    assert "in_hand" not in OutboxEvent.objects.get(name="oms.order_placed.v1").payload


def test_an_order_abandoned_while_the_bank_was_asked_is_not_placed(shop, while_the_bank_thinks):
    while_the_bank_thinks(lambda: abandon_unanswered(Order.objects.get().pk, actor=TIMER))
    order = shop.order((shop.offer(on_hand=1), 1))
    assert outcome(order) == (False, True)
    assert StockItem.objects.get().available == 1
    assert not Earning.objects.exists()
    assert not OutboxEvent.objects.filter(name="oms.order_placed.v1").exists()
    # The money that was held is let go.
    process_due_attempts(actor=TIMER)
    order.payment.refresh_from_db()
    assert order.payment.state == "voided"


def test_a_hold_that_ran_out_while_the_bank_was_asked_is_taken_again(shop, while_the_bank_thinks):
    def sweep():
        with later(minutes=20):
            assert expire_holds(actor=TIMER) == 1

    while_the_bank_thinks(sweep)
    order = shop.order((shop.offer(on_hand=1), 1))
    assert outcome(order) == (True, False)
    assert StockItem.objects.get().reserved == 1
    assert list(invariants.stock_counters()) == []


def test_a_command_taken_over_while_the_bank_was_asked_is_left_to_whoever_has_it(shop, while_the_bank_thinks):
    while_the_bank_thinks(lambda: PaymentAttempt.objects.update(claim="another worker"))
    order = shop.order((shop.offer(), 1))
    assert outcome(order) == (False, False)
    with later(minutes=2):
        assert process_due_attempts(actor=TIMER) == 1
    assert outcome(order) == (True, False)
    assert OutboxEvent.objects.filter(name="oms.order_placed.v1").count() == 1


def test_a_checkout_that_died_before_the_bank_was_asked_charges_nobody(shop, monkeypatch):
    def die(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("oms.operations.payments._ask", die)
    with pytest.raises(KeyboardInterrupt):
        shop.order((shop.offer(on_hand=1), 1))
    monkeypatch.undo()
    assert process_due_attempts(actor=TIMER) == 0
    with later(minutes=2):
        process_due_attempts(actor=TIMER)
    assert outcome(Order.objects.get()) == (False, True)
    assert StockItem.objects.get().available == 1


def test_the_lease_of_a_checkout_is_the_one_of_a_worker(shop):
    order = shop.order((shop.offer(), 1), number="4000000000000119")
    attempt = order.payment.attempts.get()
    assert attempt.tries == 1
    assert attempt.due_at <= clock.now() + placement.LEASE
    assert timedelta(seconds=10) < placement.LEASE


def test_a_changed_time_rule_holds_for_the_next_order(shop):
    shop.order((shop.offer(), 1))
    change_time_rule("accept", Rule(3), actor=operator_actor(MANAGE_TIME_LIMITS))
    assert ReferenceVersion.objects.filter(name="oms.time_rules").exists()
    order = shop.order((shop.offer(), 1))
    limit = TimeLimit.objects.get(order=order, kind="accept")
    assert limit.due_at - order.placed_at < timedelta(hours=3, minutes=1)
