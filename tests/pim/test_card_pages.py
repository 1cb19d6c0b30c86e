from uuid import uuid4

import pytest

from pim.errors import CardMoved, CardNotFound
from pim.models import AssetLink, Slug
from pim.operations.cards import CardDraft, create_card
from pim.operations.change_sets import open_change_set
from pim.operations.reviews import hide_card, publish_cards
from pim.selectors.catalogue import get_card_page, list_offers_of_card
from pim.selectors.layers import Layer
from tests.factories import mas, mms
from tests.pim import catalogue
from tests.pim.catalogue import SYSTEM

pytestmark = pytest.mark.django_db
CARD_PAGE_STATEMENTS = 8


def test_a_page_shows_values_offers_and_the_way_to_it(django_assert_max_num_queries):
    shop = catalogue.build()
    card = shop.add_card("Oak chair", description="<p>Solid</p><script>alert(1)</script>")
    AssetLink.objects.create(card=card, asset_uuid=uuid4())
    slow = shop.sell(card, 1000, lead_time_days=9)
    quick = shop.sell(card, 1050, merchant=mas.merchant(), lead_time_days=1)
    catalogue.refresh()
    get_card_page(shop.store, "oak-chair")
    with django_assert_max_num_queries(CARD_PAGE_STATEMENTS):
        page = get_card_page(shop.store, "oak-chair")
    assert (page.title, page.description) == ("Oak chair", "<p>Solid</p>")
    assert [(crumb.name, crumb.path) for crumb in page.breadcrumbs] == [
        ("Furniture", "furniture"),
        ("Chairs", "furniture/chairs"),
    ]
    assert page.attributes[0].lines == (("Colour", "Red"), ("Width", "40 cm"))
    assert len(page.gallery) == 1
    # A day of waiting weighs one percent of the price.
    assert [offer.offer_ref for offer in page.offers] == [quick.offer_ref, slow.offer_ref]
    assert page.featured is not None
    assert page.featured.offer_ref == quick.offer_ref
    assert [offer.offer_ref for offer in list_offers_of_card(card.pk, shop.store)] == [
        quick.offer_ref,
        slow.offer_ref,
    ]


def test_a_view_reads_through_scopes_and_languages():
    shop = catalogue.build(language="de")
    english = mms.store_context(language="en")
    card = shop.add_card("Chair", translations={"de": "Stuhl"})
    own = Layer(shop.store.scope_path[-1], "de")
    from pim.operations.values import set_values

    set_values(
        card,
        own,
        {"title": "Stuhl im Angebot"},
        actor=SYSTEM,
        change_set=open_change_set(SYSTEM, source="form"),
    )
    catalogue.refresh()
    slug = Slug.objects.get(view_id=shop.store.view_id, card=card).slug
    assert get_card_page(shop.store, slug).title == "Stuhl im Angebot"
    slug = Slug.objects.get(view_id=english.view_id, card=card).slug
    assert get_card_page(english, slug).title == "Chair"


def test_measures_are_shown_in_the_units_the_country_reads():
    shop = catalogue.build()
    shop.add_card("Chair", width="50.8 cm")
    us = mms.store_context(mms.store(country="US"), currency="USD")
    catalogue.refresh()
    lines = dict(get_card_page(us, "chair").attributes[0].lines)
    assert lines["Width"] == "20 in"


def test_a_hidden_card_is_not_found_and_a_former_address_leads_to_the_new_one():
    shop = catalogue.build()
    card = shop.add_card("Chair")
    Slug.objects.filter(card=card).update(is_current=False)
    Slug.objects.create(card=card, view_id=shop.store.view_id, slug="better-chair")
    with pytest.raises(CardMoved) as moved:
        get_card_page(shop.store, "chair")
    assert moved.value.params == {"slug": "better-chair"}
    hide_card(card.ref, actor=SYSTEM)
    with pytest.raises(CardNotFound):
        get_card_page(shop.store, "better-chair")
    with pytest.raises(CardNotFound):
        get_card_page(shop.store, "never-was")


def test_variants_are_chosen_by_their_axes():
    shop = catalogue.build()
    change_set = open_change_set(SYSTEM, source="form")
    parent = create_card(
        CardDraft(
            family_id=shop.family.pk,
            kind="parent",
            values={Layer(): {"title": "Chair"}},
            category_ids=(shop.chairs.pk,),
        ),
        actor=SYSTEM,
        change_set=change_set,
    )
    red, blue = (
        create_card(
            CardDraft(
                family_id=shop.family.pk,
                parent_id=parent.pk,
                values={Layer(): {"colour": colour, "width": "40 cm"}},
            ),
            actor=SYSTEM,
            change_set=change_set,
        )
        for colour in ("red", "blue")
    )
    publish_cards([red.pk, blue.pk], actor=SYSTEM)
    shop.sell(blue, 900)
    catalogue.refresh()
    page = get_card_page(shop.store, "chair")
    assert (page.title, page.chosen_ref) == ("Chair", blue.ref)
    assert [
        (choice.label, choice.variant_ref, choice.is_chosen, choice.is_buyable)
        for choice in page.axes[0].choices
    ] == [
        ("Red", red.ref, False, False),
        ("Blue", blue.ref, True, True),
    ]
    chosen = get_card_page(shop.store, "chair", variant=red.ref)
    assert (chosen.chosen_ref, chosen.featured) == (red.ref, None)
    from pim.selectors.catalogue import browse_cards

    tiles = browse_cards(shop.store, filters={"colour": ["blue"]}).tiles
    assert [(tile.title, tile.variant_count, tile.price_from_minor) for tile in tiles] == [("Chair", 2, 900)]
