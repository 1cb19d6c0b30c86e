"""In which order a search answers, the same on both engines."""

import pytest

from pim.models import Offer
from pim.operations.identifiers import read_identifier
from pim.operations.listings import refresh_listings
from pim.selectors import search
from pim.selectors.catalogue import browse_cards
from tests.factories import mms
from tests.pim import catalogue

pytestmark = pytest.mark.django_db
GTIN = "4006381333931"
LIST_PAGE_STATEMENTS = 8


def titles(shop, query, **wanted):
    return [tile.title for tile in browse_cards(shop.store, query=query, **wanted).tiles]


@pytest.fixture
def shop():
    return catalogue.build()


def test_titles_count_before_texts_and_the_beginning_before_the_middle(shop):
    shop.add_card("Lamp stand of oak", description="<p>Wood.</p>")
    shop.add_card("Table", description="<p>Made for a lamp, lamp, lamp and another lamp.</p>")
    shop.add_card("Oak lamp")
    catalogue.refresh()
    assert titles(shop, "lamp") == ["Lamp stand of oak", "Oak lamp", "Table"]


def test_among_texts_the_one_that_says_it_more_stands_first(shop):
    shop.add_card("Alpha", description="<p>A lamp in a very long text about tables, chairs and shelves.</p>")
    shop.add_card("Beta", description="<p>Lamp, lamp, lamp.</p>")
    shop.add_card("Gamma", description="<p>Lamp beside many, many other words that are not about it.</p>")
    catalogue.refresh()
    assert titles(shop, "lamp")[0] == "Beta"


def test_a_number_that_was_typed_whole_comes_first_even_sold_out(shop):
    wanted = shop.add_card("Plain", identifiers=(read_identifier("gtin", GTIN),))
    other = shop.add_card(f"Sticker {GTIN}")
    shop.sell(other, 500)
    catalogue.refresh()
    assert titles(shop, GTIN) == ["Plain", f"Sticker {GTIN}"]
    assert titles(shop, f" {GTIN[0]} {GTIN[1:7]} {GTIN[7:]} ")[:1] == ["Plain"]
    assert wanted.state == "published"


def test_a_merchants_sku_finds_its_product_as_long_as_it_is_on_sale(shop):
    card = shop.add_card("Plain")
    shop.add_card("Other")
    offer = Offer.objects.get(ref=shop.sell(card, 500).offer_ref)
    Offer.objects.filter(pk=offer.pk).update(merchant_sku="AB-77/x")
    catalogue.refresh()
    assert titles(shop, "AB-77/x") == ["Plain"]
    assert titles(shop, "AB-77") == []
    Offer.objects.filter(pk=offer.pk).update(state="paused")
    assert titles(shop, "AB-77/x") == []


def test_filters_and_other_orders_still_hold_for_what_a_number_found(shop):
    shop.sell(shop.add_card("Plain", identifiers=(read_identifier("gtin", GTIN),)), 500)
    catalogue.refresh()
    assert titles(shop, GTIN, filters={"colour": ["blue"]}) == []
    assert titles(shop, GTIN, filters={"colour": ["red"]}, sort="price") == ["Plain"]


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_for_a_number_costs_no_more(shop, number, django_assert_max_num_queries):
    for index in range(number):
        shop.sell(shop.add_card(f"Chair {index}"), 500)
    catalogue.refresh()
    with django_assert_max_num_queries(LIST_PAGE_STATEMENTS):
        page = browse_cards(shop.store, query="chair 0")
    assert page.tiles


def test_hits_beyond_the_ranked_ones_are_still_found(shop, monkeypatch):
    monkeypatch.setattr(search, "RANKED", 2)
    for index in range(5):
        shop.add_card(f"Chair {index}")
    catalogue.refresh()
    assert len(titles(shop, "chair")) == 5


def test_each_view_ranks_its_own_listings(shop, monkeypatch):
    monkeypatch.setattr(search, "RANKED", 1)
    mms.store_context()
    card = shop.add_card("Alpha", description="<p>lamp</p>")
    catalogue.refresh()
    refresh_listings([card.pk])
    found = search.matching(search.CardListing.objects.filter(view_id=shop.store.view_id), "lamp", shop.store)
    assert search.by_relevance(found, "lamp", shop.store).get().relevance > 0
