import pytest
from django.conf import settings
from django.urls import reverse

from backoffice.demo.feeds import PROFILE, receive_supplier_file
from backoffice.demo.structure import lay_out_structure
from backoffice.kernel import clock, work
from pim.imports.mapping.definition import Definition
from pim.models import Card, CardKind, CardLayer, Offer, OfferPrice
from tests.factories import mas, mms, pim
from tests.factories.imports import applied, checked, imported, received
from tests.pim.catalogue import SYSTEM

pytestmark = pytest.mark.django_db
SAMPLES = settings.BASE_DIR / "pim" / "samples"


def test_the_sample_of_our_template_has_no_mistakes():
    run = imported((SAMPLES / "products_template.csv").read_bytes())
    assert (run.format, run.counts["new"], run.counts["failed"], run.counts["warnings"]) == (
        "template",
        10,
        0,
        0,
    )


def test_the_sample_shopify_export_becomes_products_with_variants():
    size, colour = pim.attribute("text", code="size"), pim.attribute("text", code="color")
    pim.family(size, colour, axes=("size", "color"), code="clothing")
    pim.category(code="clothes")
    run = imported(
        (SAMPLES / "shopify_products.csv").read_bytes(),
        merchant=mas.merchant(),
        definition=Definition(
            currency="USD", family="clothing", default_category="clothes", create_brands=True
        ),
    )
    assert (run.counts["new"], run.counts["failed"]) == (7, 0)
    kinds = sorted(Card.objects.values_list("kind", flat=True))
    assert kinds == [CardKind.PARENT] * 2 + [CardKind.SINGLE] + [CardKind.VARIANT] * 6
    variant = Offer.objects.get(merchant_sku="SHIRT-M-NAVY").card
    assert CardLayer.objects.get(card=variant).values == {"size": "M", "color": "Navy"}
    shared = CardLayer.objects.get(card=variant.parent).values
    assert shared["title"] == "Linen shirt"
    assert shared["description"] == "<p>Washed linen with <strong>corozo buttons</strong>.</p>"
    assert shared["brand"] == "harbor-weavers"


def test_a_new_variant_joins_the_product_that_is_there():
    merchant = mas.merchant()
    pim.category(code="clothes")
    definition = Definition(currency="USD", create_brands=True, default_category="clothes")
    data = (SAMPLES / "shopify_products.csv").read_text(encoding="utf-8")
    imported(data.encode(), merchant=merchant, definition=definition)
    parents = Card.objects.filter(kind=CardKind.PARENT).count()
    first = data.index("wool-beanie")
    lines = data[first:].splitlines()
    grown = "\n".join(
        [data[:first].rstrip("\n"), *lines, lines[1].replace("Rust", "Moss").replace("RUST", "MOSS")]
    )
    run = imported(grown.encode(), merchant=merchant, definition=definition)
    assert (run.counts["new"], run.counts["changed"]) == (1, 0)
    assert Card.objects.filter(kind=CardKind.PARENT).count() == parents
    moss = Offer.objects.get(merchant_sku="BEANIE-MOSS").card
    assert moss.parent == Offer.objects.get(merchant_sku="BEANIE-RUST").card.parent


def test_the_whole_file_waits_for_its_category_when_none_is_known():
    run = checked(received((SAMPLES / "shopify_products.csv").read_bytes()))
    assert run.preview_counts["failed"] == 7
    assert run.rows.first().errors[0]["code"] == "unknown_category"


def test_the_suppliers_table_converts_units_and_waits_for_its_rate_which_an_operator_enters_on_the_page(
    client,
):
    lay_out_structure()
    merchant = mas.merchant()
    run = receive_supplier_file(merchant, SYSTEM)
    work.drain()
    run.refresh_from_db()
    assert (run.preview_counts["new"], run.preview_counts["failed"]) == (0, 9)
    first = run.rows.order_by("number").first().errors[0]
    assert (first["code"], first["column"], first["value"]) == ("rate_missing", "price", "249.00 SAR")

    mms.sign_in(client, mms.operator_user())
    terms = {"base": "EUR", "quote": "SAR", "on": clock.today().isoformat(), "value": "4.20"}
    assert client.post(reverse("console:pim-rate-create"), terms).status_code == 302
    run = applied(checked(run))
    assert (run.counts["new"], run.counts["merged"], run.counts["failed"]) == (7, 1, 1)
    failed = run.rows.get(outcome="failed").errors[0]
    assert (failed["code"], failed["column"]) == ("bad_number", "price")
    price = OfferPrice.objects.get(offer__merchant_sku="KD-1002")
    assert (price.currency, price.amount_minor, price.list_amount_minor) == ("EUR", 11786, 14048)
    values = CardLayer.objects.get(card__offers__merchant_sku="KD-1001", locale="").values
    assert values["width"][:2] == ["17.717", "inch"]
    assert values["weight"][:2] == ["5.2", "kilogram"]
    # The next file with these columns is read the same way without a question.
    again = checked(received((SAMPLES / "supplier_furniture_sar.csv").read_bytes(), merchant=merchant))
    assert again.profile.name == PROFILE
    assert (again.preview_counts["unchanged"], again.preview_counts["changed"]) == (7, 0)
