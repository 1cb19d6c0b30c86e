import pytest
from django.core.cache import cache

from pim.selectors import large_lists
from pim.selectors.catalogue import browse_cards, list_category_menu
from pim.selectors.category_tree import get_tree
from tests.pim import catalogue

pytestmark = pytest.mark.django_db
LIST_PAGE_STATEMENTS = 8


def stocked(number: int) -> catalogue.Catalogue:
    shop = catalogue.build()
    for index in range(number):
        card = shop.add_card(
            f"Chair {index}", colour="blue" if index % 2 else "red", width=f"{40 + index} cm"
        )
        shop.sell(card, 1000 + index * 100)
    catalogue.refresh()
    return shop


def test_a_list_shows_published_cards_with_their_lowest_price():
    shop = stocked(2)
    shop.add_card("Still a secret", is_published=False)
    catalogue.refresh()
    page = browse_cards(shop.store)
    assert [(tile.title, tile.price_from_minor, tile.in_stock) for tile in page.tiles] == [
        ("Chair 1", 1100, True),
        ("Chair 0", 1000, True),
    ]
    assert (page.total, page.price_low_minor, page.price_high_minor) == (2, 1000, 1100)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    "filters", [{}, {"colour": ["red"], "width": ["300..500"], "price": ["5..20"], "stock": ["1"]}]
)
def test_a_list_costs_the_same_whatever_its_length(number, filters, django_assert_max_num_queries):
    shop = stocked(number)
    chairs = get_tree().by_ref[shop.chairs.ref]
    with django_assert_max_num_queries(LIST_PAGE_STATEMENTS):
        page = browse_cards(shop.store, category=chairs, query="chair", filters=filters)
    assert page.tiles


def test_a_facet_counts_under_the_other_filters_but_not_its_own():
    shop = stocked(3)
    page = browse_cards(shop.store, filters={"colour": ["red"]})
    colour = next(facet for facet in page.facets if facet.code == "colour")
    assert [(choice.label, choice.count, choice.is_chosen) for choice in colour.choices] == [
        ("Red", 2, True),
        ("Blue", 1, False),
    ]
    assert page.total == 2


def test_a_measure_is_filtered_as_a_range_in_its_base_unit():
    shop = stocked(3)
    page = browse_cards(shop.store, filters={"width": ["405..415"]})
    assert [tile.title for tile in page.tiles] == ["Chair 1"]
    width = next(facet for facet in page.facets if facet.code == "width")
    assert (width.low, width.high, width.unit) == ("400", "420", "mm")


def test_search_finds_beginnings_of_words_and_every_word_must_match():
    shop = catalogue.build()
    shop.add_card("Oak table lamp")
    shop.add_card("Oak chair")
    catalogue.refresh()
    assert [tile.title for tile in browse_cards(shop.store, query="lam oak").tiles] == ["Oak table lamp"]
    assert browse_cards(shop.store, query="oak").total == 2
    assert browse_cards(shop.store, query="!!! \"'").total == 0
    assert browse_cards(shop.store, query="steel").total == 0


@pytest.mark.parametrize(
    ("sort", "titles"),
    [
        ("price", ["Cheap", "Dear"]),
        ("-price", ["Dear", "Cheap"]),
        ("title", ["Cheap", "Dear"]),
        ("newest", ["Dear", "Cheap"]),
        ("nonsense", ["Dear", "Cheap"]),
    ],
)
def test_lists_sort_as_asked(sort, titles):
    shop = catalogue.build()
    shop.sell(shop.add_card("Cheap"), 100)
    shop.sell(shop.add_card("Dear"), 900)
    catalogue.refresh()
    assert [tile.title for tile in browse_cards(shop.store, sort=sort).tiles] == titles


def test_a_category_holds_what_lies_below_it_and_counts_its_children():
    shop = stocked(2)
    tree = get_tree()
    page = browse_cards(shop.store, category=tree.by_ref[shop.furniture.ref])
    assert page.total == 2
    assert [(item.name, item.path, item.count) for item in page.categories] == [
        ("Chairs", "furniture/chairs", 2)
    ]


def test_what_stands_around_very_many_cards_is_counted_once_a_minute(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(large_lists, "LARGE", 2)
    shop = stocked(3)
    category = get_tree().by_ref[shop.chairs.ref]
    first = browse_cards(shop.store, category=category)
    with django_assert_num_queries(1):
        again = browse_cards(shop.store, category=category, sort="-price")
    assert (again.total, again.facets, again.brands, again.categories) == (
        first.total, first.facets, first.brands, first.categories,
    )  # fmt: skip
    assert [tile.title for tile in again.tiles] == ["Chair 2", "Chair 1", "Chair 0"]
    # Another question, another answer; few cards are always counted anew.
    assert browse_cards(shop.store, category=category, filters={"colour": ["red"]}).total == 2
    shop.sell(shop.add_card("Chair 9", colour="red"), 1900)
    catalogue.refresh()
    assert browse_cards(shop.store, category=category, filters={"colour": ["red"]}).total == 3
    assert browse_cards(shop.store, category=category).total == 3
    cache.clear()
    assert browse_cards(shop.store, category=category).total == 4


def test_the_menu_speaks_the_language_of_the_view(django_assert_num_queries):
    shop = catalogue.build(language="de")
    list_category_menu(shop.store)
    with django_assert_num_queries(0):
        menu = list_category_menu(shop.store)
    assert [(node.name, node.path, [child.name for child in node.children]) for node in menu] == [
        ("Möbel", "furniture", ["Stühle"])
    ]


def test_nonsense_in_filters_is_ignored():
    shop = stocked(1)
    page = browse_cards(
        shop.store,
        filters={
            "width": ["abc..1"],
            "price": ["-..x"],
            "colour": ["no-such"],
            "no-such": ["1"],
            "stock": ["maybe"],
        },
        page=99,
    )
    assert (page.total, page.page, page.page_count) == (1, 1, 1)
