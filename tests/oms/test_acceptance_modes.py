"""Who answers an order: the merchant, nobody, or the merchant's rules; and who sees the buyer before."""

import pytest

from backoffice.kernel.work import drain
from mms.operations.preferences import state_preference
from mms.permissions import MANAGE_PREFERENCES
from mms.selectors.scopes import get_scope
from oms.exports.packing_slip import address_lines
from oms.operations.fulfilment_terms import WorkingTerms, change_terms
from oms.permissions import MANAGE_FULFILMENT
from tests.factories import mas
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
KEEPER = operator_actor(MANAGE_PREFERENCES, MANAGE_FULFILMENT)


@pytest.mark.parametrize(
    ("terms", "is_accepted"),
    [
        (WorkingTerms(auto_accept_needs_stock=False), True),
        (WorkingTerms(auto_accept_up_to_minor=2490), True),
        (WorkingTerms(auto_accept_up_to_minor=2489), False),
        (WorkingTerms(auto_accept_needs_payment=True), False),
        (WorkingTerms(auto_accept_up_to_minor=9999, auto_accept_needs_stock=True), True),
    ],
)
def test_a_mixed_merchants_order_accepts_itself_when_every_rule_holds(shop, terms, is_accepted):
    merchant = mas.merchant(acceptance_mode="mixed")
    change_terms(merchant.ref, terms, actor=KEEPER)
    part = shop.order((shop.offer(price=1000, merchant=merchant), 2)).merchant_orders.get()
    drain()
    part.refresh_from_db()
    assert (part.state != "waiting_acceptance") == is_accepted
    if is_accepted:
        assert part.history.get(what="accepted").actor_label == "automatic acceptance"


def test_pieces_sold_beyond_stock_wait_for_a_person(shop):
    merchant = mas.merchant(acceptance_mode="mixed")
    change_terms(merchant.ref, WorkingTerms(), actor=KEEPER)
    offer = shop.offer(merchant=merchant, on_hand=1)
    offer.stock_items.update(backorder_cap=5)
    offer.available_quantity = 6
    offer.save(update_fields=["available_quantity"])
    part = shop.order((offer, 3)).merchant_orders.get()
    drain()
    part.refresh_from_db()
    assert part.state == "waiting_acceptance"


def test_money_that_arrived_lets_an_order_accept_itself(shop):
    from oms.operations.captures import mark_paid
    from oms.permissions import MARK_PAID

    merchant = mas.merchant(acceptance_mode="mixed")
    change_terms(merchant.ref, WorkingTerms(auto_accept_needs_payment=True), actor=KEEPER)
    order = shop.order((shop.offer(merchant=merchant), 1), number="transfer")
    mark_paid(order.ref, reference="x", actor=operator_actor(MARK_PAID))
    drain()
    assert order.merchant_orders.get().state == "in_preparation"


@pytest.mark.parametrize("hides", [True, False])
def test_the_setting_decides_whether_the_merchant_sees_the_buyer_before_it_answers(shop, hides):
    state_preference("oms.hide_address_until_acceptance", hides, scope=get_scope("global"), actor=KEEPER)
    part = shop.order((shop.offer(), 1)).merchant_orders.get()
    assert not part.shows_address
    drain()
    part.refresh_from_db()
    assert part.shows_address is not hides
    assert ("Lange Straße 5" in address_lines(part)) is not hides
