"""Delivery options of one merchant's package: zones, prices, pickup points, and when it arrives."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from oms.business_time import WorkingTime
from oms.errors import NoDelivery
from oms.models import DeliveryMethod, DeliveryPriceClass, MerchantOrder, PickupPoint
from oms.operations.carts import choose_delivery
from oms.operations.delivery import MethodTerms, PriceStep, ZoneTerms, save_method, save_zone
from oms.operations.fulfilment_terms import WorkingTerms, add_holidays, change_terms
from oms.operations.kits import define_kit
from oms.operations.pickup_points import PointTerms, delete_point, save_point, set_logistics
from oms.permissions import MANAGE_DELIVERY, MANAGE_FULFILMENT, MANAGE_STOCK, MANAGE_TIME_LIMITS
from oms.selectors.carts import view_cart
from oms.selectors.delivery import (
    DeliveryOption,
    Destination,
    delivery_window,
    holds_postcode,
    list_delivery_options,
)
from oms.selectors.delivery_prices import Package, price_of
from tests.factories import mas, oms, pim
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 27)


def clerk(merchant):
    return merchant_actor(merchant.pk, MANAGE_DELIVERY, MANAGE_STOCK)


def options(merchant, goods=1000, pieces=None, to=None, currency="EUR"):
    package = Package(goods, pieces or {})
    found = list_delivery_options({merchant.pk: package}, to or Destination("DE"), currency=currency)
    return [(option.name, option.price_minor) for option in found[merchant.pk]]


def method(merchant, terms, *steps, zone=None):
    actor = clerk(merchant)
    zone = zone or save_zone(ZoneTerms("Home", ["DE"]), merchant_id=merchant.pk, actor=actor)
    return save_method(zone.ref, terms, [PriceStep(*step) for step in steps], actor=actor)


@pytest.mark.parametrize(
    ("postcode", "is_inside"),
    [
        ("10115", True),
        ("25980", True),
        ("25999", True),
        ("26000", False),
        ("80331", True),
        ("80 339", True),
        ("90000", False),
    ],
)
def test_postcodes_are_whole_codes_beginnings_or_ranges(postcode, is_inside):
    assert holds_postcode(["10115", "25980-25999", "803"], postcode) is is_inside


def test_a_zone_with_postcodes_goes_before_the_whole_country():
    merchant = mas.merchant()
    actor = clerk(merchant)
    islands = ZoneTerms("Islands", ["DE"], {"DE": ["25980-25999"]})
    method(merchant, MethodTerms("Parcel"), ("EUR", 0, 490))
    method(
        merchant,
        MethodTerms("Ferry"),
        ("EUR", 0, 1990),
        zone=save_zone(islands, merchant_id=merchant.pk, actor=actor),
    )
    assert options(merchant, to=Destination("DE", "25996")) == [("Ferry", 1990)]
    assert options(merchant, to=Destination("DE", "10115")) == [("Parcel", 490)]
    assert options(merchant, to=Destination("DE")) == [("Parcel", 490)]
    assert options(merchant, to=Destination("FR", "25996")) == []


def test_only_postcodes_served_means_nothing_elsewhere():
    merchant = mas.merchant()
    zone = save_zone(
        ZoneTerms("City", ["DE"], {"DE": ["10"]}), merchant_id=merchant.pk, actor=clerk(merchant)
    )
    method(merchant, MethodTerms("Bike"), ("EUR", 0, 290), zone=zone)
    assert options(merchant, to=Destination("DE", "80331")) == []
    # Before the address is known, it is shown.
    assert options(merchant, to=Destination("DE")) == [("Bike", 290)]


def test_prices_by_weight_follow_the_offers_and_stay_away_while_one_is_unknown():
    merchant = mas.merchant()
    heavy, light = pim.offer(merchant=merchant), pim.offer(merchant=merchant)
    method(merchant, MethodTerms("Parcel", price_by="weight"), ("EUR", 0, 490), ("EUR", 5000, 990))
    set_logistics(heavy.ref, weight_grams=2000, delivery_class="", actor=clerk(merchant))
    assert options(merchant, pieces={heavy.pk: 2}) == [("Parcel", 490)]
    assert options(merchant, pieces={heavy.pk: 3}) == [("Parcel", 990)]
    assert options(merchant, pieces={heavy.pk: 1, light.pk: 1}) == []


def test_a_kit_without_a_weight_weighs_what_it_contains():
    merchant = mas.merchant()
    kit, part = pim.offer(merchant=merchant, available_quantity=0), pim.offer(merchant=merchant)
    method(merchant, MethodTerms("Parcel", price_by="weight"), ("EUR", 0, 490), ("EUR", 5000, 990))
    set_logistics(part.ref, weight_grams=3000, delivery_class="", actor=clerk(merchant))
    define_kit(kit.ref, {part.ref: 2}, actor=clerk(merchant))
    assert options(merchant, pieces={kit.pk: 1}) == [("Parcel", 990)]


def test_prices_by_count_and_by_class():
    merchant = mas.merchant()
    sofa, lamp = pim.offer(merchant=merchant), pim.offer(merchant=merchant)
    set_logistics(sofa.ref, weight_grams=None, delivery_class="Bulky", actor=clerk(merchant))
    made = method(merchant, MethodTerms("Parcel", price_by="count"), ("EUR", 1, 490), ("EUR", 3, 790))
    by_class = MethodTerms("Carrier", price_by="class", rank=2)
    method(merchant, by_class, ("EUR", 0, 490, ""), ("EUR", 0, 3900, "bulky"), zone=made.zone)
    assert options(merchant, pieces={lamp.pk: 2}) == [("Parcel", 490), ("Carrier", 490)]
    assert options(merchant, pieces={lamp.pk: 2, sofa.pk: 1}) == [("Parcel", 790), ("Carrier", 3900)]
    set_logistics(lamp.ref, weight_grams=None, delivery_class="frozen", actor=clerk(merchant))
    assert options(merchant, pieces={lamp.pk: 1}) == [("Parcel", 490)]


def test_free_from_holds_whatever_the_price_depends_on():
    merchant = mas.merchant()
    terms = MethodTerms("Parcel", price_by="count", free_from={"EUR": 5000})
    method(merchant, terms, ("EUR", 1, 490))
    packages = {merchant.pk: Package(3000, {1: 2})}
    found = list_delivery_options(packages, Destination("DE"), currency="EUR")[merchant.pk][0]
    assert (found.price_minor, found.missing_for_free_minor) == (490, 2000)
    assert options(merchant, goods=5000, pieces={1: 2}) == [("Parcel", 0)]
    assert options(merchant, currency="CHF", pieces={1: 1}) == []


@given(
    goods=st.integers(0, 20_000),
    steps=st.dictionaries(st.integers(0, 15_000), st.integers(0, 5_000), min_size=1, max_size=5),
    limit=st.none() | st.integers(1, 15_000),
)
def test_ordering_for_what_is_missing_makes_delivery_free(goods, steps, limit):
    rows = [
        DeliveryPriceClass(from_value=start, amount_minor=price) for start, price in sorted(steps.items())
    ]
    made = DeliveryMethod(free_from={} if limit is None else {"EUR": limit})
    price = price_of(made, rows, Package(goods), "EUR")
    if price is None:
        assert goods < min(steps)
    elif price.missing_for_free_minor is not None:
        assert price.amount_minor > 0
        assert price.missing_for_free_minor > 0
        reached = price_of(made, rows, Package(goods + price.missing_for_free_minor), "EUR")
        assert reached is not None
        assert reached.amount_minor == 0


def test_three_merchants_on_one_card_each_deliver_by_their_own_terms(shop):
    card = pim.card()
    merchants = [mas.merchant() for _number in range(3)]
    offers = [shop.offer(merchant=merchant, card=card) for merchant in merchants]
    for merchant, price in zip(merchants[:2], (390, 890), strict=True):
        method(merchant, MethodTerms(f"Van {price}"), ("EUR", 0, price))
    view = view_cart(shop.cart(*((offer, 1) for offer in offers)), shop.store, country="DE")
    # The third has no zones of its own: the operator's hold.
    assert [group.shipping_minor for group in view.groups] == [390, 890, 490]
    abroad = view_cart(shop.cart(*((offer, 1) for offer in offers)), shop.store, country="AT")
    assert [len(group.options) for group in abroad.groups] == [0, 0, 1]


def test_the_window_runs_over_working_days_and_waits_for_the_last_line():
    option = DeliveryOption(1, "DLM", "Parcel", "home", 1, 2, "standard", 0, None, None)
    days = [FRIDAY, FRIDAY + timedelta(days=10)]
    assert delivery_window(days, option, WorkingTime()) == (date(2026, 11, 30), date(2026, 12, 9))
    # Carriers rest on the merchant's holidays, and move on days when the merchant does not work.
    rests = WorkingTime(weekdays="5", holidays=frozenset({date(2026, 11, 30)}))
    assert delivery_window(days, option, rests) == (date(2026, 12, 1), date(2026, 12, 9))


def test_the_window_of_a_cart_follows_each_merchants_own_calendar(shop):
    # Wednesday noon; the first merchant works on Thursdays only and closes before noon, and one Thursday is a holiday.
    noon = datetime(2026, 12, 2, 12, tzinfo=UTC)
    rare, usual = (shop.offer(lead_time_days=1) for _number in range(2))
    desk = operator_actor(MANAGE_FULFILMENT, MANAGE_TIME_LIMITS)
    change_terms(rare.merchant.ref, WorkingTerms("4", cut_off_hour=11, time_zone="UTC"), actor=desk)
    country = rare.merchant.country
    with clock.shifted(noon - clock.now()):
        before = view_cart(shop.cart((rare, 1), (usual, 1)), shop.store)
        assert [group.chosen.arrives_from_on for group in before.groups] == [
            date(2026, 12, 11),
            date(2026, 12, 4),
        ]
        add_holidays([(country, date(2026, 12, 10), "Feast")], actor=desk)
        after = view_cart(shop.cart((rare, 1), (usual, 1)), shop.store)
        assert [group.chosen.arrives_from_on for group in after.groups] == [
            date(2026, 12, 18),
            date(2026, 12, 4),
        ]
        part = shop.pay(shop.cart((rare, 1))).merchant_orders.get()
    assert part.delivery_from_on == date(2026, 12, 18)


def test_the_order_keeps_the_window_that_the_cart_showed(shop):
    offer = shop.offer(lead_time_days=2)
    cart = shop.cart((offer, 1))
    shown = view_cart(cart, shop.store).groups[0].chosen
    part = shop.pay(cart).merchant_orders.get()
    assert (part.delivery_from_on, part.delivery_until_on) == (shown.arrives_from_on, shown.arrives_until_on)
    assert part.delivery_from_on is not None


POINT = PointTerms("Shop Mitte", "Gasse 1", "10115", "Berlin", "DE", "Mon-Fri 9-18")


def test_a_pickup_point_is_chosen_and_kept_on_the_order(shop):
    offer = shop.offer()
    merchant = offer.merchant
    method(merchant, MethodTerms("Collect", kind="pickup", min_days=0, max_days=1), ("EUR", 0, 0))
    save_point(POINT, merchant_id=merchant.pk, actor=clerk(merchant))
    second = save_point(
        PointTerms("Shop Nord", "Weg 2", "20095", "Hamburg", "DE"),
        merchant_id=merchant.pk,
        actor=clerk(merchant),
    )
    cart = shop.cart((offer, 1))
    group = view_cart(cart, shop.store).groups[0]
    assert [option.name for option in group.options] == ["Collect · Shop Mitte", "Collect · Shop Nord"]
    choose_delivery(cart, {group.merchant_ref: group.options[1].key}, store=shop.store)
    shop.pay(cart)
    delete_point(second.ref, actor=clerk(merchant))
    part = MerchantOrder.objects.get()
    assert part.delivery_kind == "pickup"
    assert (part.pickup_address["ref"], part.pickup_address["city"]) == (second.ref, "Hamburg")


def test_a_point_that_was_closed_meanwhile_cannot_be_chosen(shop):
    offer = shop.offer()
    merchant = offer.merchant
    method(merchant, MethodTerms("Collect", kind="pickup"), ("EUR", 0, 0))
    point = save_point(POINT, merchant_id=merchant.pk, actor=clerk(merchant))
    cart = shop.cart((offer, 1))
    group = view_cart(cart, shop.store).groups[0]
    save_point(
        PointTerms("Shop Nord", "Weg 2", "20095", "Hamburg", "DE"),
        merchant_id=merchant.pk,
        actor=clerk(merchant),
    )
    delete_point(point.ref, actor=clerk(merchant))
    with pytest.raises(NoDelivery):
        choose_delivery(cart, {group.merchant_ref: group.options[0].key}, store=shop.store)


def test_ordinary_prices_cost_two_statements_for_any_number_of_merchants(django_assert_num_queries):
    oms.delivery_method()
    merchants = [mas.merchant() for _number in range(4)]
    packages = {merchant.pk: Package(1000, {1: 1}) for merchant in merchants}
    with django_assert_num_queries(2):
        list_delivery_options(packages, Destination("DE"), currency="EUR")


@pytest.mark.parametrize(
    ("terms", "steps", "field"),
    [
        (MethodTerms(" "), [("EUR", 0, 1)], "name"),
        (MethodTerms("A", min_days=3, max_days=1), [("EUR", 0, 1)], "max_days"),
        (MethodTerms("A"), [], "prices"),
        (MethodTerms("A"), [("EUR", 0, -1)], "prices"),
        (MethodTerms("A"), [("EUR", 0, 1), ("EUR", 0, 2)], "prices"),
        (MethodTerms("A"), [("EUR", 0, 1, "bulky")], "prices"),
        (MethodTerms("A", price_by="class"), [("EUR", 5, 1)], "prices"),
        (MethodTerms("A", price_by="moon"), [("EUR", 0, 1)], "price_by"),
        (MethodTerms("A", free_from={"EUR": 0}), [("EUR", 0, 1)], "free_from"),
    ],
)
def test_wrong_methods_are_refused_at_their_field(terms, steps, field):
    merchant = mas.merchant()
    with pytest.raises(InvalidInput) as refused:
        method(merchant, terms, *steps)
    assert field in refused.value.fields


@pytest.mark.parametrize("postcodes", [{"DE": ["10-9"]}, {"DE": ["2-1"]}, {"DE": ["a b!"]}, {"FR": ["75"]}])
def test_wrong_postcodes_are_refused(postcodes):
    merchant = mas.merchant()
    with pytest.raises(InvalidInput) as refused:
        save_zone(ZoneTerms("Z", ["DE"], postcodes), merchant_id=merchant.pk, actor=clerk(merchant))
    assert "postcodes" in refused.value.fields


def test_strangers_set_no_delivery():
    merchant = mas.merchant()
    stranger = stranger_actor(MANAGE_DELIVERY, MANAGE_STOCK)
    point = save_point(POINT, merchant_id=merchant.pk, actor=clerk(merchant))
    with pytest.raises(PermissionRefused):
        save_zone(ZoneTerms("Z", ["DE"]), merchant_id=merchant.pk, actor=stranger)
    with pytest.raises(PermissionRefused):
        save_point(POINT, merchant_id=None, actor=clerk(merchant))
    for act in (
        lambda: save_point(POINT, merchant_id=merchant.pk, ref=point.ref, actor=stranger),
        lambda: delete_point(point.ref, actor=stranger),
        lambda: set_logistics(
            pim.offer(merchant=merchant).ref, weight_grams=1, delivery_class="", actor=stranger
        ),
    ):
        with pytest.raises(NotFound):
            act()
    assert PickupPoint.objects.count() == 1
