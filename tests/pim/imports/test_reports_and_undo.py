import csv
import io
from pathlib import Path

import pytest
from django.utils import translation

from backoffice.kernel import work
from backoffice.kernel.errors import StateRefused
from backoffice.kernel.models import Job
from pim.imports.access import find_profile_for
from pim.imports.mapping.definition import ColumnRule, Definition
from pim.imports.mapping.transforms import BadTransform, build, parse_steps
from pim.imports.report import iterate_failed_csv, write_failed_xlsx
from pim.imports.runs import apply_import, cancel_import, check_import, map_import
from pim.imports.undo import undo_import
from pim.models import AssetLink, Card, CardLayer, ImportRow, Offer, OfferPrice
from tests.factories import mas, pim
from tests.factories.dam import picture_bytes
from tests.factories.imports import (
    HEADER,
    applied,
    checked,
    csv_bytes,
    imported,
    importer,
    received,
    template_csv,
    template_row,
    xlsx_bytes,
)

pytestmark = pytest.mark.django_db


def test_failed_rows_come_back_as_sent_with_what_is_wrong():
    data = csv_bytes(
        [HEADER, template_row("A"), template_row("Bäd", price="-1")], delimiter=";", encoding="cp1252"
    )
    run = imported(data)
    text = b"".join(iterate_failed_csv(run)).decode("cp1252")
    header, row = csv.reader(io.StringIO(text), delimiter=";")
    assert header == [*HEADER, "error code", "error column", "error message", "what to do"]
    assert row[: len(HEADER)] == [str(cell) for cell in template_row("Bäd", price="-1")]
    assert row[len(HEADER) : len(HEADER) + 2] == ["negative_price", "price"]


def test_mended_failed_rows_can_be_sent_again():
    merchant = mas.merchant()
    run = imported(template_csv(template_row("A"), template_row("B", price="-1")), merchant=merchant)
    mended = b"".join(iterate_failed_csv(run)).replace(b",-1,", b",12,")
    run = imported(mended, merchant=merchant)
    assert (run.counts["new"], run.counts["failed"]) == (1, 0)
    assert sorted(Offer.objects.values_list("merchant_sku", flat=True)) == ["A", "B"]


def test_failed_rows_of_a_workbook_come_back_as_workbook():
    from openpyxl import load_workbook

    run = imported(xlsx_bytes([HEADER, template_row("A", price="-1")]))
    with write_failed_xlsx(run) as file:
        sheet = load_workbook(file.name).active
        assert sheet.cell(2, len(HEADER) + 1).value == "negative_price"


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝1", "'=1", "''=1"]
PLAIN = ["-5", "+5.20", "-1,5", "'-5", "'tis"]


def failed_with_mpns(mpns, to_bytes=csv_bytes):
    rows = [template_row(f"S{n}", mpn=mpn, price="-5") for n, mpn in enumerate(mpns)]
    return imported(to_bytes([HEADER, *rows]))


def test_failed_rows_hold_no_formula():
    run = failed_with_mpns(FORMULAS + PLAIN)
    _header, *rows = csv.reader(io.StringIO(b"".join(iterate_failed_csv(run)).decode()))
    assert [row[HEADER.index("mpn")] for row in rows] == [f"'{text}" for text in FORMULAS] + PLAIN
    assert {row[HEADER.index("price")] for row in rows} == {"-5"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_failed_rows_sent_back_are_read_as_first_sent(kind, language):
    run = failed_with_mpns(FORMULAS + PLAIN, xlsx_bytes if kind == "xlsx" else csv_bytes)
    sent = list(ImportRow.objects.filter(run=run).order_by("number").values_list("cells", flat=True))
    with translation.override(language):
        if kind == "csv":
            data = b"".join(iterate_failed_csv(run))
        else:
            with write_failed_xlsx(run) as file:
                data = Path(file.name).read_bytes()
    again = imported(data, merchant=run.merchant)
    assert again.header == HEADER
    assert (
        list(ImportRow.objects.filter(run=again).order_by("number").values_list("cells", flat=True)) == sent
    )


def test_an_apostrophe_in_a_file_of_the_merchants_own_stays():
    run = imported(template_csv(template_row("A", mpn="'=1")))
    assert run.rows.get().cells[HEADER.index("mpn")] == "'=1"


def test_undo_takes_back_what_nobody_changed_since():
    merchant = mas.merchant()
    imported(template_csv(template_row("A"), template_row("B")), merchant=merchant)
    changed = template_csv(template_row("A", price="9", title="Cheap"), template_row("B"), template_row("C"))
    run = imported(changed, merchant=merchant)
    undo_import(run.ref, actor=importer(merchant))
    work.drain()
    run.refresh_from_db()
    assert run.state == "undone"
    assert OfferPrice.objects.get(offer__merchant_sku="A").amount_minor == 4990
    assert CardLayer.objects.get(card__offers__merchant_sku="A").values["title"] == "Chair A"
    assert Offer.objects.get(merchant_sku="C").state == "removed"
    assert Card.objects.get(offers__merchant_sku="C").state == "archived"
    again = imported(changed, merchant=merchant)
    assert (again.counts["new"], again.counts["failed"]) == (1, 0)
    offer = Offer.objects.get(merchant_sku="C")
    assert (offer.state, offer.card.state) == ("active", "in_review")


def test_an_import_that_was_never_applied_cannot_be_undone():
    run = checked(received(template_csv(template_row("A"))))
    with pytest.raises(StateRefused):
        undo_import(run.ref, actor=importer(run.merchant))


def test_a_cancelled_import_stops_at_a_chunk_and_can_be_continued(monkeypatch):
    monkeypatch.setattr("pim.imports.jobs.CHUNK", 2)
    run = checked(received(template_csv(*[template_row(f"S{n}") for n in range(6)])))
    actor = importer(run.merchant)
    apply_import(run.ref, actor=actor)
    run.refresh_from_db()
    Job.objects.filter(ref=run.job_ref).update(cancel_requested=True)
    work.drain()
    run.refresh_from_db()
    assert (run.state, Offer.objects.count()) == ("cancelled", 0)
    run = applied(run)
    assert (run.state, Offer.objects.count()) == ("done", 6)


def test_a_waiting_check_is_cancelled_at_once():
    run = received(template_csv(template_row("A")))
    actor = importer(run.merchant)
    check_import(run.ref, actor=actor)
    cancel_import(run.ref, actor=actor)
    work.drain()
    run.refresh_from_db()
    assert (run.state, run.rows.count()) == ("cancelled", 0)


def test_a_mapping_is_remembered_for_the_same_columns():
    merchant = mas.merchant()
    data = b"Nummer;Bezeichnung;VK\nA;Stuhl;12,50\n"
    definition = Definition(
        columns=(
            ColumnRule("Nummer", "sku"),
            ColumnRule("Bezeichnung", "title"),
            ColumnRule("VK", "price", parse_steps("number ,")),
        ),
        currency="EUR",
    )
    run = received(data, merchant=merchant)
    map_import(run.ref, definition, save_as="Supplier A", actor=importer(merchant))
    again = received(b"VK;Nummer;Bezeichnung\n9,00;B;Tisch\n", merchant=merchant)
    assert again.profile == find_profile_for(["Nummer", "Bezeichnung", "VK"], merchant_id=merchant.pk)
    assert imported(b"VK;Nummer;Bezeichnung\n9,00;B;Tisch\n", merchant=merchant).counts["new"] == 1
    assert OfferPrice.objects.get().amount_minor == 900
    assert received(data, merchant=mas.merchant()).profile is None


@pytest.mark.parametrize(
    ("steps", "text", "expected"),
    [
        ("strip", "  a   b ", "a b"),
        ("number", "SR 1,395", "1395"),
        ("number ,", "1.249,50 €", "1249.50"),
        ("blank_if No old price | number", "No old price", ""),
        ("split ; 2", "a; b;c", "b"),
        ("split comma", "a, b", "a|b"),
        ("regex (\\d+) cm", "about 38 cm wide", "38"),
        ("map Red = rot; * = andere", "RED", "rot"),
        ("map Red = rot; * = andere", "blue", "andere"),
        ("constant SAR", "anything", "SAR"),
        ("default 1", " ", "1"),
        ("number | unit cm in", "40", "40 cm>in"),
        ("currency", "€ usd ", "USD"),
        ("remove pcs", "12 pcs", "12"),
        ("upper", "ab", "AB"),
    ],
)
def test_transforms(steps, text, expected):
    assert build(parse_steps(steps))(text) == expected


@pytest.mark.parametrize(
    "steps", ["eval x", "regex", "regex (a+)+$", "regex [", "map red", "unit", "number ;"]
)
def test_senseless_transforms_are_refused(steps):
    with pytest.raises(BadTransform):
        parse_steps(steps)


def with_picture(url: str) -> bytes:
    return csv_bytes([[*HEADER, "image_url"], [*template_row("A"), url]])


@pytest.fixture
def picture_server(settings):
    """A server of pictures on this machine, allowed by setting as an operator could."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if "chair" in self.path else 404)
            self.end_headers()
            self.wfile.write(picture_bytes())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.HTTP_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_pictures_by_address_are_fetched_and_linked_after_the_import(picture_server):
    merchant = mas.merchant()
    imported(with_picture(f"{picture_server}/chair.jpg"), merchant=merchant)
    link = AssetLink.objects.get()
    assert link.card == Card.objects.get()
    run = imported(with_picture(f"{picture_server}/chair.jpg"), merchant=merchant)
    assert (AssetLink.objects.count(), run.counts["unchanged"]) == (1, 1)


def test_an_address_without_a_picture_is_a_warning_on_its_row(picture_server):
    run = imported(with_picture(f"{picture_server}/gone.jpg"))
    row = ImportRow.objects.get()
    assert (run.counts["new"], run.counts["failed"], row.applied) == (1, 0, True)
    assert row.warnings[0]["code"] == "picture_unreachable"
    assert AssetLink.objects.count() == 0


def test_addresses_inside_the_network_are_not_fetched():
    imported(with_picture("http://127.0.0.1:1/secret.jpg"))
    assert ImportRow.objects.get().warnings[0]["code"] == "picture_unreachable"


def test_pictures_of_anothers_card_are_left_out(picture_server):
    pim.card(gtin="4006381333931")
    data = csv_bytes(
        [[*HEADER, "image_url"], [*template_row("A", gtin="4006381333931"), f"{picture_server}/chair.jpg"]]
    )
    imported(data)
    assert AssetLink.objects.count() == 0
