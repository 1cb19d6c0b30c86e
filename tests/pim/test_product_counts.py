"""Onboarding that asks for a minimum of products hears of them from the catalogue."""

import pytest

from backoffice.kernel import work
from pim.models import Offer
from pim.operations.offers import OfferRow, state_offers
from tests.factories import mas, pim
from tests.factories.imports import imported, template_csv, template_row
from tests.pim.catalogue import SYSTEM

pytestmark = pytest.mark.django_db


def asked(merchant, minimum):
    rule = mas.checklist_rule("minimum_products", code="three", minimum_products=minimum)
    return mas.checklist_item(merchant, rule)


def state_of(item):
    item.refresh_from_db()
    return item.state


def test_the_line_is_ticked_by_the_offer_that_reaches_the_minimum():
    merchant = mas.merchant("registering")
    item = asked(merchant, 3)
    for number, state in ((1, "open"), (2, "open"), (3, "done")):
        row = OfferRow(
            merchant_sku=f"S-{number}", card_id=pim.card().pk, price_minor=100, currency="EUR", quantity=1
        )
        state_offers([row], actor=SYSTEM, merchant_id=merchant.pk)
        work.drain()
        assert state_of(item) == state


def test_an_import_of_a_new_merchant_counts():
    merchant = mas.merchant("registering")
    item = asked(merchant, 2)
    imported(template_csv(template_row("A"), template_row("B")), merchant=merchant)
    assert state_of(item) == "done"


def test_removed_offers_and_those_of_others_do_not_count():
    merchant = mas.merchant("registering")
    item = asked(merchant, 2)
    pim.offer(merchant=merchant, state="removed")
    pim.offer()
    row = OfferRow(merchant_sku="S", card_id=pim.card().pk, price_minor=100, currency="EUR")
    state_offers([row], actor=SYSTEM, merchant_id=merchant.pk)
    work.drain()
    assert (state_of(item), Offer.objects.count()) == ("open", 3)
