"""A merchant's stock pages and the operators' reconciler, as people use them."""

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from backoffice.kernel.work import drain
from oms.models import (
    PickupPoint,
    StockCount,
    StockInspection,
    StockItem,
    StockMovement,
    StockPool,
    StockTransfer,
)
from oms.operations.stock_alerts import judge_alerts
from oms.selectors.stock import list_disagreements
from tests import pages
from tests.factories import mas, mms, oms, pim
from tests.oms.test_back_office_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant():
    return mas.merchant()


@pytest.fixture
def portal(merchant):
    return mms.sign_in(Client(), mms.merchant_user(merchant, "merchant-admin"), method="password")


def url(name, *args):
    return reverse(f"portal:oms-{name}", args=args)


def test_places_feed_stores(portal, merchant):
    context = mms.store_context()
    oms.stock(pim.offer(merchant=merchant), 5)
    portal.post(url("location-create"), {"name": "South", "country": "DE", "rank": 2})
    assert "South" in text(portal.get(url("location-list")))
    ref = StockItem.objects.get().location.ref
    text(portal.get(url("location-feed", ref)))
    portal.post(url("location-feed", ref), {"store": context.store_code, "rank": 1, "buffer": 2, "cap": ""})
    assert StockPool.objects.get().buffer == 2
    assert "2 kept for other stores" in text(portal.get(url("location-edit", ref)))
    portal.post(url("location-edit", ref), {"name": "North", "country": "DE", "rank": 1, "is_active": "on"})
    portal.post(url("location-stop", ref, context.store_code))
    assert not StockPool.objects.exists()


def test_a_sheet_is_opened_counted_and_posted(portal, merchant):
    offer = pim.offer(merchant=merchant, merchant_sku="LAMP")
    item = oms.stock(offer, 5)
    wrong = portal.post(url("count-create"), {"location": item.location.ref, "skus": "NOPE"})
    assert "no offer with the SKU NOPE" in wrong.content.decode()
    portal.post(url("count-create"), {"location": item.location.ref, "skus": "LAMP"})
    sheet = StockCount.objects.get()
    text(portal.get(url("count-detail", sheet.ref)))
    portal.post(url("count-detail", sheet.ref), {offer.ref: "3"})
    assert "-2" in text(portal.get(url("count-detail", sheet.ref)))
    portal.post(url("count-post", sheet.ref))
    assert "Corrected" in text(portal.get(url("count-detail", sheet.ref)))
    assert sheet.ref in text(portal.get(url("count-list")))
    item.refresh_from_db()
    assert item.on_hand == 3


def test_a_transfer_is_sent_and_received(portal, merchant):
    offer = pim.offer(merchant=merchant, merchant_sku="LAMP")
    item, south = oms.stock(offer, 5), oms.location(merchant)
    form = {"source": item.location.ref, "destination": south.ref, "note": "With the van"}
    assert portal.post(url("transfer-create"), {**form, "pieces": "LAMP many"}).status_code == 422
    refused = portal.post(url("transfer-create"), {**form, "pieces": "LAMP 9"})
    assert "Only 5 pieces of LAMP" in refused.content.decode()
    portal.post(url("transfer-create"), {**form, "pieces": "LAMP 4"})
    transfer = StockTransfer.objects.get()
    assert "With the van" in text(portal.get(url("transfer-detail", transfer.ref)))
    text(portal.get(url("transfer-receive", transfer.ref)))
    portal.post(url("transfer-receive", transfer.ref), {offer.ref: "3"})
    assert "Received short" in text(portal.get(url("transfer-list")))


def test_a_kit_is_defined_changed_and_dissolved(portal, merchant):
    kit = pim.offer(merchant=merchant, merchant_sku="SET", available_quantity=0)
    oms.stock(pim.offer(merchant=merchant, merchant_sku="BULB"), 9)
    portal.post(url("kit-create"), {"sku": "SET", "contents": "BULB 2"})
    assert "BULB" in text(portal.get(url("kit-list")))
    assert "BULB 2" in text(portal.get(url("kit-edit", kit.ref)))
    portal.post(url("kit-edit", kit.ref), {"contents": "BULB 3"})
    kit.refresh_from_db()
    assert kit.available_quantity == 3
    text(portal.get(url("kit-dissolve", kit.ref)))
    portal.post(url("kit-dissolve", kit.ref))
    assert "No kits yet" in text(portal.get(url("kit-list")))


def test_returned_pieces_are_inspected_from_their_order(portal, merchant):
    part = oms.merchant_order(merchant, state="shipped", lines=((2, 1000),))
    part.lines.update(quantity_shipped=2)
    item = StockItem.objects.get()
    page = text(portal.get(url("order-inspect", part.ref)))
    assert "As new: back into stock" in page
    form = {
        "key": "k",
        "position": 1,
        "quantity": 1,
        "location": item.location.ref,
        "sku": "",
        "note": "Fine",
    }
    portal.post(url("order-inspect", part.ref), {**form, "grade": "restock_a"})
    assert StockInspection.objects.get().note == "Fine"
    assert part.ref in text(portal.get(url("inspection-list")))


def test_what_runs_out_is_on_its_list_and_on_the_home_page(portal, merchant):
    offer = pim.offer(merchant=merchant, merchant_sku="LAMP")
    item = oms.stock(offer, 5)
    target = url("stock-edit", offer.ref, item.location.ref)
    form = {"backorder_cap": 2, "expected_on": "2030-01-02", "alert_below": 9, "weight_grams": 1200}
    pages.send(portal, target, **form, delivery_class="bulky")
    judge_alerts()
    assert "LAMP" in text(portal.get(url("alert-list")))
    assert "below 9" in text(portal.get("/portal/"))
    assert "1200" in text(portal.get(target))


def test_pickup_points_stand_beside_the_zones(portal, merchant):
    form = {"name": "Shop Mitte", "street": "Gasse 1", "postcode": "10115", "city": "Berlin", "country": "DE"}
    portal.post(url("point-create"), {**form, "opening_hours": "Mon-Fri", "is_active": "on"})
    point = PickupPoint.objects.get(merchant=merchant)
    assert "Gasse 1, 10115 Berlin" in text(portal.get(url("delivery-list")))
    portal.post(url("point-edit", point.ref), {**form, "name": "Shop Nord"})
    point.refresh_from_db()
    assert (point.name, point.is_active) == ("Shop Nord", False)
    text(portal.get(url("point-delete", point.ref)))
    portal.post(url("point-delete", point.ref))
    assert not PickupPoint.objects.exists()


def test_operators_compare_and_repair_stock():
    desk = mms.sign_in(Client(), mms.operator_user("operator-admin"))
    oms.stock(pim.offer(), 5)
    StockItem.objects.update(reserved=2)
    desk.post(reverse("console:oms-reconciliation-run"))
    drain()
    page = text(desk.get(reverse("console:oms-reconciliation-list")))
    assert "REC-" in page
    ref = page[page.index("REC-") :][:14]
    assert "Promised against open reservations" in text(
        desk.get(reverse("console:oms-reconciliation-detail", args=[ref]))
    )
    desk.post(reverse("console:oms-reconciliation-repair"))
    drain()
    assert StockItem.objects.get().reserved == 0
    text(desk.get(reverse("console:oms-hot_stock-list")))


def test_pieces_that_left_while_the_page_was_open_do_not_come_back_with_it(portal, merchant):
    item = oms.stock(pim.offer(merchant=merchant), 20)
    page = url("stock-edit", item.offer.ref, item.location.ref)

    def leaves(pieces):
        StockItem.objects.filter(pk=item.pk).update(on_hand=F("on_hand") - pieces)
        StockMovement.objects.create(item=item, kind="shipped", on_hand_delta=-pieces, actor_label="clerk")

    opened = portal.get(page)
    leaves(5)
    # The warning alone was changed: nobody counted anything.
    assert portal.post(page, pages.filled(opened, alert_below=3)).status_code == 302
    item.refresh_from_db()
    assert (item.on_hand, item.alert_below) == (15, 3)

    opened = portal.get(page)
    leaves(1)
    told = portal.post(page, pages.filled(opened, on_hand=16, safety=2))
    assert told.status_code == 422
    assert "14 pieces are on hand now, not 15" in pages.words(told)
    assert "Stored now: 14" in pages.words(told)
    item.refresh_from_db()
    assert (item.on_hand, item.safety) == (14, 0)
    assert portal.post(page, pages.filled(told)).status_code == 302
    item.refresh_from_db()
    assert (item.on_hand, item.safety) == (16, 2)
    assert list_disagreements() == []
