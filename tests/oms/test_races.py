"""Races with real connections and processes: never more sold than there is, every act once."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connections

from backoffice.kernel.errors import DomainError
from oms import invariants
from oms.models import Cart, MerchantOrder, Order, Reservation, Shipment, StockItem, StockMovement
from oms.operations.acceptance import accept_merchant_order
from oms.operations.refunds import RefundPart, RefundWish, request_refund
from oms.operations.shipments import Parcel, ship_parcel
from oms.permissions import ACCEPT_ORDERS, REFUND_ORDERS, SHIP_ORDERS
from tests.factories import oms
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db(transaction=True)
DESK = operator_actor(ACCEPT_ORDERS, SHIP_ORDERS, REFUND_ORDERS)
BUYERS, PIECES = 200, 10


def in_threads(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act` at the same moment in that many threads, each with its own connection."""
    start = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = act(number)
        except DomainError as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def assert_sold_out_exactly() -> None:
    item = StockItem.objects.get()
    assert Order.objects.placed().count() == PIECES
    assert (item.on_hand, item.reserved, item.available) == (PIECES, PIECES, 0)
    assert (
        sum(Reservation.objects.filter(state="committed").values_list("open_quantity", flat=True)) == PIECES
    )
    assert sum(StockMovement.objects.values_list("reserved_delta", flat=True)) == PIECES
    for check in (invariants.stock_counters, invariants.orders_add_up, invariants.payment_shares):
        assert list(check()) == []


@pytest.mark.postgres
def test_200_parallel_checkouts_for_the_last_10_pieces_make_exactly_10_orders(make_shop):
    shop = make_shop()
    offer = shop.offer(on_hand=PIECES)
    carts = [shop.cart((offer, 1)) for _buyer in range(BUYERS)]
    # Twenty at a time keep within the server's connections.
    for start in range(0, BUYERS, 20):
        in_threads(20, lambda number, start=start: shop.pay(carts[start + number]))
    assert_sold_out_exactly()


def _buy(cart_ids: list[int], shop: Any) -> None:
    """One process's share of the buyers."""
    connections.close_all()
    for cart in Cart.objects.filter(pk__in=cart_ids):
        try:
            shop.pay(cart)
        except DomainError:
            continue
    connections.close_all()
    os._exit(0)


def test_eight_processes_for_the_last_10_pieces_make_exactly_10_orders(make_shop):
    shop = make_shop()
    offer = shop.offer(on_hand=PIECES)
    carts = [shop.cart((offer, 1)).pk for _buyer in range(40)]
    # Everybody believes that there is enough: only the conditional update decides.
    offer.available_quantity = 1000
    offer.save(update_fields=["available_quantity"])
    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_buy, args=(carts[number::8], shop)) for number in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0] * 8
    assert_sold_out_exactly()


def test_the_same_form_posted_by_many_threads_makes_one_order(make_shop):
    shop = make_shop()
    cart = shop.cart((shop.offer(on_hand=50), 1))
    refs = in_threads(8, lambda number: shop.pay(Cart.objects.get(pk=cart.pk), checkout_key="one-form").ref)
    assert len(set(refs)) == Order.objects.count() == 1
    assert StockItem.objects.get().reserved == 1


def test_two_who_accept_at_the_same_moment_accept_once(transactional_db):
    part = oms.merchant_order()
    in_threads(4, lambda number: accept_merchant_order(part.ref, actor=DESK))
    part = MerchantOrder.objects.get()
    assert part.state == "in_preparation"
    assert part.history.filter(what="accepted").count() == 1


def test_refunds_at_the_same_moment_never_exceed_what_was_paid(transactional_db):
    part = oms.merchant_order(state="shipped", lines=((3, 1000),), shipping=0)
    wish = [RefundWish([RefundPart(1, 1)]) for _number in range(6)]
    results = in_threads(6, lambda number: request_refund(part.ref, wish[number], actor=DESK))
    assert sum(not isinstance(result, DomainError) for result in results) == 3
    assert MerchantOrder.objects.get().share.refunded_minor == 3000


def test_parcels_at_the_same_moment_never_hold_more_than_was_ordered(transactional_db):
    part = oms.merchant_order(state="in_preparation", lines=((3, 1000),))
    results = in_threads(
        5, lambda number: ship_parcel(part.ref, Parcel(pieces={1: 1}, key=f"k{number}"), actor=DESK)
    )
    assert sum(not isinstance(result, DomainError) for result in results) == Shipment.objects.count() == 3
    assert list(invariants.stock_counters()) == []


def test_the_database_itself_refuses_to_oversell(transactional_db):
    item = oms.merchant_order(lines=((1, 1000),)).lines.get().reservations.get().item
    with pytest.raises(IntegrityError):
        StockItem.objects.filter(pk=item.pk).update(reserved=item.on_hand + 1)
