"""Merchants' programs set delivery by the same operations as people on the portal's pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oms.models import DeliveryMethod, DeliveryPriceClass, DeliveryZone, PickupPoint
from oms.permissions import MANAGE_DELIVERY, VIEW_ORDERS
from oms.selectors.delivery import Destination, list_delivery_options
from oms.selectors.delivery_prices import Package
from tests.factories import mas, oms
from tests.oms.test_api import Api

pytestmark = pytest.mark.django_db
ZONE = {"name": "Home", "countries": ["DE", "AT"], "postcodes": {}}
METHOD = {
    "name": "Parcel",
    "min_days": 1,
    "max_days": 2,
    "free_from": {"EUR": 5000},
    "prices": [{"currency": "EUR", "amount_minor": 490}],
}


@pytest.fixture
def merchant(db):
    return mas.merchant()


@pytest.fixture
def program(merchant):
    return Api("/api/merchant/v1", grants=(MANAGE_DELIVERY,), merchant_id=merchant.pk)


def price(merchant, goods=1000):
    found = list_delivery_options({merchant.pk: Package(goods, {})}, Destination("DE"), currency="EUR")
    return [(option.name, option.price_minor) for option in found[merchant.pk]]


def test_a_program_opens_a_zone_offers_a_method_and_changes_its_price(program, merchant):
    zone = program.send("/delivery-zones", ZONE, "z1")
    assert zone.status_code == 201
    ref = zone.json()["ref"]
    method = program.send(f"/delivery-zones/{ref}/methods", METHOD, "m1").json()
    assert method["prices"] == [
        {"currency": "EUR", "from_value": 0, "amount_minor": 490, "delivery_class": ""}
    ]
    assert price(merchant) == [("Parcel", 490)]
    assert price(merchant, 5000) == [("Parcel", 0)]
    dearer = METHOD | {"prices": [{"currency": "EUR", "amount_minor": 690}], "is_active": True}
    changed = program.send(f"/delivery-methods/{method['ref']}", dearer, "", "put")
    assert (changed.status_code, changed.json()["ref"]) == (200, method["ref"])
    assert price(merchant) == [("Parcel", 690)]
    narrower = ZONE | {"countries": ["DE"], "postcodes": {"DE": ["25980-25999"]}}
    renamed = program.send(f"/delivery-zones/{ref}", narrower, "", "put").json()
    assert renamed["postcodes"] == {"DE": ["25980-25999"]}
    assert [row["ref"] for row in renamed["methods"]] == [method["ref"]]
    assert program.get("/delivery-zones").json()["items"] == [renamed]
    assert program.send(f"/delivery-methods/{method['ref']}", {}, "", "delete").status_code == 204
    assert program.send(f"/delivery-zones/{ref}", {}, "", "delete").status_code == 204
    assert not DeliveryZone.objects.filter(merchant=merchant).exists()


def test_creates_need_a_key_and_happen_once_per_key(program):
    assert program.send("/delivery-zones", ZONE, "").status_code == 400
    answers = [program.send("/delivery-zones", ZONE, "z1").json() for _time in range(3)]
    assert answers[0] == answers[1] == answers[2]
    path = f"/delivery-zones/{answers[0]['ref']}/methods"
    methods = [program.send(path, METHOD, "m1").json()["ref"] for _time in range(3)]
    assert len(set(methods)) == DeliveryMethod.objects.count() == DeliveryPriceClass.objects.count() == 1
    other = program.send("/delivery-zones", ZONE | {"name": "Other"}, "z1")
    assert (other.status_code, DeliveryZone.objects.count()) == (409, 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"max_days": 0}, "max_days"),
        ({"price_by": "moon"}, "price_by"),
        ({"prices": []}, "prices"),
        ({"prices": METHOD["prices"] * 2}, "prices"),
        ({"free_from": {"EUR": 0}}, "free_from"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_named_at_its_field_and_changes_nothing(program, change, field):
    ref = program.send("/delivery-zones", ZONE, "z1").json()["ref"]
    refused = program.send(f"/delivery-zones/{ref}/methods", METHOD | change, "m1")
    assert refused.status_code == 422
    assert any(field in name for name in refused.json()["error"]["fields"])
    assert not DeliveryMethod.objects.exists()


def test_pickup_points_are_opened_changed_and_closed(program, merchant):
    body = {
        "name": "Shop",
        "street": "Gasse 1",
        "postcode": "10115",
        "city": "Berlin",
        "country": "DE",
    }
    made = program.send("/pickup-points", body, "p1").json()
    path = f"/pickup-points/{made['ref']}"
    changed = program.send(path, body | {"opening_hours": "Mon-Fri"}, "", "put").json()
    assert changed == made | {"opening_hours": "Mon-Fri"}
    assert program.get("/pickup-points").json()["items"] == [changed]
    assert program.send(path, {}, "", "delete").status_code == 204
    assert not PickupPoint.objects.exists()


def test_strangers_and_keys_without_the_right_change_nothing(program):
    foreign = oms.delivery_zone(mas.merchant())
    operators = oms.delivery_zone(name="Everywhere")
    for zone in (foreign, operators):
        assert program.send(f"/delivery-zones/{zone.ref}", ZONE, "", "put").status_code == 404
        assert program.send(f"/delivery-zones/{zone.ref}/methods", METHOD, zone.ref).status_code == 404
        assert program.send(f"/delivery-zones/{zone.ref}", {}, "", "delete").status_code == 404
    reader = Api("/api/merchant/v1", grants=(VIEW_ORDERS,), merchant_id=mas.merchant().pk)
    assert reader.send("/delivery-zones", ZONE, "z1").status_code == 403
    assert DeliveryZone.objects.count() == 2


@pytest.mark.parametrize("zones", [1, 3])
def test_the_list_takes_the_same_statements_for_any_length(program, merchant, zones):
    for number in range(zones):
        oms.delivery_method(oms.delivery_zone(merchant, name=f"Zone {number}"))
    program.get("/delivery-zones")
    with CaptureQueriesContext(connection) as statements:
        assert len(program.get("/delivery-zones").json()["items"]) == zones
    assert len(statements) == 5, [row["sql"][:90] for row in statements]
