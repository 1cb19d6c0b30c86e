"""Stating offers, prices and availability."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backoffice.kernel import clock, events
from backoffice.kernel.errors import PermissionRefused
from backoffice.kernel.models import OutboxEvent
from mas.operations.suspensions import reinstate_merchant, suspend_merchant
from pim.errors import OfferNotFound
from pim.events import OffersChanged, OffersStockStated
from pim.invariants import check_price_log
from pim.models import Offer, OfferPrice, PriceLog
from pim.operations.offers import Availability, OfferRow, set_offer_availability, state_offers
from pim.permissions import EDIT_OFFERS
from pim.selectors.offers import get_sellable_offers
from pim.selectors.price_history import lowest_prices_before
from tests.factories import actors, mas, mms, pim
from tests.pim.catalogue import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant():
    return mas.merchant()


@pytest.fixture
def clerk(merchant):
    return actors.merchant_actor(merchant.pk, EDIT_OFFERS)


def row(sku="A-1", **fields):
    return OfferRow(merchant_sku=sku, **fields)


def published(name):
    return list(OutboxEvent.objects.filter(name=name.name).order_by("pk").values_list("payload", flat=True))


def test_a_new_sku_becomes_an_offer_with_its_price_and_stock_is_announced(merchant, clerk):
    card = pim.card()
    stated = row(card_id=card.pk, price_minor=1250, currency="EUR", quantity=4)
    result = state_offers([stated], actor=clerk, merchant_id=merchant.pk, source="api")[0]
    offer = Offer.objects.get()
    assert (result.outcome, result.offer_ref) == ("created", offer.ref)
    assert offer.prices.get().amount_minor == 1250
    assert published(OffersStockStated) == [
        {"merchant_id": merchant.pk, "rows": [[offer.pk, 4]], "source": "api"}
    ]
    assert published(OffersChanged)[-1] == {"offer_ids": [offer.pk]}


def test_the_same_statement_twice_changes_nothing(merchant, clerk):
    stated = row(card_id=pim.card().pk, price_minor=1250, currency="EUR", tiers=((10, 1100),))
    assert [
        state_offers([stated], actor=clerk, merchant_id=merchant.pk)[0].outcome for _time in range(2)
    ] == [
        "created",
        "unchanged",
    ]
    assert PriceLog.objects.count() == 2
    assert len(published(OffersChanged)) == 1


def test_what_is_not_said_stays(merchant, clerk):
    card = pim.card()
    first = row(
        card_id=card.pk,
        price_minor=900,
        currency="EUR",
        list_price_minor=1000,
        lead_time_days=5,
        max_quantity=7,
    )
    state_offers([first], actor=clerk, merchant_id=merchant.pk)
    state_offers([row(price_minor=800, currency="EUR")], actor=clerk, merchant_id=merchant.pk)
    offer = Offer.objects.get()
    price = offer.prices.get()
    assert (offer.lead_time_days, offer.max_quantity, price.amount_minor, price.list_amount_minor) == (
        5,
        7,
        800,
        1000,
    )
    state_offers(
        [row(price_minor=1000, currency="EUR", max_quantity=0)], actor=clerk, merchant_id=merchant.pk
    )
    price.refresh_from_db()
    # The struck price says nothing any more once the price has reached it.
    assert (price.amount_minor, price.list_amount_minor) == (1000, None)
    assert Offer.objects.get().max_quantity is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"price_minor": 0, "currency": "EUR"}, "price"),
        ({"price_minor": -5, "currency": "EUR"}, "price"),
        ({"price_minor": 5, "currency": "ZZZ"}, "currency"),
        ({"price_minor": 5, "currency": "EUR", "list_price_minor": 5}, "list_price"),
        ({"price_minor": 5, "currency": "EUR", "tiers": ((1, 4),)}, "tiers"),
        ({"price_minor": 5, "currency": "EUR", "tiers": ((5, 4), (3, 2))}, "tiers"),
        ({"tiers": ((5, 4),)}, "price"),
        ({"quantity": -1}, "quantity"),
        ({"condition": "broken"}, "condition"),
        ({"lead_time_days": 366}, "lead_time_days"),
        ({"min_quantity": 0}, "min_quantity"),
        ({"min_quantity": 5, "max_quantity": 4}, "max_quantity"),
        ({"pack_size": 0}, "pack_size"),
        ({"card_id": 987_654}, "card_id"),
        ({"merchant_sku": " "}, "merchant_sku"),
    ],
)
def test_a_wrong_row_is_refused_and_the_others_go_on(merchant, clerk, fields, field):
    card = pim.card()
    wrong = OfferRow(**{"merchant_sku": "BAD", "card_id": card.pk, **fields})
    good = row("GOOD", card_id=card.pk)
    results = state_offers([wrong, good], actor=clerk, merchant_id=merchant.pk)
    assert [(result.outcome, result.field) for result in results] == [("refused", field), ("created", "")]
    assert results[0].error
    assert list(Offer.objects.values_list("merchant_sku", flat=True)) == ["GOOD"]


def test_an_unknown_sku_without_a_product_is_refused(merchant, clerk):
    result = state_offers([row(price_minor=5, currency="EUR")], actor=clerk, merchant_id=merchant.pk)[0]
    assert (result.outcome, result.field) == ("refused", "merchant_sku")


def test_strangers_and_people_without_the_right_state_nothing(merchant):
    stated = [row(card_id=pim.card().pk)]
    with pytest.raises(OfferNotFound):
        state_offers(stated, actor=actors.stranger_actor(EDIT_OFFERS), merchant_id=merchant.pk)
    with pytest.raises(PermissionRefused):
        state_offers(stated, actor=actors.merchant_actor(merchant.pk), merchant_id=merchant.pk)
    assert Offer.objects.count() == 0


def test_stating_costs_the_same_statements_for_one_row_and_for_forty(
    merchant, clerk, django_assert_max_num_queries
):
    cards = [pim.card() for _index in range(41)]
    rows = [
        row(f"A-{i}", card_id=card.pk, price_minor=100 + i, currency="EUR") for i, card in enumerate(cards)
    ]
    with django_assert_max_num_queries(20) as first:
        state_offers(rows[:1], actor=clerk, merchant_id=merchant.pk)
    with django_assert_max_num_queries(len(first)):
        state_offers(rows[1:], actor=clerk, merchant_id=merchant.pk)
    assert OfferPrice.objects.count() == 41


def test_every_price_is_logged_and_the_log_cannot_be_changed(merchant, clerk):
    for amount in (1000, 900, 950):
        stated = row(card_id=pim.card().pk, price_minor=amount, currency="EUR")
        state_offers([stated], actor=clerk, merchant_id=merchant.pk)
    assert list(PriceLog.objects.order_by("pk").values_list("amount_minor", flat=True)) == [1000, 900, 950]
    assert list(check_price_log()) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceLog.objects.update(amount_minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceLog.objects.all().delete()


def test_the_lowest_price_of_thirty_days_counts_what_still_stood(merchant, clerk):
    card = pim.card()
    now = clock.now()
    for days, amount in [(60, 700), (40, 900), (10, 1000), (2, 950)]:
        with clock.frozen_at(now - timedelta(days=days)):
            stated = row(card_id=card.pk, price_minor=amount, currency="EUR")
            state_offers([stated], actor=clerk, merchant_id=merchant.pk)
    offer = Offer.objects.get()
    # 700 was over 30 days ago; 900 stood until ten days ago.
    assert lowest_prices_before([offer.pk], "EUR", now) == {offer.pk: 900}


def test_availability_is_stored_and_announced_only_when_an_offer_sells_out_or_comes_back():
    offer = pim.offer(available_quantity=5)
    assert set_offer_availability([offer.pk], lambda: {offer.pk: Availability(3, 3)}) == 1
    assert published(OffersChanged) == []
    assert set_offer_availability([offer.pk], lambda: {offer.pk: Availability(0, 0)}) == 1
    assert set_offer_availability([offer.pk], lambda: {offer.pk: Availability(0, 0)}) == 0
    assert published(OffersChanged) == [{"offer_ids": [offer.pk]}]
    offer.refresh_from_db()
    assert offer.available_quantity == 0


def test_a_suspension_takes_offers_off_sale_and_lifting_it_restores_each_state():
    store = mms.store_context()
    merchant = mas.merchant()
    active, paused = pim.offer(merchant=merchant), pim.offer(merchant=merchant, state="paused")
    suspend_merchant(merchant.ref, reason="Papers are missing", actor=SYSTEM)
    found = get_sellable_offers([active.ref, paused.ref], store)
    assert {item.reason for item in found.values()} == {"merchant_not_selling", "not_for_sale"}
    reinstate_merchant(merchant.ref, reason="Papers are here", actor=SYSTEM)
    found = get_sellable_offers([active.ref, paused.ref], store)
    assert (found[active.ref].is_buyable, found[paused.ref].reason) == (True, "not_for_sale")
    while events.deliver_due():
        pass
