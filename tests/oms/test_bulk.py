"""Many orders at once: accepted, shipped by file or by program, printed; each row with its own result."""

import csv
import io
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.work import drain
from oms.exports import packing_slip, pick_list
from oms.imports.tracking import read_tracking_file
from oms.models import MerchantOrder, Shipment, TrackingFile, TrackingRow
from oms.operations.acceptance import accept_merchant_order
from oms.operations.bulk import accept_many
from oms.operations.kits import define_kit
from oms.permissions import ACCEPT_ORDERS, MANAGE_STOCK, SHIP_ORDERS
from oms.selectors.picking import PickRow, list_pick_rows
from oms.selectors.tracking_files import get_tracking_file
from tests import pages
from tests.factories import mas, mms, oms
from tests.factories.actors import merchant_actor, stranger_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(db):
    return mas.merchant()


@pytest.fixture
def portal(client, merchant):
    return mms.sign_in(client, mms.merchant_user(merchant))


def to_ship(merchant, *lines):
    return oms.merchant_order(merchant, state="in_preparation", lines=lines or ((2, 1000),))


def table(*rows, header=("Order", "Carrier", "Tracking number")):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows([header, *rows])
    return buffer.getvalue().encode()


def send(merchant, data, name="tracking.csv"):
    actor = merchant_actor(merchant.pk, SHIP_ORDERS)
    file = read_tracking_file(data, name, merchant_id=merchant.pk, actor=actor)
    drain()
    file.refresh_from_db()
    return file


def results(file):
    return list(file.rows.order_by("number").values_list("state", flat=True))


def test_a_file_ships_its_rows_each_with_a_result(merchant):
    good, foreign, waiting = to_ship(merchant), to_ship(mas.merchant()), oms.merchant_order(merchant)
    file = send(
        merchant,
        table(
            (good.ref.lower(), "DHL", "JD1"),
            (foreign.ref, "dhl", "JD2"),
            (waiting.ref, "dhl", "JD3"),
            (good.ref, "nobody", "JD4"),
            (good.ref, "dhl", ""),
        ),
    )
    assert results(file) == ["shipped", "failed", "failed", "failed", "failed"]
    assert file.finished_at is not None
    good.refresh_from_db()
    foreign.refresh_from_db()
    assert (good.state, foreign.state) == ("shipped", "in_preparation")
    assert Shipment.objects.get().tracking_url.endswith("JD1")
    messages = dict(file.rows.values_list("number", "message"))
    assert "There is no order" in messages[3]


def test_the_same_file_twice_changes_nothing(merchant):
    part = to_ship(merchant)
    data = table((part.ref, "dhl", "JD1"))
    assert results(send(merchant, data)) == ["shipped"]
    assert results(send(merchant, data, "again.csv")) == ["known"]
    assert Shipment.objects.count() == 1
    assert part.lines.get().quantity_shipped == 2


def test_a_workbook_ships_pieces_of_lines(merchant):
    part = to_ship(merchant, (3, 1000), (1, 500))
    book = Workbook()
    book.active.append(["order_ref", "carrier", "tracking", "line", "qty", "package"])
    book.active.append([part.ref, "dpd", 1234567, 1, 2, "P-1"])
    book.active.append([part.ref, "dpd", 1234568, 1, 2, "P-2"])
    buffer = io.BytesIO()
    book.save(buffer)
    file = send(merchant, buffer.getvalue(), "tracking.xlsx")
    assert results(file) == ["shipped", "failed"]
    part.refresh_from_db()
    assert part.state == "partly_shipped"
    parcel = Shipment.objects.get()
    assert (parcel.package_ref, parcel.tracking_number) == ("P-1", "1234567")


@pytest.mark.parametrize(
    "data", [b"", b"order,carrier\n1,dhl\n", b"order;tracking_number\n", b"<html>", b"PK\x03\x04broken"]
)
def test_a_file_that_cannot_be_understood_ships_nothing_and_says_why(merchant, data):
    with pytest.raises(InvalidInput) as refused:
        send(merchant, data)
    assert set(refused.value.fields) == {"file"}
    assert not TrackingFile.objects.exists()


def test_strangers_do_not_find_the_file(merchant):
    file = send(merchant, table(("ORD-1", "dhl", "1")))
    with pytest.raises(NotFound):
        get_tracking_file(file.ref, actor=stranger_actor(SHIP_ORDERS))


def test_a_killed_worker_goes_on_where_it_stopped(merchant, monkeypatch):
    from oms import jobs

    parts = [to_ship(merchant) for _number in range(3)]
    data = table(*((part.ref, "dhl", f"JD{part.pk}") for part in parts))
    monkeypatch.setattr(jobs, "CHUNK", 1)
    ship, calls = jobs._ship, []

    def dies_at_the_second(row, places, actor):
        calls.append(row.number)
        if len(calls) == 2:
            raise RuntimeError("killed")
        ship(row, places, actor)

    monkeypatch.setattr(jobs, "_ship", dies_at_the_second)
    file = send(merchant, data)
    assert results(file).count("shipped") >= 1
    monkeypatch.setattr(jobs, "_ship", ship)
    with clock.shifted(timedelta(minutes=1)):
        drain()
    assert results(file) == ["shipped"] * 3
    assert Shipment.objects.count() == 3


def test_the_portal_takes_the_file_and_gives_the_failed_rows_back_with_their_error(portal, merchant):
    part = to_ship(merchant)
    upload = SimpleUploadedFile("out.csv", table((part.ref, "dhl", "JD1"), ("ORD-X", "dhl", "=JD2")))
    assert portal.get("/portal/orders/by-file/").status_code == 200
    answer = portal.post("/portal/orders/by-file/", {"file": upload})
    assert answer.status_code == 302, answer.content
    drain()
    page = portal.get(answer["Location"]).content.decode()
    assert "1 row could not be shipped" in page
    failed = portal.get(f"{answer['Location']}failed.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(failed)))
    assert rows[0][-1] == "error"
    # What a spreadsheet would calculate is made harmless.
    assert rows[1][:3] == ["ORD-X", "dhl", "'=JD2"]
    assert "There is no order" in rows[1][3]
    template = portal.get("/portal/orders/by-file/template.csv").content.decode("utf-8-sig")
    assert template.startswith("order,carrier,tracking_number")


def test_accepting_many_gives_a_result_for_each_and_stops_for_none(portal, merchant):
    waiting, done = oms.merchant_order(merchant), to_ship(merchant)
    closed = oms.merchant_order(merchant, state="closed")
    closed.lines.update(quantity_accepted=0)
    foreign = oms.merchant_order()
    refs = [waiting.ref, done.ref, closed.ref, foreign.ref]
    results = accept_many(refs, actor=merchant_actor(merchant.pk, ACCEPT_ORDERS))
    assert [(row.is_done, row.code) for row in results] == [
        (True, ""),
        (True, ""),
        (False, "merchant_order_state_refused"),
        (False, "not_found"),
    ]
    page = portal.post("/portal/orders/", {"bulk": "accept", "selected": [waiting.ref, closed.ref]})
    assert "1 order accepted." in page.content.decode()
    assert "cannot be accepted or refused any more" in page.content.decode()
    assert MerchantOrder.objects.get(pk=foreign.pk).state == "waiting_acceptance"


def test_more_than_200_at_once_are_refused():
    with pytest.raises(InvalidInput):
        accept_many(["x"] * 201, actor=merchant_actor(1, ACCEPT_ORDERS))


def test_a_pick_list_sums_the_pieces_by_place_and_sku(merchant):
    first, second = to_ship(merchant, (2, 1000)), to_ship(merchant, (3, 500))
    waiting = oms.merchant_order(merchant)
    rows = list_pick_rows([first, second, waiting])
    assert sorted(row.quantity for row in rows) == [2, 3]
    assert [row.merchant_sku for row in rows] == sorted(row.merchant_sku for row in rows)
    line = first.lines.get()
    second.lines.update(offer=line.offer, merchant_sku=line.merchant_sku, title=line.title)
    (row,) = list_pick_rows([first, second])
    assert (row.quantity, dict(row.orders)) == (5, {first.ref: 2, second.ref: 3})


def test_of_a_kit_the_articles_on_the_shelves_are_picked_and_named_on_the_slip(shop, merchant, monkeypatch):
    kit, lamp, bulb = (shop.offer(merchant=merchant, on_hand=n) for n in (0, 5, 9))
    define_kit(kit.ref, {lamp.ref: 1, bulb.ref: 2}, actor=merchant_actor(merchant.pk, MANAGE_STOCK))
    part = shop.order((kit, 3), (bulb, 1)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=merchant_actor(merchant.pk, ACCEPT_ORDERS))
    drain()
    part.refresh_from_db()
    rows = {row.merchant_sku: (row.quantity, row.title) for row in list_pick_rows([part])}
    assert rows == {lamp.merchant_sku: (3, lamp.card.title), bulb.merchant_sku: (7, bulb.card.title)}
    printed = texts_of(monkeypatch, packing_slip)
    packing_slip.packing_slip_pdf([part])
    (line, single) = printed
    assert line[0] == "3 ×"
    assert f"1 × {lamp.card.title} ({lamp.merchant_sku})" in line[1]
    assert f"2 × {bulb.card.title} ({bulb.merchant_sku})" in line[1]
    assert single[1] == bulb.card.title


def texts_of(monkeypatch, module):
    """What the module prints in its tables from now on, row by row."""
    printed: list[tuple[str, ...]] = []
    draw = module.grid
    monkeypatch.setattr(
        module, "grid", lambda titles, rows, columns: printed.extend(rows) or draw(titles, rows, columns)
    )
    return printed


def test_200_orders_of_one_article_are_one_pick_list(merchant, monkeypatch):
    """The article's row lists all its orders, over as many pages as they need."""
    refs = [f"ORD-ABCDEFGH{number:03d}-1" for number in range(200)]
    row = PickRow("Main", "SKU-1", "Chair", 201, tuple((ref, 2 if ref == refs[0] else 1) for ref in refs))
    monkeypatch.setattr(pick_list, "list_pick_rows", lambda parts: [row])
    printed = texts_of(monkeypatch, pick_list)
    assert pick_list.pick_list_pdf([]).startswith(b"%PDF-")
    assert printed[0][:4] == ("[  ]", "201 ×", "SKU-1", "Chair")
    assert {cells[:4] for cells in printed[1:]} == {("", "", "", "")}
    shown = ", ".join(cells[4] for cells in printed)
    assert shown == ", ".join(f"{ref} (2)" if ref == refs[0] else f"{ref} (1)" for ref in refs)


@pytest.mark.parametrize("what", ["pick", "slips"])
def test_200_orders_are_printed_within_20_seconds_by_as_many_statements_as_one(
    portal, merchant, what, django_assert_max_num_queries
):
    parts = [to_ship(merchant, (1, 1000), (2, 500)) for _number in range(201)]
    portal.get("/portal/orders/")
    started = time.perf_counter()
    for number in (1, 200):
        with django_assert_max_num_queries(6):
            answer = portal.post(
                "/portal/orders/", {"bulk": what, "selected": [part.ref for part in parts[:number]]}
            )
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
    assert time.perf_counter() - started < 20
    refused = portal.post("/portal/orders/", {"bulk": what, "all": "1"}, follow=True)
    assert "At most 200 orders are printed at once" in refused.content.decode()


def test_accepting_all_of_several_pages_takes_the_oldest_200_and_says_how_many_wait(portal, merchant):
    done = to_ship(merchant)
    parts = [oms.merchant_order(merchant) for _number in range(203)]
    told = [
        pages.words(portal.post("/portal/orders/?per_page=100", {"bulk": "accept", "all": "1"}, follow=True))
        for _press in range(2)
    ]
    assert "200 orders accepted. 3 more wait: accept again to go on." in told[0]
    assert "3 orders accepted." in told[1]
    assert "more wait" not in told[1]
    assert set(MerchantOrder.objects.values_list("state", flat=True)) == {"in_preparation"}
    assert done.state == "in_preparation"
    assert len(parts) == 203


def test_nothing_to_pick_is_a_page_that_says_so():
    assert pick_list.pick_list_pdf([oms.merchant_order()]).startswith(b"%PDF-")
    assert not TrackingRow.objects.exists()
