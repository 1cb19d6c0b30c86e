"""The search boxes of the shells."""

import pytest

from pim.operations.identifiers import read_identifier
from pim.permissions import VIEW_OFFERS
from pim.search import find_cards, find_offers
from tests.factories import actors
from tests.pim import catalogue

pytestmark = pytest.mark.django_db


def test_operators_find_cards_by_title_ref_and_number():
    shop = catalogue.build()
    card = shop.add_card("Oak chair", identifiers=(read_identifier("gtin", "4006381333931"),))
    shop.add_card("Table")
    for text in ("oak", card.ref.lower(), "4006381333931"):
        assert [hit.title for hit in find_cards(text, actors.operator_actor())] == ["Oak chair"]
    assert list(find_cards("nothing", actors.operator_actor())) == []


def test_merchants_find_their_own_offers_only():
    shop = catalogue.build()
    made = shop.sell(shop.add_card("Oak chair"), 1000)
    own = actors.merchant_actor(shop.merchant.pk, VIEW_OFFERS)
    for text in ("oak", made.offer_ref, made.merchant_sku):
        assert len(list(find_offers(text, own))) == 1
    assert list(find_offers("oak", actors.stranger_actor(VIEW_OFFERS))) == []
