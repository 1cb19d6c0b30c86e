"""Merchants' programs count, move and set up stock by the same operations as people."""

import pytest

from oms.models import StockItem, StockLocation
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from tests.factories import mas, oms, pim
from tests.oms.test_api import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(db):
    return mas.merchant()


@pytest.fixture
def program(merchant):
    return Api("/api/merchant/v1", grants=(VIEW_STOCK, MANAGE_STOCK), merchant_id=merchant.pk)


def test_a_program_opens_a_place_moves_pieces_and_counts_them(program, merchant):
    offer = pim.offer(merchant=merchant)
    item = oms.stock(offer, 10)
    oms.stock(pim.offer(), 5)
    south = program.send("/locations", {"name": "South", "country": "DE", "rank": 2}).json()["ref"]
    assert [row["ref"] for row in program.get("/locations").json()["items"]] == [south, item.location.ref]
    body = {"source_ref": item.location.ref, "destination_ref": south, "pieces": {offer.ref: 4}}
    transfer = program.send("/transfers", body, key="t1").json()
    assert program.send("/transfers", body, key="t1").json() == transfer
    done = program.send(f"/transfers/{transfer['ref']}/receive", {"pieces": {offer.ref: 3}}, key="").json()
    assert (done["state"], done["lines"][0]["received"]) == ("short", 3)
    assert sorted(row["on_hand"] for row in program.get("/stock").json()["items"]) == [3, 6]
    sheet = program.send("/counts", {"location_ref": south}, key="c1").json()
    counted = {"pieces": {offer.ref: 5}}
    program.send(f"/counts/{sheet['ref']}/lines", counted, key="", method="put")
    posted = program.send(f"/counts/{sheet['ref']}/post", {}, key="").json()
    assert [(line["expected"], line["counted"], line["outcome"]) for line in posted["lines"]] == [
        (3, 5, "posted")
    ]
    assert StockItem.objects.get(location__ref=south).on_hand == 5


def test_a_program_states_stock_and_kits(program, merchant):
    offer, kit = pim.offer(merchant=merchant), pim.offer(merchant=merchant, available_quantity=0)
    item = oms.stock(offer, 10)
    url = f"/stock/{offer.ref}/{item.location.ref}"
    answer = program.send(url, {"on_hand": 7, "safety": 1}, key="", method="put").json()
    assert (answer["on_hand"], answer["available"]) == (7, 6)
    assert program.send(url, {"on_hand": -1}, key="", method="put").status_code == 422
    assert (
        program.send(f"/kits/{kit.ref}", {"pieces": {offer.ref: 2}}, key="", method="put").status_code == 204
    )
    assert program.get(f"/kits/{kit.ref}").json()["available"] == 3
    place = {"name": "East", "rank": 3, "is_active": False}
    refused = program.send(f"/locations/{item.location.ref}", place, key="", method="put")
    assert refused.json()["error"]["fields"] == {"is_active": refused.json()["error"]["message"]}
    assert StockLocation.objects.get().name == item.location.name


def test_a_program_records_returned_pieces_once(program, merchant):
    part = oms.merchant_order(merchant, state="shipped", lines=((2, 1000),))
    part.lines.update(quantity_shipped=2)
    item = StockItem.objects.get()
    body = {"position": 1, "quantity": 1, "grade": "restock_a", "location_ref": item.location.ref}
    for _time in range(2):
        assert program.send(f"/orders/{part.ref}/inspections", body, key="i1").status_code == 201
    before = item.on_hand
    item.refresh_from_db()
    assert item.on_hand == before + 1
