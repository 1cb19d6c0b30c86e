"""A marketplace multiplied keeps every promise, and no table that hangs on a copied one is forgotten."""

import pytest
from django.apps import apps

from backoffice.demo.generator import CannotMultiply, Wanted, multiply
from backoffice.demo.multiply.prototypes import take_samples
from backoffice.demo.multiply.tables import FAMILIES, LEFT_OUT
from backoffice.kernel.actors import buyer_actor
from backoffice.kernel.invariants import all_invariants
from billing.models import JournalEntry, JournalSeal
from mas.models import Merchant
from oms.models import MerchantOrder, Order, StockItem
from oms.operations.incidents import Report, open_incident_as_buyer
from pim.models import Card, CardIdentifier, Offer
from tests.journeys.worlds import open_town

OURS = ("mas", "pim", "oms", "billing")
pytestmark = pytest.mark.django_db


def _broken() -> dict[str, list[str]]:
    found = {item.code: list(item.check()) for item in all_invariants() if item.code.split(".")[0] in OURS}
    return {code: sentences for code, sentences in found.items() if sentences}


def test_a_multiplied_marketplace_has_the_wanted_size_and_keeps_every_promise():
    open_town()
    orders = Order.objects.count()
    entries = JournalEntry.objects.count()
    said: list[str] = []

    multiply(Wanted(merchants=12, cards=70, offers=150, orders=orders * 6 + 3), said.append)

    assert (Merchant.objects.count(), Card.objects.count()) == (12, 70)
    assert (Offer.objects.count(), Order.objects.count()) == (150, orders * 6 + 3)
    assert JournalEntry.objects.count() > 3 * entries
    assert not JournalSeal.objects.filter(seq=None).exists()
    assert MerchantOrder.objects.values("merchant").distinct().count() > 2
    assert CardIdentifier.objects.filter(type="gtin", value__startswith="2").exists()
    assert said[-1].startswith("listings: ")
    assert _broken() == {}


def test_a_copy_whose_number_is_the_ending_of_its_original_gets_a_ref_of_its_own():
    open_town()
    card, order = Card.objects.earliest("pk"), Order.objects.earliest("pk")
    Card.objects.filter(pk=card.pk).update(ref=f"{card.ref[:-4]}0003")
    Order.objects.filter(pk=order.pk).update(ref=f"{order.ref[:-4]}0001")
    cards, orders = Card.objects.count(), Order.objects.count()

    multiply(Wanted(merchants=0, cards=cards * 6, offers=0, orders=orders * 3), lambda _text: None)

    assert (Card.objects.count(), Order.objects.count()) == (cards * 6, orders * 3)
    assert Card.objects.filter(ref=f"{card.ref[:-4]}0000").count() == 1
    assert _broken() == {}


def test_copies_are_not_copied_again():
    open_town()
    cards = Card.objects.count()
    twice = Wanted(merchants=0, cards=cards * 2, offers=0, orders=0)
    multiply(twice, lambda _text: None)
    multiply(twice, lambda _text: None)

    with pytest.raises(CannotMultiply, match="multiplied before"):
        multiply(Wanted(merchants=0, cards=cards * 3, offers=0, orders=0), lambda _text: None)
    assert Card.objects.count() == cards * 2


def test_a_purchase_with_a_problem_is_not_copied():
    open_town()
    part = MerchantOrder.objects.filter(state="received", order__merchant_orders__position=1).earliest("pk")
    open_incident_as_buyer(part.order_id, part.position, 1, Report("damaged"), actor=buyer_actor("Berta"))
    orders = Order.objects.count()

    multiply(Wanted(merchants=0, cards=0, offers=0, orders=orders * 3), lambda _text: None)

    assert Order.objects.count() == orders * 3
    # Its time limit waits for the problem; a copy's would wait for nothing.
    assert _broken() == {}


def test_more_orders_than_offers_find_their_pieces_in_stock():
    open_town()
    orders = Order.objects.count()

    multiply(Wanted(merchants=0, cards=0, offers=0, orders=orders * 20), lambda _text: None)

    assert Order.objects.count() == orders * 20
    assert (
        StockItem.objects.filter(reserved__gt=20).exists()
        or StockItem.objects.filter(on_hand__gte=20).exists()
    )
    assert _broken() == {}


def test_what_is_there_already_is_left_alone():
    open_town()
    before = Order.objects.count(), Offer.objects.count()

    multiply(Wanted(merchants=1, cards=1, offers=1, orders=1), lambda _text: None)

    assert (Order.objects.count(), Offer.objects.count()) == before


def test_an_empty_marketplace_has_nothing_to_copy():
    with pytest.raises(CannotMultiply, match="merchant"):
        multiply(Wanted(merchants=5, cards=0, offers=0, orders=0), lambda _text: None)


def test_every_table_that_hangs_on_a_copied_one_is_copied_or_left_out_for_a_reason():
    copied = {found.table.model for sample in take_samples().values() for found in sample.tables}
    assert {table.model for family in FAMILIES for table in family.tables} <= copied
    hanging = {
        model._meta.label
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
        if field.is_relation and field.related_model in copied and model not in copied
    }
    assert hanging == set(LEFT_OUT)
