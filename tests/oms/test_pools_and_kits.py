"""Places that feed stores, pre-orders, and kits: pieces exist once, whoever sells them."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import InvalidInput, NotFound, StateRefused
from oms.errors import CartChanged, OutOfStock
from oms.invariants import stock_counters
from oms.models import OrderLine, Reservation, StockItem
from oms.operations.availability import push_availability
from oms.operations.drawing import Buying
from oms.operations.kits import define_kit
from oms.operations.pools import FeedTerms, feed_store, stop_feeding
from oms.operations.reservations import (
    Wanted,
    expire_holds,
    fulfil_line,
    release_line,
    renew_expired,
    reserve,
)
from oms.permissions import MANAGE_STOCK
from oms.selectors.availability import available_by_offer, read_availability
from oms.selectors.carts import view_cart
from pim.selectors.offers import get_sellable_offers
from tests.factories import mas, mms, oms, pim
from tests.factories.actors import merchant_actor, stranger_actor

pytestmark = pytest.mark.django_db
ACTOR = system_actor("tests")


def clerk(merchant):
    return merchant_actor(merchant.pk, MANAGE_STOCK)


def take(offer, quantity, key="k", store_id=None, **terms):
    with transaction.atomic():
        return reserve(
            [Wanted(key, offer.pk, quantity)],
            purpose=f"order:{key}",
            actor=ACTOR,
            buying=Buying(store_id),
            **terms,
        )


def reserved():
    return dict(StockItem.objects.values_list("location__name", "reserved"))


@pytest.fixture
def two_places():
    merchant = mas.merchant()
    offer = pim.offer(merchant=merchant)
    north, south = oms.location(merchant, name="North"), oms.location(merchant, name="South", rank=2)
    oms.stock(offer, 5, at=north)
    oms.stock(offer, 5, at=south)
    return merchant, offer, north, south


def test_a_store_with_a_pool_is_served_from_its_places_only(two_places):
    merchant, offer, _north, south = two_places
    store, other = mms.store(), mms.store()
    feed_store(south.ref, store.code, FeedTerms(), actor=clerk(merchant))
    take(offer, 3, "a", store.pk)
    assert reserved() == {"North": 0, "South": 3}
    with pytest.raises(OutOfStock) as refused:
        take(offer, 3, "b", store.pk)
    assert refused.value.params["short"] == {offer.pk: 2}
    take(offer, 7, "c", other.pk)
    assert reserved() == {"North": 5, "South": 5}


def test_a_place_that_feeds_two_stores_sells_each_piece_once(two_places):
    merchant, offer, _north, south = two_places
    stores = [mms.store(), mms.store()]
    for store in stores:
        feed_store(south.ref, store.code, FeedTerms(), actor=clerk(merchant))
    sold = 0
    for number in range(10):
        try:
            take(offer, 1, f"k{number}", stores[number % 2].pk)
            sold += 1
        except OutOfStock:
            continue
    assert sold == 5
    assert list(stock_counters()) == []


def test_buffer_and_cap_limit_what_one_store_sees_and_may_take(two_places):
    merchant, offer, north, south = two_places
    store = mms.store()
    feed_store(north.ref, store.code, FeedTerms(buffer=3), actor=clerk(merchant))
    feed_store(south.ref, store.code, FeedTerms(cap=1), actor=clerk(merchant))
    assert read_availability([offer.pk])[offer.pk].by_store == ((store.pk, 3),)
    offer.refresh_from_db()
    assert (offer.available_quantity, offer.quantity_in(store.pk), offer.quantity_in(0)) == (10, 3, 10)
    with pytest.raises(OutOfStock):
        take(offer, 4, "a", store.pk)
    take(offer, 3, "b", store.pk)
    assert reserved() == {"North": 2, "South": 1}
    stop_feeding(north.ref, store.code, actor=clerk(merchant))
    stop_feeding(south.ref, store.code, actor=clerk(merchant))
    take(offer, 7, "c", store.pk)


def test_product_and_cart_show_the_stores_own_number(shop):
    offer = shop.offer(on_hand=5)
    place = StockItem.objects.get().location
    feed_store(place.ref, shop.store.store_code, FeedTerms(buffer=4), actor=clerk(offer.merchant))
    assert get_sellable_offers([offer.ref], shop.store)[offer.ref].available_quantity == 1
    assert "Only 1 left" in view_cart(shop.cart((offer, 2)), shop.store).problems[0]


def test_strangers_change_no_pools(two_places):
    _merchant, _offer, north, _south = two_places
    store = mms.store()
    with pytest.raises(NotFound):
        feed_store(north.ref, store.code, FeedTerms(), actor=stranger_actor(MANAGE_STOCK))


def test_a_preorder_keeps_its_date_on_the_line_and_in_the_promise(shop):
    offer = shop.offer(on_hand=0, lead_time_days=1)
    arrival = clock.today() + timedelta(days=20)
    StockItem.objects.update(backorder_cap=5, expected_on=arrival)
    push_availability([offer.pk])
    sellable = get_sellable_offers([offer.ref], shop.store)[offer.ref]
    assert sellable.is_buyable
    assert sellable.is_preorder
    order = shop.order((offer, 2))
    line = OrderLine.objects.get()
    assert line.preorder_on == arrival
    part = order.merchant_orders.get()
    assert part.delivery_from_on > arrival
    with pytest.raises(OutOfStock):
        shop.order((offer, 4))


def test_pieces_that_are_there_are_no_preorder(shop):
    offer = shop.offer(on_hand=3)
    StockItem.objects.update(backorder_cap=5, expected_on=date(2030, 1, 1))
    push_availability([offer.pk])
    sellable = get_sellable_offers([offer.ref], shop.store)[offer.ref]
    assert sellable.preorder_on(3) is None
    assert sellable.preorder_on(4) == date(2030, 1, 1)
    shop.order((offer, 3))
    assert OrderLine.objects.get().preorder_on is None


@pytest.fixture
def kit():
    """A set of one lamp and two bulbs; 10 lamps, 6 bulbs."""
    merchant = mas.merchant()
    made, lamp, bulb = (pim.offer(merchant=merchant, merchant_sku=sku) for sku in ("KIT", "LAMP", "BULB"))
    oms.stock(lamp, 10)
    oms.stock(bulb, 6)
    define_kit(made.ref, {lamp.ref: 1, bulb.ref: 2}, actor=clerk(merchant))
    return made, lamp, bulb


def test_a_kit_can_be_sold_as_often_as_its_scarcest_component_allows(kit):
    made, lamp, bulb = kit
    assert available_by_offer([made.pk, lamp.pk, bulb.pk]) == {made.pk: 3, lamp.pk: 10, bulb.pk: 6}
    take(bulb, 1)
    made.refresh_from_db()
    assert made.available_quantity == 2


def test_a_kit_and_its_component_in_one_order_share_the_stock(kit):
    made, _lamp, bulb = kit
    wanted = [Wanted("kit", made.pk, 2), Wanted("single", bulb.pk, 3)]
    with pytest.raises(OutOfStock) as refused, transaction.atomic():
        reserve(wanted, purpose="order:1", actor=ACTOR)
    assert refused.value.params["short"] == {made.pk: 3, bulb.pk: 6}
    assert not Reservation.objects.exists()
    with transaction.atomic():
        reserve([Wanted("kit", made.pk, 2), Wanted("single", bulb.pk, 2)], purpose="order:1", actor=ACTOR)
    assert StockItem.objects.get(offer=bulb).reserved == 6
    assert list(stock_counters()) == []


def test_cart_tells_that_kit_and_component_together_are_too_many(shop):
    merchant = mas.merchant()
    made, bulb = shop.offer(on_hand=0, merchant=merchant), shop.offer(on_hand=5, merchant=merchant)
    define_kit(made.ref, {bulb.ref: 2}, actor=clerk(merchant))
    assert view_cart(shop.cart((made, 2), (bulb, 1)), shop.store).is_orderable
    view = view_cart(shop.cart((made, 2), (bulb, 2)), shop.store)
    assert not view.is_orderable
    with pytest.raises(CartChanged):
        shop.order((made, 2), (bulb, 2))


def test_shipping_and_cancelling_kits_moves_their_components(shop):
    merchant = mas.merchant()
    made, bulb = shop.offer(on_hand=0, merchant=merchant), shop.offer(on_hand=9, merchant=merchant)
    define_kit(made.ref, {bulb.ref: 2}, actor=clerk(merchant))
    shop.order((made, 3), (bulb, 1))
    line = OrderLine.objects.get(offer=made)
    assert line.components == [
        {"offer_ref": bulb.ref, "merchant_sku": bulb.merchant_sku, "title": bulb.card.title, "quantity": 2}
    ]
    item = StockItem.objects.get(offer=bulb)
    assert item.reserved == 7
    fulfil_line(line.pk, 1, actor=ACTOR, reference="SHP-1")
    release_line(line.pk, 1, actor=ACTOR)
    item.refresh_from_db()
    assert (item.on_hand, item.reserved) == (7, 3)
    assert list(stock_counters()) == []


def test_a_hold_on_a_kit_that_ran_out_is_renewed_with_its_components(kit):
    made, _lamp, bulb = kit
    take(made, 2, expires_at=clock.now() + timedelta(minutes=5))
    with clock.shifted(timedelta(minutes=6)):
        expire_holds(actor=ACTOR)
        renew_expired("order:k", actor=ACTOR)
    assert StockItem.objects.get(offer=bulb).reserved == 4
    assert list(stock_counters()) == []


def test_kits_are_refused_that_contain_themselves_kits_or_what_others_sell(kit):
    made, lamp, bulb = kit
    actor = clerk(made.merchant)
    other = pim.offer(merchant=made.merchant)
    for contents in ({other.ref: 1}, {made.ref: 1}, {lamp.ref: 0}):
        with pytest.raises(InvalidInput):
            define_kit(other.ref, contents, actor=actor)
    with pytest.raises(InvalidInput):
        define_kit(bulb.ref, {other.ref: 1}, actor=actor)
    with pytest.raises(NotFound):
        define_kit(other.ref, {pim.offer().ref: 1}, actor=actor)
    with pytest.raises(NotFound):
        define_kit(other.ref, {lamp.ref: 1}, actor=stranger_actor(MANAGE_STOCK))


def test_an_offer_with_stock_of_its_own_becomes_no_kit_and_a_dissolved_kit_sells_nothing(kit):
    made, lamp, _bulb = kit
    stocked = pim.offer(merchant=made.merchant)
    oms.stock(stocked, 1)
    with pytest.raises(StateRefused):
        define_kit(stocked.ref, {lamp.ref: 1}, actor=clerk(made.merchant))
    define_kit(made.ref, {}, actor=clerk(made.merchant))
    made.refresh_from_db()
    assert made.available_quantity == 0
