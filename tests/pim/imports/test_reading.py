import io
import zipfile

import pytest

from pim.imports.errors import FileUnreadable
from pim.models import ImportRun
from tests.factories.imports import HEADER, checked, csv_bytes, received, template_row, xlsx_bytes

pytestmark = pytest.mark.django_db

ROWS = [HEADER, template_row("A", title="Stühle für draußen")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_found_out(encoding, delimiter):
    run = checked(received(csv_bytes(ROWS, delimiter=delimiter, encoding=encoding)))
    row = run.rows.get()
    assert (row.outcome, row.read["values"]["title"]) == ("new", "Stühle für draußen")


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 80_000_000)
    return buffer.getvalue()


def plain_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"   \n\n", "empty_file"),
        (b"only one column\nvalue\n", "one_column"),
        (b"sku,sku,price\nA,B,1\n", "doubled_column"),
        (b"%PDF-1.4 something", "wrong_kind"),
        (b"<html><body>Error 404</body></html>", "wrong_kind"),
        (b"\x00\x01\x02\x03" * 100, "binary_file"),
        (xlsx_bytes(ROWS)[:500], "broken_xlsx"),
        (plain_zip(), "broken_xlsx"),
        (bomb(), "zip_bomb"),
    ],
)
def test_what_is_no_table_is_refused_at_the_door_with_a_stable_reason(data, reason):
    with pytest.raises(FileUnreadable) as caught:
        received(data)
    assert caught.value.params["reason"] == reason
    assert ImportRun.objects.count() == 0


def test_a_huge_cell_ends_the_check_with_the_place_it_stands_at():
    data = b"sku,title,price,currency,stock,lead_time_days\n" + b'A,"' + b"x" * 200_000
    run = checked(received(data))
    assert (run.state, "100000 characters" in run.error, run.rows.count()) == ("failed", True, 0)


def test_a_broken_quotation_mark_names_the_line():
    data = b'sku,title,price,currency,stock,lead_time_days\nA,"Chair" oops,1,EUR,1,1\n'
    run = checked(received(data))
    assert (run.state, "near line 2" in run.error) == ("failed", True)
    assert run.rows.count() == 0
