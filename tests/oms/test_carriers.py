"""Carriers: the registry, unlisted ones, and their news beside the order's state."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.models import OutboxEvent
from mms.models import Task
from mms.operations.preferences import state_preference
from mms.permissions import MANAGE_PREFERENCES
from mms.selectors.scopes import get_scope
from oms.errors import CarrierUnknown, ShippedByCentre
from oms.models import Carrier, CarrierEvent, CarrierStatus, Shipment
from oms.operations.carriers import CarrierNews, CarrierTerms, find_parcel, record_carrier_news, save_carrier
from oms.operations.shipments import Parcel, make_collectable, ship_parcel
from oms.permissions import MANAGE_CARRIERS, PUSH_TRACKING, SHIP_ORDERS
from tests.factories import mms, oms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
DESK = operator_actor(MANAGE_CARRIERS, PUSH_TRACKING, SHIP_ORDERS)


def shipped(**fields):
    part = oms.merchant_order(state="in_preparation", **fields)
    return ship_parcel(part.ref, Parcel(carrier="dhl", tracking_number="JD1"), actor=DESK)


NOW = clock.now()


def news(parcel, status, *, ago, actor=DESK, message=""):
    moment = NOW - timedelta(minutes=ago)
    return record_carrier_news(parcel.ref, CarrierNews(status, moment, message), actor=actor)


def test_a_new_carrier_builds_the_link_of_its_parcels():
    save_carrier(
        "fast", CarrierTerms("Fast & Co", "https://fast.example/t?n={number}"), actor=DESK, is_new=True
    )
    part = oms.merchant_order(state="in_preparation")
    parcel = ship_parcel(part.ref, Parcel(carrier="fast", tracking_number="A 1/2"), actor=DESK)
    assert (parcel.carrier_name, parcel.tracking_url) == ("Fast & Co", "https://fast.example/t?n=A%201%2F2")


def test_a_carrier_that_is_not_offered_any_more_is_refused_but_old_parcels_keep_it():
    parcel = shipped()
    save_carrier("dhl", CarrierTerms("DHL", is_active=False), actor=DESK)
    part = oms.merchant_order(state="in_preparation")
    with pytest.raises(CarrierUnknown):
        ship_parcel(part.ref, Parcel(carrier="dhl"), actor=DESK)
    assert Shipment.objects.get(pk=parcel.pk).tracking_url


@pytest.mark.parametrize(
    ("code", "terms", "field"),
    [
        ("", CarrierTerms("x"), "code"),
        ("a b", CarrierTerms("x"), "code"),
        ("x", CarrierTerms(" "), "name"),
        ("x", CarrierTerms("x", "http://plain.example/{number}"), "tracking_url"),
        ("x", CarrierTerms("x", "https://no-place.example/"), "tracking_url"),
        ("dhl", CarrierTerms("Again"), "code"),
    ],
)
def test_a_carrier_that_makes_no_sense_is_refused_at_its_field(code, terms, field):
    before = Carrier.objects.count()
    with pytest.raises(InvalidInput) as refused:
        save_carrier(code, terms, actor=DESK, is_new=True)
    assert set(refused.value.fields) == {field}
    assert Carrier.objects.count() == before


def test_merchants_do_not_change_the_registry():
    with pytest.raises(PermissionRefused):
        save_carrier("dhl", CarrierTerms("Mine"), actor=merchant_actor(1, SHIP_ORDERS))


def test_an_unlisted_carrier_needs_name_and_link_and_can_be_forbidden(shop):
    order = shop.order((shop.offer(), 2), number="transfer")
    part = oms.merchant_order(order=order, state="in_preparation", lines=((2, 1000),))
    with pytest.raises(CarrierUnknown) as refused:
        ship_parcel(part.ref, Parcel(carrier="other"), actor=DESK)
    assert set(refused.value.fields) == {"carrier_name", "tracking_url"}
    named = {"carrier": "other", "carrier_name": "Uncle Bob", "tracking_url": "https://bob.example/1"}
    ship_parcel(part.ref, Parcel(pieces={1: 1}, **named), actor=DESK)
    scope = get_scope("global")
    keeper = operator_actor(MANAGE_PREFERENCES)
    state_preference("oms.other_carriers", False, scope=scope, actor=keeper)
    with pytest.raises(CarrierUnknown):
        ship_parcel(part.ref, Parcel(pieces={1: 1}, **named), actor=DESK)
    assert Shipment.objects.count() == 1


def test_late_news_is_kept_but_never_moves_the_status_back():
    parcel = shipped()
    news(parcel, "out_for_delivery", ago=10)
    news(parcel, "in_transit", ago=60)
    news(parcel, "delivered", ago=5)
    news(parcel, "announced", ago=5)
    parcel.refresh_from_db()
    assert parcel.carrier_status == "delivered"
    assert CarrierEvent.objects.count() == 4
    assert OutboxEvent.objects.filter(name="oms.carrier_status_changed.v1").count() == 2


def test_a_delivered_parcel_does_not_travel_again_but_may_come_back():
    parcel = shipped()
    for status, ago in (("delivered", 30), ("in_transit", 20), ("announced", 10)):
        news(parcel, status, ago=ago)
        parcel.refresh_from_db()
        assert parcel.carrier_status == "delivered"
    news(parcel, "returned", ago=5)
    parcel.refresh_from_db()
    assert parcel.carrier_status == "returned"


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    said=st.lists(
        st.tuples(st.sampled_from(CarrierStatus.values), st.integers(1, 6)),
        min_size=2,
        max_size=6,
        unique=True,
    ),
    data=st.data(),
)
def test_where_a_parcel_is_does_not_depend_on_the_order_in_which_its_news_come(said, data):
    told = [said, data.draw(st.permutations(said))]
    parcels = [shipped(), shipped()]
    now = clock.now()
    for parcel, order in zip(parcels, told, strict=True):
        for status, ago in order:
            moment = now - timedelta(minutes=ago)
            record_carrier_news(parcel.ref, CarrierNews(status, moment), actor=DESK)
        parcel.refresh_from_db()
    assert parcels[0].carrier_status == parcels[1].carrier_status
    assert parcels[0].carrier_status_at == parcels[1].carrier_status_at


def test_news_never_moves_the_order_itself():
    parcel = shipped()
    for number, status in enumerate(("in_transit", "delivered", "returned")):
        news(parcel, status, ago=30 - number)
    parcel.merchant_order.refresh_from_db()
    assert parcel.merchant_order.state == "shipped"


def test_the_same_news_twice_is_one():
    parcel = shipped()
    moment = clock.now()
    for _time in range(2):
        record_carrier_news(parcel.ref, CarrierNews("in_transit", moment), actor=DESK)
    assert CarrierEvent.objects.count() == 1
    assert parcel.merchant_order.history.filter(what="carrier_status").count() == 1


@pytest.mark.parametrize("status", ["failed", "returned"])
def test_a_failed_delivery_asks_an_operator_for_attention_until_it_is_delivered(status):
    parcel = shipped()
    news(parcel, status, ago=20, message="Nobody at home")
    task = Task.objects.get(kind="oms.parcel_needs_attention", closed_at=None)
    assert "Nobody at home" in task.title
    news(parcel, "delivered", ago=1)
    task.refresh_from_db()
    assert task.closed_at is not None


def test_news_of_the_future_and_unknown_words_are_refused():
    parcel = shipped()
    with pytest.raises(InvalidInput):
        news(parcel, "delivered", ago=-120)
    with pytest.raises(InvalidInput):
        news(parcel, "eaten", ago=1)
    assert CarrierEvent.objects.count() == 0


def test_strangers_do_not_find_the_parcel():
    parcel = shipped()
    with pytest.raises(NotFound):
        news(parcel, "delivered", ago=1, actor=stranger_actor(PUSH_TRACKING))
    with pytest.raises(NotFound):
        find_parcel("dhl", "JD1", actor=stranger_actor(PUSH_TRACKING))
    assert find_parcel("dhl", "JD1", actor=DESK) == parcel
    with pytest.raises(CarrierUnknown):
        find_parcel("nobody", "JD1", actor=DESK)


def test_what_the_centre_ships_the_merchant_cannot():
    part = oms.merchant_order(state="in_preparation", fulfilment_centre="FC1", delivery_kind="pickup")
    clerk = merchant_actor(part.merchant_id, SHIP_ORDERS)
    with pytest.raises(ShippedByCentre):
        ship_parcel(part.ref, Parcel(), actor=clerk)
    ship_parcel(part.ref, Parcel(), actor=DESK)
    with pytest.raises(ShippedByCentre):
        make_collectable(part.ref, actor=clerk)
    assert make_collectable(part.ref, actor=DESK).state == "to_collect"


@pytest.mark.parametrize("audience", ["portal", "console"])
def test_people_enter_carrier_news_by_hand_and_late_news_moves_nothing_back(client, audience):
    parcel = shipped()
    part = parcel.merchant_order
    if audience == "portal":
        mms.sign_in(client, mms.merchant_user(part.merchant))
        order_url = f"/portal/orders/{part.ref}/"
        url = f"{order_url}parcels/{parcel.ref}/news/"
    else:
        mms.sign_in(client, mms.operator_user())
        order_url = f"/console/orders/{part.order.ref}/"
        url = f"/console/orders/parts/{part.ref}/parcels/{parcel.ref}/news/"
    assert f'href="{url}"' in client.get(order_url).content.decode()
    assert client.get(url).status_code == 200
    newest = (NOW - timedelta(minutes=5)).replace(second=0, microsecond=0)
    earlier = newest - timedelta(hours=3)
    for status, moment in (("delivered", newest), ("in_transit", earlier)):
        local = timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")
        sent = client.post(url, {"status": status, "happened_at": local, "message": "Door"}, follow=True)
        assert sent.status_code == 200
    parcel.refresh_from_db()
    assert (parcel.carrier_status, parcel.carrier_status_at) == ("delivered", newest)
    assert "its status stays as it is" in sent.content.decode()
    assert CarrierEvent.objects.filter(shipment=parcel).count() == 2
    assert "In transit" in client.get(url).content.decode()
    part.refresh_from_db()
    assert part.state == "shipped"
    ahead = timezone.localtime(NOW + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    refused = client.post(url, {"status": "delivered", "happened_at": ahead})
    assert refused.status_code == 422
    assert "lies in the future" in refused.content.decode()
    other = shipped()
    assert client.get(url.replace(parcel.ref, other.ref)).status_code == 404
