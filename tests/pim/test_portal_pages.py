"""The merchant's pages by HTTP: offers and own products; other merchants' things are not found."""

import pytest
from django.urls import reverse

from pim.models import Card, Offer, OfferPrice, PriceLog, Review
from pim.operations.reviews import reject_cards, submit_cards
from pim.selectors.category_tree import get_tree
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
        f"price-{one.offer_ref}": "12,50",
        f"quantity-{one.offer_ref}": "7",
        f"price-{two.offer_ref}": "20.00",
    }
    assert clerk.post(url("offer-quick"), data).status_code == 302
    assert OfferPrice.objects.get(offer_id=one.offer_id).amount_minor == 1250
    assert list(PriceLog.objects.order_by("pk").values_list("amount_minor", flat=True)) == [1000, 2000, 1250]
    for wrong, sentence in [
        ({f"price-{one.offer_ref}": "-1"}, "A price is above zero."),
        ({f"quantity-{one.offer_ref}": "some"}, "is not a quantity"),
    ]:
        assert sentence in text_of(clerk.post(url("offer-quick"), wrong, follow=True))
    assert OfferPrice.objects.get(offer_id=one.offer_id).amount_minor == 1250


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
    assert stranger.post(url("offer-quick"), {f"price-{made.offer_ref}": "1"}).status_code == 404
    assert OfferPrice.objects.get().amount_minor == 1000
    assert Offer.objects.get().state == "active"
