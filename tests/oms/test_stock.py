"""Stock is promised once, given back once, and every number can be traced to its movements."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backoffice.kernel import clock, events
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import NotFound, PermissionRefused
from mms.models import Task
from oms.errors import OutOfStock, StockBelowPromised
from oms.invariants import stock_counters
from oms.models import Reservation, StockItem, StockLocation, StockMovement
from oms.operations.reservations import (
    Wanted,
    commit_reservations,
    expire_holds,
    fulfil_line,
    release_reservations,
    reserve,
)
from oms.operations.stock import LocationTerms, StockFigures, count_stock, create_location, repair_stock
from oms.permissions import MANAGE_STOCK
from oms.selectors.availability import available_by_offer
from pim.events import OffersStockStated
from tests.factories import mas, oms, pim
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
ACTOR = system_actor("tests")


def hold(offer, quantity, key="k", minutes=15):
    return reserve(
        [Wanted(key, offer.pk, quantity)],
        purpose=f"order:{key}",
        actor=ACTOR,
        expires_at=clock.now() + timedelta(minutes=minutes),
    )


def test_the_same_reservation_key_reserves_once():
    offer = pim.offer()
    oms.stock(offer, 5)
    for _time in range(3):
        hold(offer, 2)
    assert StockItem.objects.get().reserved == 2
    assert Reservation.objects.count() == 1
    assert StockMovement.objects.filter(kind="reserved").count() == 1


def test_safety_stock_is_never_sold_and_backorder_up_to_its_cap():
    offer = pim.offer()
    oms.stock(offer, 5, safety=2, backorder_cap=1)
    assert available_by_offer([offer.pk]) == {offer.pk: 4}
    hold(offer, 4)
    with pytest.raises(OutOfStock), transaction.atomic():
        hold(offer, 1, "second")


def test_pieces_come_from_the_first_place_that_has_them_all_else_from_several():
    merchant = mas.merchant()
    offer = pim.offer(merchant=merchant)
    near = oms.stock(offer, 2, at=oms.location(merchant, rank=1))
    far = oms.stock(offer, 5, at=oms.location(merchant, rank=2))
    hold(offer, 4, "whole")
    near.refresh_from_db()
    far.refresh_from_db()
    assert (near.reserved, far.reserved) == (0, 4)
    hold(offer, 3, "split")
    near.refresh_from_db()
    far.refresh_from_db()
    assert (near.reserved, far.reserved) == (2, 5)
    assert list(stock_counters()) == []


def test_holds_run_out_are_swept_once_and_committed_ones_stay():
    offer = pim.offer()
    oms.stock(offer, 5)
    hold(offer, 1, "gone")
    hold(offer, 2, "kept")
    assert commit_reservations("order:kept")
    with clock.shifted(timedelta(minutes=16)):
        assert expire_holds(actor=ACTOR) == 1
        assert expire_holds(actor=ACTOR) == 0
    assert StockItem.objects.get().reserved == 2
    assert not commit_reservations("order:gone")
    assert list(stock_counters()) == []


def test_releasing_twice_gives_back_once():
    offer = pim.offer()
    oms.stock(offer, 5)
    hold(offer, 3)
    assert release_reservations("order:k", actor=ACTOR) == 3
    assert release_reservations("order:k", actor=ACTOR) == 0
    assert StockItem.objects.get().reserved == 0


def test_pieces_sold_beyond_stock_leave_the_promise_only():
    part = oms.merchant_order(state="in_preparation", lines=((3, 100),))
    line = part.lines.get()
    StockItem.objects.update(on_hand=1, backorder_cap=2)
    StockMovement.objects.create(item=StockItem.objects.get(), kind="counted", on_hand_delta=-12)
    fulfil_line(line.pk, 3, actor=ACTOR, reference="SHP-1")
    item = StockItem.objects.get()
    assert (item.on_hand, item.reserved) == (0, 0)
    assert list(stock_counters()) == []


def test_movements_cannot_be_changed_or_deleted():
    item = oms.stock(pim.offer(), 5)
    for act in (
        lambda: StockMovement.objects.filter(item=item).update(on_hand_delta=1),
        lambda: StockMovement.objects.filter(item=item).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def state(merchant, *rows):
    with transaction.atomic():
        events.publish(OffersStockStated(merchant_id=merchant.pk, rows=rows, source="import:JOB-1"))


def test_thousands_of_stated_rows_take_a_fixed_number_of_statements(django_assert_max_num_queries):
    merchant = mas.merchant()
    first = pim.offer(merchant=merchant)
    offers = [
        first,
        *type(first).objects.bulk_create(
            type(first)(merchant=merchant, card=first.card, merchant_sku=f"BULK-{number}")
            for number in range(2_999)
        ),
    ]
    with django_assert_max_num_queries(40):
        state(merchant, *((offer.pk, 7) for offer in offers))
    assert StockItem.objects.filter(on_hand=7).count() == 3_000
    assert StockMovement.objects.count() == 3_000
    first.refresh_from_db()
    assert first.available_quantity == 7
    assert list(stock_counters()) == []


def test_stating_the_same_again_moves_nothing():
    merchant = mas.merchant()
    offer = pim.offer(merchant=merchant)
    for _time in range(2):
        state(merchant, (offer.pk, 4))
    assert StockMovement.objects.count() == 1


def test_stated_stock_never_falls_below_what_buyers_were_promised_and_somebody_is_told():
    merchant = mas.merchant()
    offer = pim.offer(merchant=merchant)
    oms.stock(offer, 5)
    hold(offer, 4)
    state(merchant, (offer.pk, 1))
    item = StockItem.objects.get()
    assert (item.on_hand, item.available) == (4, 0)
    offer.refresh_from_db()
    assert offer.available_quantity == 0
    assert Task.objects.filter(kind="oms.stock_shortage", merchant_id=merchant.pk).count() == 1
    assert list(stock_counters()) == []


def test_counting_below_the_promise_is_refused():
    offer = pim.offer()
    item = oms.stock(offer, 5)
    hold(offer, 4)
    clerk = merchant_actor(offer.merchant_id, MANAGE_STOCK)
    with pytest.raises(StockBelowPromised):
        count_stock(offer.ref, item.location.ref, StockFigures(3), actor=clerk)
    assert count_stock(offer.ref, item.location.ref, StockFigures(4), actor=clerk).on_hand == 4


def test_strangers_neither_count_nor_open_places():
    offer = pim.offer()
    item = oms.stock(offer, 5)
    with pytest.raises(NotFound):
        count_stock(
            offer.ref,
            item.location.ref,
            StockFigures(1),
            actor=stranger_actor(MANAGE_STOCK),
        )
    with pytest.raises(PermissionRefused):
        create_location(offer.merchant_id, LocationTerms("Mine"), actor=stranger_actor(MANAGE_STOCK))
    assert StockLocation.objects.count() == 1


def test_the_reconciler_finds_and_repairs_a_wrong_counter():
    offer = pim.offer()
    oms.stock(offer, 5)
    hold(offer, 2)
    StockItem.objects.update(reserved=4, on_hand=9)
    assert len(list(stock_counters())) == 3
    assert repair_stock(actor=operator_actor(MANAGE_STOCK)) == 3
    assert list(stock_counters()) == []
    item = StockItem.objects.get()
    assert (item.on_hand, item.reserved) == (9, 2)
