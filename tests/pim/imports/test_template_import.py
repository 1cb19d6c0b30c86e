import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import jobs, work
from backoffice.kernel.models import Job, OutboxEvent
from pim.imports.errors import ImportNotFound
from pim.imports.runs import apply_import, check_import
from pim.models import (
    Card,
    CardIdentifier,
    CardLayer,
    CardState,
    Change,
    ImportRow,
    Offer,
    OfferPrice,
    PriceLog,
    Review,
)
from tests.factories import mas, pim
from tests.factories.actors import stranger_actor
from tests.factories.imports import (
    HEADER,
    applied,
    checked,
    imported,
    importer,
    received,
    template_csv,
    template_row,
    xlsx_bytes,
)

pytestmark = pytest.mark.django_db

GTIN = "4006381333931"


def outcomes(run):
    return list(ImportRow.objects.filter(run=run).order_by("number").values_list("outcome", flat=True))


def test_the_dry_run_counts_and_writes_nothing():
    run = checked(received(template_csv(template_row("A"), template_row("B", price="-1"))))
    assert (run.state, run.row_count) == ("previewed", 2)
    assert run.preview_counts == {
        "new": 1, "changed": 0, "unchanged": 0, "merged": 0, "failed": 1, "warnings": 0,
    }  # fmt: skip
    assert (Card.objects.count(), Offer.objects.count(), Change.objects.count()) == (0, 0, 0)


def test_rows_become_cards_in_review_and_offers_with_price_and_stock():
    pim.brand("Northwood")
    place = pim.category(code="chairs")
    run = imported(
        template_csv(template_row("A", gtin=GTIN, brand="Northwood", mpn="NW-1", category="chairs"))
    )
    assert run.counts["new"] == 1
    card = Card.objects.get()
    assert (card.state, card.title, card.contributed_by_id) == (
        CardState.IN_REVIEW,
        "Chair A",
        run.merchant_id,
    )
    assert list(card.placements.values_list("category_id", "is_main")) == [(place.pk, True)]
    assert set(CardIdentifier.objects.values_list("type", "value_norm")) == {
        ("gtin", "0" + GTIN),
        ("mpn", "NW1"),
    }
    offer = Offer.objects.get()
    assert (offer.merchant_sku, offer.lead_time_days, offer.card) == ("A", 2, card)
    assert OfferPrice.objects.get().amount_minor == 4990
    stated = OutboxEvent.objects.get(name="pim.offers_stock_stated.v1").payload
    assert (stated["rows"], stated["source"]) == ([[offer.pk, 7]], f"import:{run.ref}")
    assert Review.objects.get().card == card


def test_the_same_file_twice_changes_nothing():
    merchant = mas.merchant()
    data = template_csv(template_row("A", gtin=GTIN), template_row("B"))
    imported(data, merchant=merchant)
    before = (Change.objects.count(), PriceLog.objects.count(), Card.objects.count(), Offer.objects.count())
    run = imported(data, merchant=merchant)
    assert (run.counts["unchanged"], run.counts["changed"], run.counts["new"]) == (2, 0, 0)
    assert (
        Change.objects.count(),
        PriceLog.objects.count(),
        Card.objects.count(),
        Offer.objects.count(),
    ) == before


def test_only_what_differs_is_shown_and_written():
    merchant = mas.merchant()
    imported(template_csv(template_row("A"), template_row("B")), merchant=merchant)
    run = checked(
        received(
            template_csv(template_row("A", price="39.90", title="New name"), template_row("B")),
            merchant=merchant,
        )
    )
    row = ImportRow.objects.get(run=run, merchant_sku="A")
    assert row.diff == {"price": [4990, 3990, "EUR"], "title": ["Chair A", "New name"]}
    assert outcomes(run) == ["changed", "unchanged"]
    applied(run)
    assert set(OfferPrice.objects.values_list("offer__merchant_sku", "amount_minor")) == {
        ("A", 3990),
        ("B", 4990),
    }
    assert CardLayer.objects.get(card__offers__merchant_sku="A").values["title"] == "New name"


def test_a_second_merchant_with_the_same_gtin_gets_an_offer_on_the_same_card():
    imported(template_csv(template_row("A", gtin=GTIN)))
    run = imported(template_csv(template_row("X-1", gtin=GTIN, title="Another name", price="45")))
    card = Card.objects.get()
    assert card.title == "Chair A"
    assert sorted(card.offers.values_list("merchant_sku", flat=True)) == ["A", "X-1"]
    assert run.counts["new"] == 1


def test_two_new_rows_with_the_same_gtin_are_one_card():
    run = imported(template_csv(template_row("A", gtin=GTIN), template_row("B", gtin=GTIN)))
    assert (Card.objects.count(), Offer.objects.count()) == (1, 2)
    assert run.counts["new"] == 2


def test_a_published_card_is_not_overwritten_by_a_feed():
    merchant = mas.merchant()
    imported(template_csv(template_row("A")), merchant=merchant)
    Card.objects.update(state=CardState.PUBLISHED)
    run = imported(template_csv(template_row("A", title="Shouted NAME", price="10")), merchant=merchant)
    assert run.counts["changed"] == 1
    assert CardLayer.objects.get().values["title"] == "Chair A"
    assert OfferPrice.objects.get().amount_minor == 1000


def test_numbers_of_two_cards_in_one_row_go_to_the_review_queue():
    merchant = mas.merchant()
    imported(template_csv(template_row("A", gtin=GTIN)), merchant=merchant)
    run = imported(template_csv(template_row("B")), merchant=merchant)
    run = checked(received(template_csv(template_row("B", gtin=GTIN)), merchant=merchant))
    assert ImportRow.objects.get(run=run).errors[0]["code"] == "identifier_conflict"


def test_a_workbook_is_read_like_a_csv():
    run = imported(xlsx_bytes([HEADER, template_row("A", price=49.9, stock=3)]))
    assert run.counts["new"] == 1
    assert OfferPrice.objects.get().amount_minor == 4990


def test_a_price_file_without_texts_changes_prices_only():
    merchant = mas.merchant()
    imported(template_csv(template_row("A")), merchant=merchant)
    changes = Change.objects.count()
    run = imported(
        b"sku,price,currency,stock,lead_time_days\nA,19.90,EUR,3,1\nZZZ,5,EUR,1,1\n", merchant=merchant
    )
    assert (run.counts["changed"], run.counts["failed"]) == (1, 1)
    assert OfferPrice.objects.get().amount_minor == 1990
    assert Change.objects.count() == changes
    failed = ImportRow.objects.get(run=run, outcome="failed")
    assert (failed.errors[0]["code"], failed.errors[0]["column"]) == ("missing_value", "title")


def test_strangers_do_not_find_an_import():
    run = checked(received(template_csv(template_row("A"))))
    for act in (check_import, apply_import):
        with pytest.raises(ImportNotFound):
            act(run.ref, actor=stranger_actor("pim.import_products"))
    work.drain()
    assert Card.objects.count() == 0


def statements_for(count: int) -> tuple[int, int]:
    """How many statements check and apply of a file of `count` rows take."""
    run = received(template_csv(*[template_row(f"S{count}-{number}") for number in range(count)]))
    taken = []
    for start in (check_import, apply_import):
        start(run.ref, actor=importer(run.merchant))
        run.refresh_from_db()
        with CaptureQueriesContext(connection) as captured:
            jobs.run_job(Job.objects.get(ref=run.job_ref).pk)
        taken.append(len(captured))
        run.refresh_from_db()
    assert (run.state, run.counts["new"]) == ("done", count)
    return taken[0], taken[1]


def test_statements_do_not_grow_with_the_rows():
    # The first run fills what is kept in memory.
    statements_for(3)
    few, many = statements_for(20), statements_for(120)
    # SQLite takes so many values per statement, so long lists are split there.
    assert many[0] - few[0] <= 10
    assert many[1] - few[1] <= 20
