import pytest

from pim.imports.errors import told
from pim.models import Card, ImportRow
from tests.factories.imports import checked, imported, received, template_csv, template_row

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "code", "column"),
    [
        ({"sku": ""}, "missing_value", "sku"),
        ({"sku": "x" * 81}, "text_too_long", "sku"),
        ({"title": ""}, "missing_value", "title"),
        ({"title": "x" * 300}, "text_too_long", "title"),
        ({"price": "-5"}, "negative_price", "price"),
        ({"price": "0"}, "negative_price", "price"),
        ({"price": "cheap"}, "bad_number", "price"),
        ({"price": "12.345"}, "bad_number", "price"),
        ({"price": ""}, "missing_value", "price"),
        ({"price": "1200.12345", "currency": "JPY"}, "bad_number", "price"),
        ({"price": "1200.5", "currency": "JPY"}, "bad_number", "price"),
        ({"price": "1e3"}, "bad_number", "price"),
        ({"price": "9" * 40}, "bad_number", "price"),
        ({"currency": "XYZ"}, "unknown_currency", "currency"),
        ({"currency": "euro"}, "unknown_currency", "currency"),
        ({"stock": "many"}, "bad_number", "stock"),
        ({"stock": "-1"}, "bad_number", "stock"),
        ({"lead_time_days": "400"}, "bad_number", "lead_time_days"),
        ({"gtin": "4006381333932"}, "invalid_identifier", "gtin"),
        ({"category": "no such place"}, "unknown_category", "category"),
        ({"brand": "Nobody"}, "unknown_brand", "brand"),
    ],
)
def test_each_mistake_has_its_code_column_value_and_hint(values, code, column):
    run = checked(received(template_csv(template_row("GOOD"), template_row(**{"sku": "BAD", **values}))))
    good, bad = ImportRow.objects.filter(run=run).order_by("number")
    assert (good.outcome, good.errors) == ("new", [])
    assert bad.outcome == "failed"
    error = bad.errors[0]
    assert (error["code"], error["column"]) == (code, column)
    assert error["message"]
    assert error["value"] == str(values.get(column, ""))[:200]


def test_a_repeated_sku_fails_and_names_the_first_row():
    run = imported(template_csv(template_row("A"), template_row("B"), template_row("A", price="1")))
    row = ImportRow.objects.get(run=run, outcome="failed")
    assert (row.number, row.errors[0]["code"]) == (4, "duplicate_sku")
    assert "row 2" in told(row.errors[0])["message"]
    assert Card.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("49.9", 4990),
        ("49,90", 4990),
        ("1.249,50", 124950),
        ("1,249.50", 124950),
        ("1 249,50", 124950),
        ("50", 5000),
    ],
)
def test_prices_are_read_as_people_write_them(text, minor):
    run = checked(received(template_csv(template_row("A", price=text))))
    assert ImportRow.objects.get(run=run).read["offer"]["price_minor"] == minor
