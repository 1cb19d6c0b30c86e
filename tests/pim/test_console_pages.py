"""The operator's pages by HTTP: lists, cards, review, structure, rates; and how many statements lists cost."""

import pytest
from django.urls import reverse

from backoffice.kernel import clock
from pim.models import (
    Attribute,
    Brand,
    Card,
    CardIdentifier,
    Category,
    Change,
    ChangeSet,
    ConversionRule,
    Family,
    Rate,
    Review,
)
from pim.operations.reviews import submit_cards
from tests.factories import mms, pim
from tests.pim import catalogue
from tests.pim.catalogue import SYSTEM

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"console:pim-{name}", args=args)


@pytest.fixture
def staff(client):
    return mms.sign_in(client, mms.operator_user())


def text_of(answer) -> str:
    return answer.content.decode()


LISTS = ["review-list", "card-list", "family-list", "attribute-list", "brand-list", "rate-list", "unit-list"]
PLAIN = [
    *LISTS,
    "category-list",
    "family-create",
    "attribute-create",
    "category-create",
    "brand-create",
    "rate-create",
    "rate-load",
    "conversion_rule-edit",
]


@pytest.mark.parametrize("name", PLAIN)
def test_every_page_opens_even_when_there_is_nothing_yet(staff, name):
    assert staff.get(url(name)).status_code == 200


def waiting(shop: catalogue.Catalogue, title: str) -> Card:
    card = shop.add_card(title, is_published=False)
    submit_cards([card.pk], actor=SYSTEM)
    return card


def fill(number: int) -> catalogue.Catalogue:
    shop = catalogue.build()
    for index in range(number):
        card = waiting(shop, f"Chair {index}")
        shop.sell(card, 1000)
        pim.brand()
        pim.family()
        Rate.objects.create(
            source="manual", base="EUR", quote=["USD", "GBP", "CHF"][index], on=clock.today(), value="2"
        )
    return shop


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_one_row_and_with_three(staff, name, django_assert_max_num_queries):
    shop = fill(1)
    staff.get(url(name))
    with django_assert_max_num_queries(12) as first:
        staff.get(url(name))
    for index in range(2):
        shop.sell(waiting(shop, f"More {index}"), 900)
        pim.brand()
    with django_assert_max_num_queries(len(first)):
        assert staff.get(url(name)).status_code == 200


def test_products_are_accepted_from_the_queue_in_bulk(staff):
    shop = fill(2)
    page = staff.get(url("review-list"), {"state": "open"})
    assert "Chair 0" in text_of(page)
    refs = list(Review.objects.values_list("ref", flat=True))
    answer = staff.post(url("review-list"), {"bulk": "accept", "selected": refs}, follow=True)
    assert "2 products published." in text_of(answer)
    assert {card.state for card in Card.objects.filter(pk__in=[card.pk for card in shop.cards])} == {
        "published"
    }


def test_a_product_is_rejected_with_a_reason_or_not_at_all(staff):
    fill(1)
    review = Review.objects.get()
    page = url("review-reject", review.ref)
    assert staff.post(page, {"reason": "other", "note": ""}).status_code == 422
    assert Card.objects.get().state == "in_review"
    assert staff.post(page, {"reason": "pictures", "note": "Too dark"}).status_code == 302
    review.refresh_from_db()
    assert (review.state, review.reason, review.note) == ("rejected", "pictures", "Too dark")


def test_the_review_page_shows_values_and_accepts(staff):
    fill(1)
    review = Review.objects.get()
    page = text_of(staff.get(url("review-detail", review.ref)))
    assert "Chair 0" in page
    assert "Red" in page
    assert staff.post(url("review-accept", review.ref)).status_code == 302
    assert Card.objects.get().state == "published"


def test_a_card_page_shows_where_values_come_from_and_puts_one_back(staff):
    shop = catalogue.build()
    card = shop.add_card("Chair")
    page = text_of(staff.get(url("card-detail", card.ref), {"view": shop.store.view_code}))
    assert "Global · any language" in page
    form = staff.get(url("card-edit", card.ref))
    data = {"title": "Better chair", "colour": "blue", "width": "40 cm", "form_version": str(card.version)}
    assert staff.post(form.request["PATH_INFO"], data).status_code == 302
    card.refresh_from_db()
    assert card.title == "Better chair"
    change = Change.objects.filter(card=card).latest("pk")
    assert change.patch == {"title": ["Chair", "Better chair"], "colour": ["red", "blue"]}
    assert staff.post(url("change-revert", card.ref, change.pk, "title")).status_code == 302
    card.refresh_from_db()
    assert card.title == "Chair"
    last = ChangeSet.objects.filter(changes=change).get()
    answer = staff.post(url("change_set-undo", last.ref), follow=True)
    assert "1 values put back" in text_of(answer)
    assert "title" in text_of(answer)


def test_a_value_that_does_not_fit_is_named_at_its_field_and_kept(staff):
    shop = catalogue.build()
    card = shop.add_card("Chair")
    answer = staff.post(url("card-edit", card.ref), {"title": "Chair", "colour": "red", "width": "wide"})
    assert answer.status_code == 422
    assert "needs a number and a unit" in text_of(answer)
    assert 'value="wide"' in text_of(answer)


def test_a_language_has_a_layer_of_its_own(staff):
    shop = catalogue.build()
    card = shop.add_card("Chair")
    page = f"{url('card-edit', card.ref)}?locale=de"
    assert "colour" not in staff.get(page).context["form"].fields
    assert staff.post(page, {"title": "Stuhl"}).status_code == 302
    assert card.layers.get(locale="de").values == {"title": "Stuhl"}


def test_cards_are_found_by_filters(staff):
    shop = fill(1)
    shop.add_card("Table")
    assert "Table" in text_of(staff.get(url("card-list"), {"state": "published"}))
    assert "Chair 0" not in text_of(staff.get(url("card-list"), {"state": "published"}))
    assert "Chair 0" in text_of(staff.get(url("card-list"), {"category": shop.furniture.ref, "q": "chair"}))


def test_a_card_is_hidden_shown_again_and_archived(staff):
    shop = catalogue.build()
    card = shop.add_card("Chair")
    for name, state in [("card-hide", "hidden"), ("card-publish", "published"), ("card-archive", "archived")]:
        assert staff.post(url(name, card.ref)).status_code == 302
        assert Card.objects.get(pk=card.pk).state == state


def test_a_card_gets_numbers_and_places(staff):
    shop = catalogue.build()
    card = shop.add_card("Chair")
    page = url("identifier-create", card.ref)
    assert staff.post(page, {"type": "gtin", "value": "4006381333932"}).status_code == 422
    assert staff.post(page, {"type": "gtin", "value": "4006381333931"}).status_code == 302
    assert CardIdentifier.objects.get(card=card).value_norm == "04006381333931"
    assert staff.post(url("card-place", card.ref), {"main": shop.furniture.ref}).status_code == 302
    assert card.placements.get().category == shop.furniture


def test_structure_is_made_by_forms(staff):
    data = {
        "name_en": "Material",
        "code": "material",
        "type": "select",
        "lowest_level": "view",
        "is_filterable": "on",
    }
    data["options"] = "oak | Oak | Eiche | massive oak\npine"
    assert staff.post(url("attribute-create"), data).status_code == 302
    material = Attribute.objects.get(code="material")
    assert list(material.options.values_list("code", "aliases")) == [("oak", ["massive oak"]), ("pine", [])]
    data = {"name_en": "Tables", "code": "tables", "tax_class": "standard", "members": "title*\nmaterial*#\n"}
    assert staff.post(url("family-create"), data).status_code == 302
    family = Family.objects.get(code="tables")
    assert list(family.members.values_list("attribute__code", "is_required", "is_axis")) == [
        ("title", True, False),
        ("material", True, True),
    ]
    assert staff.post(url("family-create"), {**data, "members": "no-such"}).status_code == 422
    assert staff.get(url("family-edit", "tables")).status_code == 200
    assert staff.get(url("attribute-edit", "material")).status_code == 200
    assert staff.get(url("family-edit", "nothing")).status_code == 404


def test_categories_are_added_moved_and_deleted_when_empty(staff):
    assert staff.post(url("category-create"), {"name_en": "Home", "is_visible": "on"}).status_code == 302
    home = Category.objects.get()
    assert (
        staff.post(url("category-add", home.ref), {"name_en": "Garden", "is_visible": "on"}).status_code
        == 302
    )
    garden = Category.objects.get(code="garden")
    assert staff.post(url("category-add", home.ref), {"name_en": "Garden"}).status_code == 422
    assert (
        staff.post(url("category-edit", garden.ref), {"name_en": "Gardens", "slug": "gardens"}).status_code
        == 302
    )
    assert staff.post(url("category-move", garden.ref), {"target": ""}).status_code == 302
    assert Category.objects.get(pk=garden.pk).depth == 1
    assert staff.get(url("category-list")).status_code == 200
    assert staff.post(url("category-delete", garden.ref)).status_code == 302
    assert list(Category.objects.all()) == [home]


def test_brands_keep_their_spellings(staff):
    assert staff.post(url("brand-create"), {"name": "Nord & Co", "aliases": "Nordco"}).status_code == 302
    brand = Brand.objects.get()
    assert set(brand.aliases.values_list("name_norm", flat=True)) == {"NORDCO"}
    assert staff.post(url("brand-create"), {"name": "NORD-CO", "aliases": ""}).status_code == 422
    assert staff.get(url("brand-edit", brand.ref)).status_code == 200


def test_rates_are_entered_and_rules_set(staff):
    data = {"base": "sar", "quote": "EUR", "value": "0.2452", "on": "2026-11-01"}
    assert staff.post(url("rate-create"), data).status_code == 302
    assert str(Rate.objects.get()) == "1 SAR = 0.2452 EUR (2026-11-01)"
    assert staff.post(url("rate-create"), {**data, "value": "much"}).status_code == 422
    rule = {"scope_id": "0", "margin_bps": "2.5", "rounding": "99", "is_enabled": "on"}
    assert staff.post(url("conversion_rule-edit"), rule).status_code == 302
    assert ConversionRule.objects.get().margin_bps == 250
    assert "2.5" in text_of(staff.get(url("rate-list")))


def test_support_looks_but_does_not_touch(client):
    shop = catalogue.build()
    card = shop.add_card("Chair")
    mms.sign_in(client, mms.operator_user("support"))
    assert client.get(url("card-detail", card.ref)).status_code == 200
    assert client.post(url("card-hide", card.ref)).status_code == 403
    assert client.get(url("card-edit", card.ref)).status_code == 403
    assert Card.objects.get(pk=card.pk).state == "published"
