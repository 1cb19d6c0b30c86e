"""The merchant's answer, line by line, and what it means for the buyer's money."""

import pytest

from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.models import OutboxEvent
from backoffice.kernel.work import drain
from oms import invariants
from oms.errors import LineQuantityRefused, MerchantOrderStateRefused
from oms.models import MerchantOrder, MerchantOrderState, Refund, StateChange, StockItem, TestCardOperation
from oms.operations.acceptance import accept_lines, accept_merchant_order, refuse_merchant_order
from oms.permissions import ACCEPT_ORDERS
from tests.factories import mas, oms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db


def clerk(part):
    return merchant_actor(part.merchant_id, ACCEPT_ORDERS)


def announced(name):
    return OutboxEvent.objects.filter(name=f"oms.{name}.v1").count()


def assert_books_agree():
    for check in (
        invariants.stock_counters,
        invariants.orders_add_up,
        invariants.payment_shares,
        invariants.withdrawn_adds_up,
        invariants.refunds_add_up,
    ):
        assert list(check()) == []


def test_accepting_charges_the_share_of_this_merchant_only(shop):
    order = shop.order((shop.offer(price=2000), 1), (shop.offer(price=3000), 1))
    part, sibling = order.merchant_orders.order_by("position")
    accept_merchant_order(part.ref, actor=clerk(part))
    drain()
    part.refresh_from_db()
    sibling.refresh_from_db()
    assert (part.state, part.share.captured_minor) == ("in_preparation", 2490)
    assert (sibling.state, sibling.share.captured_minor) == ("waiting_acceptance", 0)
    assert list(TestCardOperation.objects.filter(kind="capture").values_list("amount_minor", flat=True)) == [
        2490
    ]
    payload = OutboxEvent.objects.get(name="oms.payment_captured.v1").payload
    assert payload["shares"] == [[part.pk, part.merchant_id, 2490]]
    assert part.ship_by is not None


def test_refused_pieces_leave_the_total_uncharged_and_go_back_to_stock(shop):
    merchant = mas.merchant()
    kept, lost = shop.offer(price=999, merchant=merchant), shop.offer(price=1000, merchant=merchant)
    part = shop.order((kept, 3), (lost, 2)).merchant_orders.get()
    accept_lines(part.ref, {1: 2}, reason="broken in the warehouse", actor=clerk(part))
    drain()
    # The charge and, once it is known, the release of the rest.
    drain()
    part.refresh_from_db()
    assert part.withdrawn_minor == 999 + 2000
    assert part.share.captured_minor == part.payable_minor == 2 * 999 + 490
    assert [(i.reserved, i.available) for i in StockItem.objects.order_by("id")] == [(2, 8), (0, 10)]
    # What the card still held is let go.
    assert TestCardOperation.objects.get(kind="void").amount_minor == 2999
    assert_books_agree()


def test_refusing_everything_ends_the_part_and_charges_nothing(shop):
    order = shop.order((shop.offer(), 2))
    part = order.merchant_orders.get()
    refuse_merchant_order(part.ref, reason="sold elsewhere", actor=clerk(part))
    drain()
    part.refresh_from_db()
    order.payment.refresh_from_db()
    assert (part.state, part.payable_minor, part.end_reason) == ("refused", 0, "sold elsewhere")
    assert order.payment.state == "voided"
    assert announced("merchant_order_refused") == 1
    assert StockItem.objects.get().reserved == 0
    assert_books_agree()


def test_refused_pieces_of_a_paid_transfer_are_refunded(shop):
    part = oms.merchant_order(lines=((3, 999), (1, 500)))
    accept_lines(part.ref, {1: 3}, reason="out of stock", actor=clerk(part))
    part.refresh_from_db()
    refund = Refund.objects.get()
    assert (part.state, part.withdrawn_minor) == ("in_preparation", 0)
    assert (refund.amount_minor, refund.shipping_minor, refund.reason) == (500, 0, "refused")
    assert part.share.refunded_minor == 500
    assert_books_agree()


def test_accepting_is_announced_once_even_when_repeated(shop):
    part = shop.order((shop.offer(), 1)).merchant_orders.get()
    for _time in range(3):
        accept_merchant_order(part.ref, actor=clerk(part))
        drain()
    assert announced("merchant_order_accepted") == announced("payment_captured") == 1
    assert StateChange.objects.filter(what="accepted").count() == 1


def test_another_answer_after_the_first_is_refused_and_changes_nothing(shop):
    part = shop.order((shop.offer(), 2)).merchant_orders.get()
    accept_lines(part.ref, {1: 1}, reason="one is broken", actor=clerk(part))
    with pytest.raises(MerchantOrderStateRefused):
        accept_merchant_order(part.ref, actor=clerk(part))
    line = part.lines.get()
    assert (line.quantity_accepted, line.quantity_refused) == (1, 1)


@pytest.mark.parametrize("state", sorted(set(MerchantOrderState.values) - {"waiting_acceptance"}))
def test_only_an_order_to_accept_can_be_answered(state):
    part = oms.merchant_order(state=state, lines=((2, 1000),))
    part.lines.update(quantity_accepted=1)
    with pytest.raises(MerchantOrderStateRefused):
        accept_merchant_order(part.ref, actor=clerk(part))
    part.refresh_from_db()
    assert part.state == state


def test_refusing_needs_a_reason():
    part = oms.merchant_order()
    with pytest.raises(InvalidInput) as refused:
        refuse_merchant_order(part.ref, reason=" ", actor=clerk(part))
    assert set(refused.value.fields) == {"reason"}
    part.refresh_from_db()
    assert part.state == "waiting_acceptance"


def test_more_pieces_than_ordered_cannot_be_accepted():
    part = oms.merchant_order(lines=((2, 100),))
    with pytest.raises(LineQuantityRefused):
        accept_lines(part.ref, {1: 3}, actor=clerk(part))
    with pytest.raises(LineQuantityRefused):
        accept_lines(part.ref, {2: 1}, actor=clerk(part))


def test_strangers_do_not_find_the_order_and_clerks_need_the_right():
    part = oms.merchant_order()
    with pytest.raises(NotFound):
        accept_merchant_order(part.ref, actor=stranger_actor(ACCEPT_ORDERS))
    with pytest.raises(PermissionRefused):
        accept_merchant_order(part.ref, actor=merchant_actor(part.merchant_id, "oms.view_orders"))
    assert MerchantOrder.objects.get().state == "waiting_acceptance"


def test_a_merchant_with_automatic_acceptance_need_not_answer(shop):
    merchant = mas.merchant(acceptance_mode="automatic")
    part = shop.order((shop.offer(merchant=merchant), 1)).merchant_orders.get()
    # The acceptance, then the charge that it asked for.
    drain()
    drain()
    part.refresh_from_db()
    assert part.state == "in_preparation"
    assert StateChange.objects.get(what="accepted").actor_kind == "timer"


def test_operators_may_answer_for_a_merchant():
    part = oms.merchant_order()
    accept_merchant_order(part.ref, actor=operator_actor(ACCEPT_ORDERS))
    part.refresh_from_db()
    assert part.state == "in_preparation"
