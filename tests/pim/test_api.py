"""Programs: cards and rates for the operator, offers for merchants, catalogue for shop fronts."""

import json

import pytest

from backoffice.kernel import clock
from pim.models import Card, Offer, OfferPrice, Rate, Review
from pim.operations.identifiers import read_identifier
from pim.operations.reviews import publish_cards, submit_cards
from pim.permissions import (
    CONTRIBUTE_CARDS,
    EDIT_CARDS,
    EDIT_OFFERS,
    EDIT_RATES,
    REVIEW_CARDS,
    VIEW_CATALOGUE,
    VIEW_OFFERS,
)
from tests.factories import mas
from tests.pim import catalogue
from tests.pim.catalogue import SYSTEM

pytestmark = pytest.mark.django_db
OPERATOR, MERCHANT, SHOP = "/api/operator/v1", "/api/merchant/v1", "/api/storefront/v1"
GTIN = "4006381333931"


def send(client, method, path, body=None, **headers):
    return getattr(client, method)(
        path, data=json.dumps(body or {}), content_type="application/json", headers=headers
    )


@pytest.fixture
def shop():
    return catalogue.build()


def test_a_card_is_made_changed_and_read_as_of_a_moment(shop, operator_client):
    client = operator_client(VIEW_CATALOGUE, EDIT_CARDS)
    body = {"family": "chairs", "values": {"title": "Chair"}, "gtin": GTIN, "categories": [shop.chairs.ref]}
    made = send(client, "post", f"{OPERATOR}/cards", body, **{"Idempotency-Key": "one"})
    assert made.status_code == 201
    again = send(client, "post", f"{OPERATOR}/cards", body, **{"Idempotency-Key": "one"})
    assert again.json() == made.json()
    card = made.json()
    assert (card["state"], card["identifiers"], card["categories"]) == (
        "draft",
        [{"type": "gtin", "value": GTIN}],
        [shop.chairs.ref],
    )
    moment = clock.now().isoformat()
    path = f"{OPERATOR}/cards/{card['ref']}"
    changed = send(
        client, "patch", f"{path}/values", {"values": {"title": "Stool", "colour": "red"}, "version": 1}
    ).json()
    assert changed["layers"] == [
        {"scope": "global", "locale": "", "values": {"title": "Stool", "colour": "red"}}
    ]
    stale = send(client, "patch", f"{path}/values", {"values": {"title": "Bench"}, "version": 1})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale_card")
    past = client.get(path, {"as_of": moment}).json()
    assert past["layers"][0]["values"] == {"title": "Chair"}
    emptied = send(client, "patch", f"{path}/values", {"inherit": ["colour"]}).json()
    assert emptied["layers"][0]["values"] == {"title": "Stool"}


def test_a_value_that_does_not_fit_is_named_by_field(shop, operator_client):
    card = shop.add_card("Chair")
    client = operator_client(VIEW_CATALOGUE, EDIT_CARDS)
    answer = send(client, "patch", f"{OPERATOR}/cards/{card.ref}/values", {"values": {"width": "wide"}})
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == ["width"]
    unknown = send(client, "patch", f"{OPERATOR}/cards/{card.ref}/values", {"scope": "moon", "values": {}})
    assert list(unknown.json()["error"]["fields"]) == ["scope"]


def test_the_queue_is_read_and_answered(shop, operator_client):
    cards = [shop.add_card(f"Chair {index}", is_published=False) for index in range(2)]
    submit_cards([card.pk for card in cards], actor=SYSTEM)
    client = operator_client(VIEW_CATALOGUE, REVIEW_CARDS)
    items = client.get(f"{OPERATOR}/reviews").json()["items"]
    assert [item["title"] for item in items] == ["Chair 1", "Chair 0"]
    assert send(client, "put", f"{OPERATOR}/published-cards", {"refs": [cards[0].ref]}).json() == {"count": 1}
    body = {"refs": [cards[1].ref], "reason": "pictures", "note": "Too dark"}
    assert send(client, "put", f"{OPERATOR}/rejected-cards", body).json() == {"count": 1}
    assert send(client, "put", f"{OPERATOR}/published-cards", {"refs": ["CRD-NOTHING"]}).status_code == 404
    assert sorted(Card.objects.values_list("state", flat=True)) == ["published", "rejected"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_cards_costs_the_same_whatever_its_length(
    shop, operator_client, rows, django_assert_num_queries
):
    for index in range(rows):
        shop.add_card(f"Chair {index}")
    client = operator_client(VIEW_CATALOGUE)
    client.get(f"{OPERATOR}/cards")
    with django_assert_num_queries(3):
        assert len(client.get(f"{OPERATOR}/cards").json()["items"]) == rows


def test_categories_and_rates(shop, operator_client):
    client = operator_client(VIEW_CATALOGUE, EDIT_RATES)
    items = client.get(f"{OPERATOR}/categories").json()["items"]
    assert [(item["code"], item["parent_ref"]) for item in items] == [
        ("furniture", ""),
        ("chairs", shop.furniture.ref),
    ]
    body = {"base": "SAR", "quote": "EUR", "on": "2026-11-01", "value": "0.2452"}
    answer = send(client, "post", f"{OPERATOR}/rates", body, **{"Idempotency-Key": "one"})
    assert (answer.status_code, answer.json()["source"]) == (201, "manual")
    assert Rate.objects.count() == 1


def test_offers_are_stated_in_bulk_with_an_outcome_each(shop, merchant_client):
    card = shop.add_card("Chair", identifiers=(read_identifier("gtin", GTIN),))
    merchant = mas.merchant()
    client = merchant_client(merchant.pk, VIEW_OFFERS, EDIT_OFFERS)
    body = {
        "items": [
            {"merchant_sku": "A", "gtin": GTIN, "price": "12.50", "currency": "EUR", "quantity": 3},
            {"merchant_sku": "B", "card_ref": card.ref, "price": "9", "currency": "EUR"},
            {"merchant_sku": "C", "price": "9", "currency": "EUR"},
            {"merchant_sku": "D", "gtin": "4006381333932"},
            {"merchant_sku": "E", "card_ref": "CRD-NOTHING"},
            {"merchant_sku": "F", "card_ref": card.ref, "price": "9.999", "currency": "EUR"},
            {"merchant_sku": "A", "price": "1", "currency": "EUR"},
        ]
    }
    answer = send(client, "put", f"{MERCHANT}/offers", body).json()["items"]
    assert [(item["merchant_sku"], item["outcome"], item["field"]) for item in answer] == [
        ("A", "created", ""),
        ("B", "created", ""),
        ("C", "refused", "merchant_sku"),
        ("D", "refused", "gtin"),
        ("E", "refused", "card_ref"),
        ("F", "refused", "price"),
        ("A", "refused", "merchant_sku"),
    ]
    assert all(item["error"] for item in answer[2:])
    assert list(OfferPrice.objects.order_by("pk").values_list("amount_minor", flat=True)) == [1250, 900]
    again = send(
        client,
        "put",
        f"{MERCHANT}/offers",
        {"items": [{"merchant_sku": "A", "price": "12.5", "currency": "EUR"}]},
    )
    assert [item["outcome"] for item in again.json()["items"]] == ["unchanged"]


def test_a_merchant_reads_and_moves_its_own_offers_only(shop, merchant_client):
    made = shop.sell(shop.add_card("Chair"), 1000)
    own = merchant_client(shop.merchant.pk, VIEW_OFFERS, EDIT_OFFERS)
    other = merchant_client(mas.merchant().pk, VIEW_OFFERS, EDIT_OFFERS)
    [item] = own.get(f"{MERCHANT}/offers").json()["items"]
    assert (item["ref"], item["price"], item["reason"]) == (made.offer_ref, "10.00", "")
    assert (
        send(own, "put", f"{MERCHANT}/offers/{made.offer_ref}/state", {"state": "paused"}).json()["state"]
        == "paused"
    )
    assert send(own, "put", f"{MERCHANT}/offers/{made.offer_ref}/state", {"state": "gone"}).status_code == 422
    assert other.get(f"{MERCHANT}/offers").json()["items"] == []
    assert other.get(f"{MERCHANT}/offers/{made.offer_ref}").status_code == 404
    assert (
        send(other, "put", f"{MERCHANT}/offers/{made.offer_ref}/state", {"state": "active"}).status_code
        == 404
    )
    assert Offer.objects.get().state == "paused"


def test_a_merchant_reads_published_and_own_cards(shop, merchant_client):
    hidden = shop.add_card("Secret", is_published=False)
    submit_cards([hidden.pk], actor=SYSTEM)
    open_card = shop.add_card("Chair")
    own = merchant_client(shop.merchant.pk, VIEW_OFFERS)
    other = merchant_client(mas.merchant().pk, VIEW_OFFERS)
    assert [own.get(f"{MERCHANT}/cards/{card.ref}").status_code for card in (hidden, open_card)] == [200, 200]
    assert [other.get(f"{MERCHANT}/cards/{card.ref}").status_code for card in (hidden, open_card)] == [
        404,
        200,
    ]
    assert len(own.get(f"{MERCHANT}/reviews").json()["items"]) == 2 - 1
    assert other.get(f"{MERCHANT}/reviews").json()["items"] == []
    assert len(own.get(f"{MERCHANT}/cards").json()["items"]) == 2


def test_a_shop_front_browses_and_opens_products(shop, storefront_client):
    made = shop.sell(shop.add_card("Oak chair"), 1000)
    catalogue.refresh()
    client = storefront_client(shop.store.view_code)
    [menu] = client.get(f"{SHOP}/categories").json()["items"]
    assert (menu["name"], menu["children"][0]["path"]) == ("Furniture", "furniture/chairs")
    page = client.get(
        f"{SHOP}/cards", {"q": "oak", "filter": ["colour:red", "price:5..20"], "sort": "price"}
    ).json()
    assert [(item["title"], item["price_from"]) for item in page["items"]] == [("Oak chair", "10.00")]
    assert page["total"] == 1
    product = client.get(f"{SHOP}/cards/oak-chair").json()
    assert (product["title"], product["breadcrumbs"]) == ("Oak chair", ["Furniture", "Chairs"])
    assert [(offer["ref"], offer["price"], offer["is_buyable"]) for offer in product["offers"]] == [
        (made.offer_ref, "10.00", True)
    ]
    assert client.get(f"{SHOP}/cards/nothing").status_code == 404


def test_a_merchant_changes_its_product_before_publication_and_proposes_afterwards(shop, merchant_client):
    client = merchant_client(shop.merchant.pk, CONTRIBUTE_CARDS, VIEW_OFFERS)
    draft = shop.add_card("Chair", is_published=False)
    Card.objects.update(contributed_by=shop.merchant)
    path = f"{MERCHANT}/cards/{draft.ref}/values"
    assert send(client, "patch", path, {"values": {"title": "Stool"}}).json()["outcome"] == "saved"
    assert send(client, "patch", path, {"values": {"title": "Stool"}}).json()["outcome"] == "unchanged"
    wrong = send(client, "patch", path, {"values": {"width": "wide"}})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "invalid_value")
    publish_cards([draft.pk], actor=SYSTEM)
    asked = send(client, "patch", path, {"values": {"title": "Bar stool"}}).json()
    assert asked["outcome"] == "proposed"
    draft.refresh_from_db()
    assert draft.title == "Stool"
    answer = client.get(f"{MERCHANT}/reviews/{asked['review_ref']}").json()
    assert [(line["attribute"], line["proposed"], line["state"]) for line in answer["lines"]] == [
        ("title", "Bar stool", "pending")
    ]


def test_a_merchant_proposes_nothing_for_products_of_others(shop, merchant_client):
    card = shop.add_card("Chair")
    client = merchant_client(mas.merchant().pk, CONTRIBUTE_CARDS, VIEW_OFFERS)
    answer = send(client, "patch", f"{MERCHANT}/cards/{card.ref}/values", {"values": {"title": "Mine"}})
    assert answer.status_code == 404
    assert Review.objects.count() == 0
