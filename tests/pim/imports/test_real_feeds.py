"""The files suppliers really send; skipped visibly where they are not at hand."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from backoffice.kernel import clock
from pim.imports.errors import told
from pim.imports.mapping.definition import Definition
from pim.models import Card, CardKind, CardLayer, ImportRow, Offer, OfferPrice
from pim.operations.rates import enter_rate
from pim.permissions import EDIT_RATES
from tests.factories import mas, pim
from tests.factories.actors import operator_actor
from tests.factories.imports import applied, checked, furniture_family, imported, importer, received

FEEDS = settings.BASE_DIR.parent / "shared" / "data" / "feeds"
SAMPLES = settings.BASE_DIR / "pim" / "samples"
pytestmark = pytest.mark.django_db


def feed(name: str) -> bytes:
    file: Path = FEEDS / name
    if not file.exists():
        pytest.skip(f"{name} is not at hand")
    return file.read_bytes()


@pytest.mark.parametrize(
    "name", ["shopify_apparel.csv", "shopify_home-and-garden.csv", "shopify_jewelery.csv"]
)
def test_a_shopify_export_goes_through_and_a_second_time_changes_nothing(name):
    merchant = mas.merchant(currency="USD")
    pim.category(code="everything")
    data = feed(name)
    run = received(data, merchant=merchant, filename=name)
    assert run.format == "shopify"
    definition = Definition(currency="USD", create_brands=True, default_category="everything")
    run = imported(data, merchant=merchant, definition=definition)
    assert run.counts["failed"] == 0, list(
        ImportRow.objects.filter(run=run, outcome="failed").values_list("errors")
    )
    assert run.counts["new"] == Offer.objects.count() > 10
    handles = {row.cells[0] for row in ImportRow.objects.filter(run=run)}
    assert Card.objects.exclude(kind=CardKind.VARIANT).count() == len(handles)
    again = imported(data, merchant=merchant, definition=definition)
    assert (again.counts["new"], again.counts["changed"], again.counts["failed"]) == (0, 0, 0)


def furniture(currency: str = "EUR"):
    furniture_family()
    definition = json.loads((SAMPLES / "furniture_sar.mapping.json").read_text(encoding="utf-8"))
    for code in sorted({*definition["categories"].values(), definition["default_category"]}):
        pim.category(code=code)
    return Definition.from_json(definition | {"convert_to": currency})


def test_the_furniture_file_waits_for_a_rate_and_goes_through_once_it_is_there():
    data = feed("furniture_ikea_sa.csv")
    merchant = mas.merchant()
    run = checked(received(data, merchant=merchant), furniture())
    assert run.preview_counts["new"] == 0
    first = ImportRow.objects.filter(run=run, outcome="failed").first()
    assert first.errors[0]["code"] == "rate_missing"
    assert "exchange rate" in told(first.errors[0])["hint"]

    enter_rate(base="EUR", quote="SAR", on=clock.today(), value="4.20", actor=operator_actor(EDIT_RATES))
    run = applied(checked(run))
    assert run.counts["failed"] == 0, ImportRow.objects.filter(run=run, outcome="failed").first().errors
    assert run.row_count == 3694
    assert Offer.objects.count() == run.counts["new"] == 2962
    assert run.counts["merged"] == 3694 - 2962

    bracket = Offer.objects.get(merchant_sku="20218545")
    price = OfferPrice.objects.get(offer=bracket)
    assert (price.currency, price.amount_minor, price.list_amount_minor) == ("EUR", 214, 357)
    values = CardLayer.objects.get(card=bracket.card).values
    assert values["title"] == "ALGOT"
    assert values["description"] == "Bracket, 38 cm"
    assert values["width"] == ["0.787", "inch", "19.9898"]
    assert importer(merchant)


def test_the_furniture_file_a_second_time_changes_nothing():
    data = feed("furniture_ikea_sa.csv")
    enter_rate(base="EUR", quote="SAR", on=clock.today(), value="4.20", actor=operator_actor(EDIT_RATES))
    merchant, definition = mas.merchant(), furniture()
    imported(data, merchant=merchant, definition=definition)
    run = checked(received(data, merchant=merchant), definition)
    assert (run.preview_counts["new"], run.preview_counts["changed"]) == (0, 0)
    assert run.preview_counts["unchanged"] == 2962
