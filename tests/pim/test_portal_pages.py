"""The merchant's pages by HTTP: offers and own products; other merchants' things are not found."""

import pytest
from django.urls import reverse

from pim.models import Card, Offer, OfferPrice, PriceLog, Review
from pim.operations.reviews import reject_cards, submit_cards
from pim.selectors.category_tree import get_tree
from tests import pages
from tests.factories import mas, mms
from tests.pim import catalogue
from tests.pim.catalogue import SYSTEM

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"portal:pim-{name}", args=args)


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def shop():
    return catalogue.build()


@pytest.fixture
def clerk(client, shop):
    return mms.sign_in(client, mms.merchant_user(shop.merchant))


@pytest.fixture
def stranger(client, shop):
    return mms.sign_in(client, mms.merchant_user(mas.merchant()))


@pytest.mark.parametrize("name", ["offer-list", "card-list", "card-create"])
def test_every_page_opens_even_when_there_is_nothing_yet(clerk, name):
    assert clerk.get(url(name)).status_code == 200


@pytest.mark.parametrize("name", ["offer-list", "card-list"])
def test_a_list_costs_the_same_with_one_row_and_with_three(shop, clerk, name, django_assert_max_num_queries):
    shop.sell(shop.add_card("Chair"), 1000)
    clerk.get(url(name))
    with django_assert_max_num_queries(12) as first:
        clerk.get(url(name))
    for title in ("Table", "Lamp"):
        shop.sell(shop.add_card(title), 2000)
    with django_assert_max_num_queries(len(first)):
        assert "Lamp" in text_of(clerk.get(url(name)))


def test_prices_and_stock_change_from_the_list(shop, clerk):
    one, two = shop.sell(shop.add_card("Chair"), 1000), shop.sell(shop.add_card("Table"), 2000)
    page = text_of(clerk.get(url("offer-list")))
    assert f'form="pim-quick" class="bo-input" id="price-{one.offer_ref}"' in page
    data = {
        "quick": "1",
        f"price-{one.offer_ref}": "12,50",
        f"quantity-{one.offer_ref}": "7",
        f"price-{two.offer_ref}": "20.00",
    }
    assert clerk.post(url("offer-list"), data).status_code == 302
    assert OfferPrice.objects.get(offer_id=one.offer_id).amount_minor == 1250
    assert list(PriceLog.objects.order_by("pk").values_list("amount_minor", flat=True)) == [1000, 2000, 1250]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"price": "-1"}, "A price is above zero."),
        ({"price": "cheap"}, "is not an amount"),
        ({"price": "1.23456"}, "has more decimals than EUR allows"),
        ({"quantity": "some"}, "is not a quantity"),
        ({"quantity": "-4"}, "is not a quantity"),
    ],
)
def test_a_wrong_row_of_the_list_says_why_keeps_what_was_typed_and_holds_nobody_up(
    shop, clerk, wrong, sentence
):
    one, two = shop.sell(shop.add_card("Chair"), 1000), shop.sell(shop.add_card("Table"), 2000)
    typed = {f"{name}-{one.offer_ref}": text for name, text in wrong.items()}
    answer = clerk.post(url("offer-list"), {"quick": "1", f"price-{two.offer_ref}": "21.00", **typed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    for name, text in typed.items():
        assert f'name="{name}"' in page
        assert f'value="{text}"' in page
    prices = dict(OfferPrice.objects.values_list("offer_id", "amount_minor"))
    assert prices == {one.offer_id: 1000, two.offer_id: 2100}


def test_a_price_that_somebody_changed_meanwhile_is_not_overwritten_unseen(shop, clerk):
    one, two = shop.sell(shop.add_card("Chair"), 1000), shop.sell(shop.add_card("Table"), 2000)
    shown = {"quick": "1"}
    for made, price in ((one, "10.00"), (two, "20.00")):
        shown |= {f"price-{made.offer_ref}": price, f"shown-{made.offer_ref}": price}
    OfferPrice.objects.update(amount_minor=1500)
    # The row nobody touched stays as somebody else left it; the other one asks.
    answer = clerk.post(url("offer-list"), shown | {f"price-{one.offer_ref}": "12.00"})
    assert answer.status_code == 422
    assert "Somebody changed this price to €15.00 meanwhile" in answer.content.decode()
    assert set(OfferPrice.objects.values_list("amount_minor", flat=True)) == {1500}
    seen = {f"price-{one.offer_ref}": "12.00", f"shown-{one.offer_ref}": "15.00"}
    assert clerk.post(url("offer-list"), shown | seen).status_code == 302
    prices = dict(OfferPrice.objects.values_list("offer_id", "amount_minor"))
    assert prices == {one.offer_id: 1200, two.offer_id: 1500}


def test_an_offer_is_edited_paused_and_resumed(shop, clerk):
    made = shop.sell(shop.add_card("Chair"), 1000)
    data = {
        "price": "9.00", "list_price": "12.00", "tiers": "10: 8.50\n20: 8", "condition": "new", "lead_time_days": "3",
        "min_quantity": "1", "max_quantity": "", "pack_size": "1", "quantity": "",
    }  # fmt: skip
    assert clerk.post(url("offer-edit", made.offer_ref), data).status_code == 302
    prices = OfferPrice.objects.filter(offer_id=made.offer_id).order_by("min_quantity")
    assert list(prices.values_list("min_quantity", "amount_minor", "list_amount_minor")) == [
        (1, 900, 1200),
        (10, 850, None),
        (20, 800, None),
    ]
    wrong = clerk.post(url("offer-edit", made.offer_ref), {**data, "list_price": "5.00"})
    assert wrong.status_code == 422
    assert "The struck price must be above the price." in text_of(wrong)
    for name, state in [("offer-pause", "paused"), ("offer-resume", "active"), ("offer-remove", "removed")]:
        assert clerk.post(url(name, made.offer_ref)).status_code == 302
        assert Offer.objects.get(pk=made.offer_id).state == state


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "-1"), ("price", "0"), ("price", "1200.12345"), ("price", "12.5"), ("price", "cheap"),
        ("price", "9" * 40), ("list_price", "1.5"), ("tiers", "ten: 9"), ("tiers", "10: 0.5"), ("quantity", "-1"),
        ("quantity", "9" * 40), ("lead_time_days", "400"), ("min_quantity", "0"), ("pack_size", "x"),
        ("condition", "broken"), ("max_quantity", "0"),
    ],
)  # fmt: skip
def test_a_wrong_term_of_an_offer_in_yen_is_told_at_its_field_and_kept(shop, clerk, field, value):
    made = shop.sell(shop.add_card("Chair"), 1000)
    OfferPrice.objects.update(currency="JPY")
    answer = pages.send(clerk, url("offer-edit", made.offer_ref), **{field: value})
    pages.assert_refused(answer, field)
    if field != "condition":
        assert dict(pages.form_of(answer).form_values())[field].strip() == value
    assert OfferPrice.objects.get().amount_minor == 1000


def test_an_offer_page_shows_prices_and_why_it_is_not_on_sale(shop, clerk):
    made = shop.sell(shop.add_card("Chair"), 1000, quantity=0)
    page = text_of(clerk.get(url("offer-detail", made.offer_ref)))
    assert "Out of stock" in page
    assert "10.00" in page


def test_a_discount_names_the_lowest_price_of_the_last_days(shop, clerk):
    made = shop.sell(shop.add_card("Chair"), 1000)
    data = {"price": "8.00", "valid_from": "2030-01-01T00:00", "valid_to": ""}
    assert clerk.post(url("offer-discount", made.offer_ref), data).status_code == 302
    price = OfferPrice.objects.get(offer_id=made.offer_id, valid_from__isnull=False)
    assert (price.amount_minor, price.list_amount_minor) == (800, 1000)


def product(**changes):
    tree = get_tree()
    return {
        "title": "Oak bench",
        "colour": "red",
        "width": "120 cm",
        "_category": tree.by_code["chairs"].ref,
        "_gtin": "4006381333931",
        "_sku": "BENCH-1",
        "_price": "99.00",
        "_quantity": "4",
        **changes,
    }


def test_a_product_is_created_by_hand_and_waits_for_review(shop, clerk):
    page = url("card-create_form", shop.family.code)
    assert clerk.get(page).status_code == 200
    assert clerk.post(page, product()).status_code == 302
    card = Card.objects.get()
    assert (card.state, card.title, card.contributed_by) == ("in_review", "Oak bench", shop.merchant)
    offer = Offer.objects.get()
    assert (offer.merchant_sku, offer.prices.get().amount_minor) == ("BENCH-1", 9900)
    assert Review.objects.get().merchant == shop.merchant


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "required"),
        ({"width": "wide"}, "needs a number and a unit"),
        ({"_gtin": "4006381333932"}, "check digit"),
        ({"_sku": ""}, "required"),
        ({"_price": "0"}, "at least"),
    ],
)
def test_a_product_with_something_wrong_is_not_created(shop, clerk, changes, sentence):
    answer = clerk.post(url("card-create_form", shop.family.code), product(**changes))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert (Card.objects.count(), Offer.objects.count()) == (0, 0)


def test_a_gtin_of_the_catalogue_is_named(shop, clerk):
    clerk.post(url("card-create_form", shop.family.code), product())
    answer = clerk.post(url("card-create_form", shop.family.code), product(_sku="OTHER"))
    assert answer.status_code == 422
    assert "already in the catalogue as Oak bench" in text_of(answer)


def test_a_rejected_product_shows_why_is_mended_and_sent_again(shop, clerk):
    clerk.post(url("card-create_form", shop.family.code), product())
    card = Card.objects.get()
    reject_cards([card.pk], reason="wrong_values", note="Name the wood", actor=SYSTEM)
    page = url("card-detail", card.ref)
    assert "Name the wood" in text_of(clerk.get(page))
    data = {"title": "Solid oak bench", "colour": "red", "width": "120 cm"}
    assert clerk.post(url("card-edit", card.ref), data).status_code == 302
    assert clerk.post(url("card-submit", card.ref)).status_code == 302
    card.refresh_from_db()
    assert (card.state, card.title) == ("in_review", "Solid oak bench")


def test_strangers_find_nothing_and_change_nothing(shop, stranger):
    card = shop.add_card("Chair", is_published=False)
    submit_cards([card.pk], actor=SYSTEM)
    made = shop.sell(card, 1000)
    for name, ref in [
        ("offer-detail", made.offer_ref),
        ("offer-edit", made.offer_ref),
        ("offer-discount", made.offer_ref),
        ("card-detail", card.ref),
        ("card-edit", card.ref),
    ]:
        assert stranger.get(url(name, ref)).status_code == 404
    for name, ref in [("offer-remove", made.offer_ref), ("card-submit", card.ref)]:
        assert stranger.post(url(name, ref)).status_code == 404
    assert stranger.post(url("offer-list"), {"quick": "1", f"price-{made.offer_ref}": "1"}).status_code == 404
    assert OfferPrice.objects.get().amount_minor == 1000
    assert Offer.objects.get().state == "active"
