"""Real processes at one stock row: never more promised than there is, whatever happens beside it."""

import multiprocessing
import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections, transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import DomainError
from oms import invariants
from oms.models import Order, Reservation, StockItem, StockMovement
from oms.operations.reservations import Wanted, expire_holds, release_reservations, reserve
from oms.operations.slots import merge_slots, spread
from oms.operations.transfers import send_transfer
from oms.selectors.availability import available_by_offer
from pim.models import Offer
from tests.factories import oms, pim
from tests.oms.test_races import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = system_actor("tests")
ROUNDS, PROCESSES, PIECES = 20, 4, 3


def take(offer_id: int, key: str, **terms) -> bool:
    try:
        with transaction.atomic():
            reserve([Wanted(key, offer_id, 1)], purpose=f"order:{key}", actor=ACTOR, **terms)
    except DomainError:
        return False
    return True


def in_processes(count: int, act: Callable[[int], None]) -> None:
    """Run `act` in that many forked processes at the same moment."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    start = context.Barrier(count)

    def run(number: int) -> None:
        connections.close_all()
        start.wait()
        code = 0
        try:
            act(number)
        except BaseException:
            code = 1
        connections.close_all()
        os._exit(code)

    workers = [context.Process(target=run, args=(number,)) for number in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert [worker.exitcode for worker in workers] == [0] * count


def assert_exact(pieces: int) -> None:
    rows = StockItem.objects.all()
    assert sum(row.on_hand for row in rows) == pieces
    assert sum(row.reserved for row in rows) == pieces
    assert sum(StockMovement.objects.values_list("reserved_delta", flat=True)) == pieces
    assert sum(Reservation.objects.values_list("open_quantity", flat=True)) == pieces
    assert list(invariants.stock_counters()) == []
    # What the catalogue shows is what the last of them left.
    shown = dict(Offer.objects.values_list("pk", "available_quantity"))
    assert shown == available_by_offer(shown)


def test_four_processes_at_one_article_sell_exactly_what_is_there_in_20_rounds(transactional_db):
    """Each round is an article of its own; every process wants more of it than its share."""
    offers = [pim.offer() for _round in range(ROUNDS)]
    for offer in offers:
        oms.stock(offer, PIECES)

    def buy(number: int) -> None:
        for offer in offers:
            for turn in range(2):
                take(offer.pk, f"{number}-{offer.pk}-{turn}")

    in_processes(PROCESSES, buy)
    assert set(StockItem.objects.values_list("reserved", flat=True)) == {PIECES}
    assert_exact(ROUNDS * PIECES)


def test_the_last_piece_is_promised_to_one_of_four_processes(transactional_db):
    offer = pim.offer()
    oms.stock(offer, 1)
    in_processes(PROCESSES, lambda number: take(offer.pk, f"k{number}"))
    assert_exact(1)


def test_spread_stock_is_sold_to_the_last_piece_and_never_beyond(transactional_db):
    offer = pim.offer()
    item = oms.stock(offer, 12)
    spread(offer.pk, item.location_id, 4, actor=ACTOR)

    def buy(number: int) -> None:
        # Who loses three times against others asks again: as long as pieces are left, somebody gets them.
        for turn in range(12):
            take(offer.pk, f"{number}-{turn}")

    in_processes(PROCESSES, buy)
    assert_exact(12)
    with transaction.atomic():
        merge_slots(offer.pk, item.location_id)
    item.refresh_from_db()
    assert (item.on_hand, item.reserved) == (12, 12)
    assert_exact(12)


def test_selling_releasing_moving_and_merging_at_the_same_moment_keep_every_counter_right(transactional_db):
    offer = pim.offer()
    item = oms.stock(offer, 20)
    south = oms.location(offer.merchant)
    spread(offer.pk, item.location_id, 4, actor=ACTOR)

    def act(number: int) -> None:
        for turn in range(4):
            key = f"{number}-{turn}"
            if number == 3:
                try:
                    if turn % 2:
                        send_transfer(item.location.ref, south.ref, {offer.ref: 1}, actor=ACTOR)
                    else:
                        with transaction.atomic():
                            merge_slots(offer.pk, item.location_id)
                except DomainError:
                    continue
            elif take(offer.pk, key) and turn % 2:
                release_reservations(f"order:{key}", actor=ACTOR)

    in_processes(PROCESSES, act)
    assert list(invariants.stock_counters()) == []
    open_pieces = sum(Reservation.objects.values_list("open_quantity", flat=True))
    assert sum(StockItem.objects.values_list("reserved", flat=True)) == open_pieces


def test_a_hold_that_runs_out_while_it_is_paid_ends_in_an_order_with_stock_or_none(make_shop):
    shop = make_shop()
    offer = shop.offer(on_hand=2)
    carts = [shop.cart((offer, 1)) for _buyer in range(4)]

    def act(number: int) -> None:
        if number < 4:
            shop.pay(carts[number])
        else:
            with clock.shifted(timedelta(hours=1)):
                for _time in range(5):
                    expire_holds(actor=ACTOR)

    in_threads(5, act)
    placed = Order.objects.placed().count()
    assert placed <= 2
    assert (
        sum(Reservation.objects.filter(state="committed").values_list("open_quantity", flat=True)) == placed
    )
    assert StockItem.objects.get().reserved == placed
    assert list(invariants.stock_counters()) == []
    assert list(invariants.no_payment_without_order()) == []
