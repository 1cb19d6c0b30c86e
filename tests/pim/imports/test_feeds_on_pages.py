"""The real files by the pages a person uses: send, map, look, apply; then again, mended, and by a second merchant."""

import csv
import io
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock, work
from pim.models import Card, ImportRun, Offer, OfferPrice
from tests import pages
from tests.factories import mas, mms, pim
from tests.factories.imports import HEADER, furniture_family, template_csv, template_row, xlsx_bytes

FEEDS = settings.BASE_DIR.parent / "shared" / "data" / "feeds"
UPLOAD = "/portal/imports/new/"
pytestmark = pytest.mark.django_db


def feed(name: str) -> bytes:
    if not (FEEDS / name).exists():
        pytest.skip(f"{name} is not at hand")
    return (FEEDS / name).read_bytes()


def clerk_of(merchant) -> Client:
    return mms.sign_in(Client(), mms.merchant_user(merchant, "merchant-admin"))


@pytest.fixture
def merchant():
    return mas.merchant(currency="EUR")


@pytest.fixture
def clerk(merchant):
    return clerk_of(merchant)


def sent(clerk, data: bytes, name: str) -> str:
    """Upload a file; the address of the import's page, after the check if one was started."""
    answer = pages.upload(clerk, UPLOAD, data, name)
    assert answer.status_code == 302, pages.errors_at(answer)
    work.drain()
    return reverse("portal:pim-import-detail", args=[ImportRun.objects.latest("pk").ref])


def mapped(clerk, page: str, **values) -> None:
    answer = pages.send(clerk, f"{page}mapping/", **values)
    assert answer.status_code == 302, pages.errors_at(answer)
    work.drain()


def applied(clerk, page: str) -> dict[str, int]:
    assert pages.press(clerk, page, f"{page}apply/").status_code == 302
    work.drain()
    assert "Done" in pages.words(clerk.get(page))
    return facts(clerk, page)


def facts(clerk, page: str) -> dict[str, int]:
    """The counts as the page shows them."""
    text = pages.words(clerk.get(page))
    found = {}
    for name in ("New", "Changed", "Unchanged", "Failed"):
        match = re.search(rf"\b{name} ([\d,]+) ", text)
        assert match, (name, text[:500])
        found[name.lower()] = int(match.group(1).replace(",", ""))
    return found


SHOPIFY = ["shopify_apparel.csv", "shopify_home-and-garden.csv", "shopify_jewelery.csv"]


@pytest.mark.parametrize("name", SHOPIFY)
def test_a_shopify_export_from_upload_to_result_and_a_second_time(clerk, name):
    pim.category(code="everything")
    data = feed(name)
    page = sent(clerk, data, name)
    counts = facts(clerk, page)
    assert counts["new"] == 0 < counts["failed"]
    assert "There is no category" in pages.words(clerk.get(f"{page}?outcome=failed"))

    mapped(clerk, page, default_category="everything")
    preview = facts(clerk, page)
    assert preview["new"] > 10
    assert preview["failed"] == 0
    assert (Card.objects.count(), Offer.objects.count()) == (0, 0)
    result = applied(clerk, page)
    assert result == preview
    assert Offer.objects.count() == preview["new"]
    # Their pictures cannot be had here: a warning at its row, and the products are in.
    warned = pages.words(clerk.get(f"{page}?warned=yes"))
    assert "https://burst.shopifycdn.com/" in warned
    assert "The host burst.shopifycdn.com cannot be found" in warned

    again = sent(clerk, data, name)
    mapped(clerk, again, default_category="everything")
    assert facts(clerk, again) == {"new": 0, "changed": 0, "unchanged": preview["new"], "failed": 0}
    assert "This file changes nothing" in pages.words(clerk.get(again))


FURNITURE = {
    "family": "furniture", "default_category": "everything", "currency": "SAR", "convert_to": "EUR",
    "duplicates": "merge", "save_as": "Furniture in riyals", "constants": "stock = 25\nlead_time_days = 3",
}  # fmt: skip
COLUMNS = {
    "old_price": ("list_price", "blank_if No old price | number"),
    "price": ("price", "number"),
    "designer": ("attribute:designer", "regex ^(.{1,200}) | strip"),
    "depth": ("attribute:depth", "number | unit cm in"),
    "height": ("attribute:height", "number | unit cm in"),
    "width": ("attribute:width", "number | unit cm in"),
}


def furniture_choices() -> dict[str, str]:
    """What a person chooses on the mapping page, by the names of its inputs."""
    run = ImportRun.objects.latest("pk")
    header = [name for name in run.header if name]
    chosen = dict(FURNITURE)
    for column, (target, steps) in COLUMNS.items():
        place = header.index(column)
        chosen |= {f"target_{place}": target, f"steps_{place}": steps}
    return chosen


def test_the_furniture_file_waits_for_an_operators_rate_then_goes_through_and_changes_nothing_again(clerk):
    data = feed("furniture_ikea_sa.csv")
    furniture_family()
    pim.category(code="everything")
    page = sent(clerk, data, "furniture.csv")
    assert "Waits for the mapping" in pages.words(clerk.get(page))
    # The categories of the file are none of ours: one is chosen for all.
    mapped(clerk, page, **furniture_choices())
    assert facts(clerk, page)["new"] == 0
    told = pages.words(clerk.get(f"{page}?outcome=failed"))
    assert "SAR" in told
    assert "Ask the operator to enter the exchange rate" in told

    operator = mms.sign_in(Client(), mms.operator_user())
    rate = {"base": "EUR", "quote": "SAR", "on": clock.today().isoformat(), "value": "4.20"}
    url = reverse("console:pim-rate-create")
    assert pages.send(operator, url, **rate | {"value": "much"}).status_code == 422
    assert pages.send(operator, url, **rate).status_code == 302

    assert pages.press(clerk, page, f"{page}check/").status_code == 302
    work.drain()
    preview = facts(clerk, page)
    assert (preview["new"], preview["failed"]) == (2962, 0)
    assert applied(clerk, page) == preview
    price = OfferPrice.objects.get(offer__merchant_sku="20218545")
    assert (price.currency, price.amount_minor, price.list_amount_minor) == ("EUR", 214, 357)

    # The columns are known now: no question, and nothing to do.
    again = sent(clerk, data, "furniture.csv")
    assert facts(clerk, again) == {"new": 0, "changed": 0, "unchanged": 2962, "failed": 0}
    dearer = data.replace(
        b"Bookcases & shelving units,9,SR 15,TRUE", b"Bookcases & shelving units,12,SR 15,TRUE"
    )
    changed = sent(clerk, dearer, "furniture.csv")
    shown = clerk.get(f"{changed}?outcome=changed").content.decode()
    assert facts(clerk, changed)["changed"] == shown.count("<del>€2.14</del> → <ins>€2.86</ins>") > 0


def test_what_every_row_shares_is_kept_and_mistakes_in_it_are_told_at_its_field(clerk):
    page = sent(clerk, b"Nummer;Titel;VK\nA;Stuhl;12,50\n", "table.csv")
    chosen = {"target_0": "sku", "target_1": "title", "target_2": "price", "steps_2": "number ,"}
    for line, message in [("stock", "stock = 25"), ("colour of the sky = blue", "no field")]:
        answer = pages.send(clerk, f"{page}mapping/", **chosen, constants=line)
        assert answer.status_code == 422
        assert message in pages.errors_at(answer)["constants"]
        assert line in answer.content.decode()
    mapped(clerk, page, **chosen, constants="stock = 25\nlead_time_days = 3")
    # Opened again, the mapping is as it was left.
    assert "stock = 25" in clerk.get(f"{page}mapping/").content.decode()
    mapped(clerk, page)
    assert ImportRun.objects.get().rows.get().read["offer"]["quantity"] == 25


def test_preview_and_result_name_new_changed_unchanged_and_failed_with_what_differs(clerk):
    page = sent(clerk, template_csv(template_row("A"), template_row("B")), "first.csv")
    applied(clerk, page)
    rows = [
        template_row("A", price="39.90", title="Armchair"), template_row("B"), template_row("C"),
        template_row("D", price="-1"),
    ]  # fmt: skip
    page = sent(clerk, template_csv(*rows), "second.csv")
    expected = {"new": 1, "changed": 1, "unchanged": 1, "failed": 1}
    assert facts(clerk, page) == expected
    shown = clerk.get(page).content.decode()
    assert "<del>€49.90</del> → <ins>€39.90</ins>" in shown
    assert "<del>Chair A</del> → <ins>Armchair</ins>" in shown
    assert "price The price -1 is not above zero." in pages.words(clerk.get(page))
    assert Offer.objects.count() == 2
    assert applied(clerk, page) == expected
    assert Offer.objects.count() == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_failed_rows_are_downloaded_mended_and_sent_again(clerk, kind):
    from openpyxl import load_workbook

    table = [HEADER, template_row("A"), template_row("B", price="-1"), template_row("C", stock="many")]
    data = xlsx_bytes(table) if kind == "xlsx" else template_csv(*table[1:])
    page = sent(clerk, data, f"products.{kind}")
    applied(clerk, page)
    answer = clerk.get(f"{page}failed/")
    assert f'filename="products-failed.{kind}"' in answer["Content-Disposition"]
    body = pages.content(answer)
    if kind == "xlsx":
        rows = [list(row) for row in load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)]
    else:
        rows = list(csv.reader(io.StringIO(body.decode())))
    assert rows[0] == [*HEADER, "error code", "error column", "error message", "what to do"]
    assert [(row[0], *row[len(HEADER) : len(HEADER) + 2]) for row in rows[1:]] == [
        ("B", "negative_price", "price"), ("C", "bad_number", "stock"),
    ]  # fmt: skip
    rows[1][HEADER.index("price")], rows[2][HEADER.index("stock")] = "12", "4"
    if kind == "xlsx":
        mended = xlsx_bytes(rows)
    else:
        buffer = io.StringIO()
        csv.writer(buffer).writerows(rows)
        mended = buffer.getvalue().encode()
    page = sent(clerk, mended, f"products-failed.{kind}")
    assert applied(clerk, page) == {"new": 2, "changed": 0, "unchanged": 0, "failed": 0}
    assert Offer.objects.count() == 3


def test_a_failed_variant_comes_back_with_its_product_and_joins_it_once_mended(clerk):
    pim.category(code="everything")
    header = "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price"
    data = f"{header}\nbag,Bag,Hand,,Colour,Red,BAG-R,10\nbag,,,,,Blue,BAG-B,-1\nbag,,,,,Green,BAG-G,11\n"
    page = sent(clerk, data.encode(), "bags.csv")
    mapped(clerk, page, default_category="everything")
    assert facts(clerk, page) == {"new": 2, "changed": 0, "unchanged": 0, "failed": 1}
    applied(clerk, page)
    body = pages.content(clerk.get(f"{page}failed/")).decode()
    page = sent(clerk, body.replace(",-1,", ",12,").encode(), "bags-failed.csv")
    mapped(clerk, page, default_category="everything")
    assert applied(clerk, page) == {"new": 1, "changed": 0, "unchanged": 2, "failed": 0}
    assert len(set(Card.objects.filter(offers__isnull=False).values_list("parent", flat=True))) == 1
    assert Offer.objects.count() == 3


@pytest.mark.parametrize("variant_sku", ["BAG-1", ""])
def test_a_failed_product_comes_back_with_the_rows_of_its_other_pictures(clerk, variant_sku):
    pim.category(code="everything")
    header = "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src"
    data = (
        f"{header}\nbag,Bag,Hand,,,,{variant_sku},-1,https://x.test/1.jpg\nbag,,,,,,,,https://x.test/2.jpg\n"
    )
    data += "hat,Hat,Hand,,,,,9,https://x.test/3.jpg\nhat,,,,,,,,https://x.test/4.jpg\n"
    page = sent(clerk, data.encode(), "bags.csv")
    mapped(clerk, page, default_category="everything")
    assert facts(clerk, page) == {"new": 1, "changed": 0, "unchanged": 0, "failed": 1}
    body = pages.content(clerk.get(f"{page}failed/")).decode()
    assert "https://x.test/2.jpg" in body
    assert "https://x.test/4.jpg" not in body


def test_a_file_of_which_no_row_can_be_read_is_not_called_known_and_cannot_be_applied(clerk):
    page = sent(clerk, template_csv(template_row("A", price="-1")), "wrong.csv")
    words = pages.words(clerk.get(page))
    assert "No row of this file can be used" in words
    assert "This file changes nothing" not in words
    assert "Apply import" not in words


def test_a_second_merchants_row_of_the_same_gtin_becomes_an_offer_on_the_same_card(clerk):
    gtin = "4006381333931"
    applied(clerk, sent(clerk, template_csv(template_row("A", gtin=gtin)), "first.csv"))
    other = clerk_of(mas.merchant(currency="EUR"))
    page = sent(other, template_csv(template_row("X-1", gtin=gtin, title="Other", price="45")), "second.csv")
    assert applied(other, page)["new"] == 1
    card = Card.objects.get()
    assert card.title == "Chair A"
    assert sorted(card.offers.values_list("merchant_sku", flat=True)) == ["A", "X-1"]
