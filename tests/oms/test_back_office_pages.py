"""Portal and console pages of orders, stock and delivery: what they show, do, and refuse."""

import re

import pytest
from django.utils import translation
from reportlab import rl_config

from oms.console.time_rules import initial_of
from oms.exports.packing_slip import address_lines
from oms.models import (
    DeliveryMethod,
    DeliveryZone,
    MerchantOrder,
    Refund,
    Shipment,
    StockItem,
    TimeRule,
)
from oms.ports import find_provider
from oms.selectors.time_limits import rules
from tests import pages
from tests.factories import mas, mms, oms

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(db):
    return mas.merchant(name="Nordlicht")


@pytest.fixture
def portal(client, merchant):
    return mms.sign_in(client, mms.merchant_user(merchant))


@pytest.fixture
def console(client, db):
    return mms.sign_in(client, mms.operator_user())


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_a_merchant_sees_its_orders_only(portal, merchant):
    own, foreign = oms.merchant_order(merchant), oms.merchant_order()
    page = text(portal.get("/portal/orders/"))
    assert own.ref in page
    assert foreign.ref not in page
    assert portal.get(f"/portal/orders/{foreign.ref}/").status_code == 404


def test_name_and_address_are_hidden_until_the_merchant_accepts(portal, merchant):
    part = oms.merchant_order(merchant)
    for page in (f"/portal/orders/{part.ref}/", "/portal/orders/", "/portal/orders/?export=csv"):
        response = portal.get(page)
        shown = b"".join(response.streaming_content if response.streaming else [response.content]).decode()
        assert "Lange Straße" not in shown
        assert "Berta" not in shown
    portal.post(f"/portal/orders/{part.ref}/accept/")
    assert "Lange Straße" in text(portal.get(f"/portal/orders/{part.ref}/"))


def test_a_merchant_accepts_one_line_and_refuses_the_other(portal, merchant):
    part = oms.merchant_order(merchant, lines=((2, 1000), (1, 500)))
    url = f"/portal/orders/{part.ref}/answer/"
    assert portal.post(url, {"line_1": 2, "line_2": 0}).status_code == 422
    portal.post(url, {"line_1": 2, "line_2": 0, "reason": "sold out"})
    part.refresh_from_db()
    assert part.state == "in_preparation"
    assert [line.quantity_refused for line in part.lines.order_by("position")] == [0, 1]


def test_a_merchant_ships_with_tracking(portal, merchant):
    part = oms.merchant_order(merchant, state="in_preparation", lines=((3, 1000),))
    text(portal.get(f"/portal/orders/{part.ref}/ship/"))
    portal.post(
        f"/portal/orders/{part.ref}/ship/", {"line_1": 2, "carrier": "dpd", "tracking_number": "0123"}
    )
    assert Shipment.objects.get().tracking_url.endswith("/0123")
    assert "tracking.dpd.de" in text(portal.get(f"/portal/orders/{part.ref}/"))


def test_a_merchant_refunds_within_what_is_left(portal, merchant):
    part = oms.merchant_order(merchant, state="shipped", lines=((2, 1000),))
    url = f"/portal/orders/{part.ref}/refund/"
    text(portal.get(url))
    too_much = {"line_1": 0, "amount_1": "20.01", "shipping_minor": "4.91", "reason": "damaged"}
    refused = portal.post(url, too_much)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["amount_1", "shipping_minor"]
    portal.post(url, {"line_1": 1, "shipping_minor": "4.90", "reason": "damaged"})
    assert Refund.objects.get().amount_minor == 1490


def test_a_packing_slip_is_a_pdf_with_the_address_after_acceptance(portal, merchant):
    part = oms.merchant_order(merchant, state="in_preparation")
    response = portal.get(f"/portal/orders/{part.ref}/packing-slip.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")


def test_the_slip_of_a_parcel_names_what_is_in_it_alone(portal, merchant, monkeypatch):
    part = oms.merchant_order(merchant, state="in_preparation", lines=((3, 1000), (2, 500)))
    portal.post(
        f"/portal/orders/{part.ref}/ship/", {"line_2": 1, "carrier": "dpd", "tracking_number": "0123"}
    )
    parcel = Shipment.objects.get()
    slip = f"/portal/orders/{part.ref}/packing-slip.pdf?parcel={parcel.ref}"
    assert slip in text(portal.get(f"/portal/orders/{part.ref}/"))
    # Uncompressed, so that the text can be searched.
    monkeypatch.setattr(rl_config, "pageCompression", 0)
    printed = portal.get(slip).content.decode("latin-1")
    lines = {line.position: line for line in part.lines.all()}
    assert lines[2].merchant_sku in printed
    assert lines[1].merchant_sku not in printed
    assert re.search(rf"{parcel.ref} \S+ 1 / 1", printed)
    assert "more than one parcel" in printed
    whole = portal.get(f"/portal/orders/{part.ref}/packing-slip.pdf").content.decode("latin-1")
    assert lines[1].merchant_sku in whole
    assert portal.get(f"/portal/orders/{part.ref}/packing-slip.pdf?parcel=SHP-X").status_code == 404


def test_the_address_on_a_slip_names_the_country(merchant):
    part = oms.merchant_order(merchant, state="in_preparation")
    assert address_lines(part)[-1] == "Germany"
    with translation.override("de"):
        assert address_lines(part)[-1] == "Deutschland"


def test_orders_are_accepted_in_bulk_with_a_result(portal, merchant):
    parts = [oms.merchant_order(merchant) for _number in range(3)]
    selected = [part.ref for part in parts[:2]]
    page = text(portal.post("/portal/orders/", {"bulk": "accept", "selected": selected}, follow=True))
    assert "2 orders accepted." in page
    assert MerchantOrder.objects.filter(state="waiting_acceptance").count() == 1


def test_stock_is_counted_and_never_below_what_was_promised(portal, merchant):
    oms.merchant_order(merchant, state="in_preparation", lines=((4, 1000),))
    item = StockItem.objects.get()
    url = f"/portal/stock/of/{item.offer.ref}/{item.location.ref}/"
    text(portal.get("/portal/stock/"))
    text(portal.get(url))
    refused = pages.send(portal, url, on_hand=3)
    assert refused.status_code == 422
    assert "Buyers were promised 4 pieces" in refused.content.decode()
    pages.send(portal, url, on_hand=9, safety=2)
    item.refresh_from_db()
    assert (item.on_hand, item.available) == (9, 3)


def test_a_merchant_sets_its_own_delivery(portal, merchant):
    assert "You use the marketplace" in text(portal.get("/portal/delivery/"))
    portal.post("/portal/delivery/new-zone/", {"name": "DACH", "countries": ["DE", "AT", "CH"]})
    zone = DeliveryZone.objects.get(merchant=merchant)
    url = f"/portal/delivery/zones/{zone.ref}/methods/new/"
    method = {"name": "Parcel", "kind": "home", "min_days": 1, "max_days": 3, "price_by": "amount", "rank": 1}
    method["is_active"] = "on"
    assert portal.post(url, {**method, "prices": "EUR 4.90"}).status_code == 422
    portal.post(url, {**method, "prices": "EUR 0 4.90\nEUR 50 0"})
    made = DeliveryMethod.objects.get()
    steps = made.price_classes.order_by("from_value").values_list("from_value", "amount_minor")
    assert list(steps) == [(0, 490), (5000, 0)]
    assert "€4.90" in text(portal.get("/portal/delivery/"))
    text(portal.get(f"/portal/delivery/methods/{made.ref}/"))
    portal.post(f"/portal/delivery/methods/{made.ref}/delete/")
    assert not DeliveryMethod.objects.exists()


def test_merchants_do_not_reach_the_operators_grid_nor_each_others(portal):
    for owner in (None, mas.merchant()):
        zone = oms.delivery_zone(owner)
        method = oms.delivery_method(zone)
        for url in (
            f"/portal/delivery/zones/{zone.ref}/",
            f"/portal/delivery/zones/{zone.ref}/delete/",
            f"/portal/delivery/zones/{zone.ref}/methods/new/",
            f"/portal/delivery/methods/{method.ref}/",
            f"/portal/delivery/methods/{method.ref}/delete/",
        ):
            assert portal.get(url).status_code == 404, url
            assert portal.post(url, {}).status_code in {404, 422}, url
        assert DeliveryMethod.objects.filter(pk=method.pk).exists()


def test_the_operator_records_a_transfer(console):
    # The marketplace's fee carries tax.
    mms.tax_rate()
    part = oms.merchant_order(state="staged", captured=False)
    ref = part.order.ref
    assert ref in text(console.get("/console/orders/transfers/"))
    text(console.get(f"/console/orders/{ref}/paid/"))
    console.post(f"/console/orders/{ref}/paid/", {"reference": "statement 12"})
    part.refresh_from_db()
    assert part.state == "waiting_acceptance"
    assert ref not in text(console.get("/console/orders/transfers/"))


def test_the_operator_sees_a_purchase_across_merchants(console):
    order = oms.order()
    parts = [oms.merchant_order(order=order) for _number in range(2)]
    page = text(console.get(f"/console/orders/{order.ref}/"))
    assert all(part.ref in page and part.merchant_name in page for part in parts)


def test_numbers_of_purchase_and_merchant_order_find_each_other(console):
    order, other = oms.order(), oms.merchant_order()
    parts = [oms.merchant_order(order=order) for _number in range(2)]
    for number in (parts[1].ref, parts[1].ref.lower(), order.ref):
        page = text(console.get(f"/console/orders/?q={number}"))
        assert order.ref in page
        assert other.order.ref not in page
    page = text(console.get(f"/console/orders/parts/?q={order.ref}"))
    assert all(part.ref in page for part in parts)
    assert other.ref not in page


@pytest.mark.parametrize(
    "path",
    ["", "parts/", "stuck/", "transfers/", "refunds/", "stock/", "parts/?state=waiting_acceptance", "?q=x"],
)
def test_console_lists_open(console, path):
    oms.merchant_order()
    text(console.get(f"/console/orders/{path}"))


def test_the_operator_edits_grid_and_time_limits(console):
    console.post("/console/settings/delivery/new-zone/", {"name": "EU", "countries": ["DE", "FR"]})
    assert "EU" in text(console.get("/console/settings/delivery/"))
    page = text(console.get("/console/settings/time-limits/"))
    assert 'value="48"' in page
    data = initial_of(rules()) | {"accept_hours": 24, "accept_counting": "working_days"}
    preview = text(console.post("/console/settings/time-limits/", data | {"preview": "1"}))
    assert "What saving would change" in preview
    assert not TimeRule.objects.exists()
    console.post("/console/settings/time-limits/", data)
    rule = TimeRule.objects.get()
    assert (rule.kind, rule.hours, rule.counting) == ("accept", 24, "working_days")
    refused = console.post("/console/settings/time-limits/", data | {"accept_first": 90})
    assert refused.status_code == 422


def test_home_pages_carry_the_counts(portal, merchant):
    oms.merchant_order(merchant)
    assert "To accept" in text(portal.get("/portal/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_statements_for_any_length(portal, merchant, rows, django_assert_max_num_queries):
    for _row in range(rows):
        oms.merchant_order(merchant)
    portal.get("/portal/orders/")
    with django_assert_max_num_queries(15):
        portal.get("/portal/orders/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_order_list_takes_the_same_statements_for_any_length(
    console, rows, django_assert_max_num_queries
):
    for _row in range(rows):
        oms.merchant_order()
    console.get("/console/orders/")
    with django_assert_max_num_queries(15):
        console.get("/console/orders/")


@pytest.mark.parametrize("start", ["order", "merchant"])
def test_an_order_and_the_merchants_page_lead_the_operator_to_its_working_terms(console, merchant, start):
    part = oms.merchant_order(merchant)
    starts = {
        "order": f"/console/orders/{part.order.ref}/",
        "merchant": f"/console/merchants/{merchant.ref}/",
    }
    page = text(console.get(starts[start]))
    for place in ("working-time", "fulfilment-centre"):
        url = f"/console/merchants/{merchant.ref}/{place}/"
        assert f'href="{url}"' in page
        assert "<form" in text(console.get(url))


def test_the_page_of_an_order_names_the_payment_provider_instead_of_its_code(console, merchant):
    order = oms.merchant_order(merchant, state="in_preparation").order
    page = text(console.get(f"/console/orders/{order.ref}/"))
    assert str(find_provider(order.payment.provider).label) in page
    assert f" {order.payment.provider} " not in page
