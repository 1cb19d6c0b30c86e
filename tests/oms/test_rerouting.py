"""Refused pieces go to the next best offer when the buyer agreed, and never cost more."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.kernel.actors import buyer_actor
from backoffice.kernel.models import OutboxEvent
from backoffice.kernel.work import drain
from billing.models import Earning, FeeSnapshot
from mms.models import Mail
from oms import invariants
from oms.models import MerchantOrder, StockItem, TestCardOperation
from oms.operations.acceptance import accept_lines, accept_merchant_order, refuse_merchant_order
from oms.operations.checkout import place_order
from oms.permissions import ACCEPT_ORDERS
from tests.factories import mas
from tests.factories.actors import operator_actor
from tests.oms.conftest import BUYER, CARD, choice

pytestmark = pytest.mark.django_db
DESK = operator_actor(ACCEPT_ORDERS)


def assert_books_agree():
    for check in (
        invariants.stock_counters,
        invariants.orders_add_up,
        invariants.payment_shares,
        invariants.withdrawn_adds_up,
        invariants.replacements_cost_no_more,
    ):
        assert list(check()) == []


def agreed(shop, *lines, number=CARD, may_reroute=True):
    cart = shop.cart(*lines)
    order = place_order(
        cart,
        BUYER,
        choice(number),
        store=shop.store,
        actor=buyer_actor("Berta Buyer"),
        may_reroute=may_reroute,
    )
    return order, order.merchant_orders.get()


def rival(shop, offer, price, **fields):
    """Another merchant's offer of the same product."""
    return shop.offer(price=price, card=offer.card, **fields)


def test_the_next_best_offer_sends_it_and_the_difference_is_never_charged(shop):
    first = shop.offer(price=2000)
    second = rival(shop, first, 1800)
    rival(shop, first, 1900)
    order, part = agreed(shop, (first, 2))
    refuse_merchant_order(part.ref, reason="sold out", actor=DESK)
    drain()
    part.refresh_from_db()
    replacement = MerchantOrder.objects.get(replaces=part)
    assert (part.state, part.withdrawn_minor) == ("refused", 2 * 2000 + 490)
    assert replacement.merchant_id == second.merchant_id
    assert (replacement.ref, replacement.state) == (f"{order.ref}-2", "waiting_acceptance")
    assert replacement.total_minor == 2 * 1800 + 490
    # Nothing is let go while the new merchant may still charge.
    assert not TestCardOperation.objects.filter(kind="void").exists()
    accept_merchant_order(replacement.ref, actor=DESK)
    drain()
    drain()
    charged = TestCardOperation.objects.get(kind="capture").amount_minor
    released = TestCardOperation.objects.get(kind="void").amount_minor
    assert (charged, released) == (4090, 400)
    assert order.total_minor == charged + released
    assert StockItem.objects.get(offer=second).reserved == 2
    assert Mail.objects.filter(template="oms.rerouted", to=order.buyer_email).count() == 1
    assert_books_agree()


def test_the_new_merchants_fees_are_frozen_as_for_any_order(shop):
    first = shop.offer(price=2000)
    rival(shop, first, 2000)
    _order, part = agreed(shop, (first, 1))
    refuse_merchant_order(part.ref, reason="sold out", actor=DESK)
    replacement = MerchantOrder.objects.get(replaces=part)
    assert Earning.objects.get(merchant_order_id=replacement.pk).goods_minor == 2000
    assert FeeSnapshot.objects.filter(merchant_order_id=replacement.pk).exists()


@pytest.mark.parametrize(
    ("price", "on_hand", "fields"),
    [(2001, 10, {}), (1900, 1, {}), (1900, 10, {"condition": "used"})],
)
def test_dearer_scarce_or_other_offers_take_nothing_over(shop, price, on_hand, fields):
    first = shop.offer(price=2000)
    rival(shop, first, price, on_hand=on_hand, **fields)
    _order, part = agreed(shop, (first, 2))
    refuse_merchant_order(part.ref, reason="sold out", actor=DESK)
    assert not MerchantOrder.objects.filter(replaces=part).exists()
    assert not OutboxEvent.objects.filter(name="oms.merchant_order_rerouted.v1").exists()
    assert_books_agree()


def test_without_the_buyers_word_a_refusal_stays_a_refusal(shop):
    first = shop.offer(price=2000)
    rival(shop, first, 1000)
    _order, part = agreed(shop, (first, 1), may_reroute=False)
    refuse_merchant_order(part.ref, reason="sold out", actor=DESK)
    assert MerchantOrder.objects.count() == 1


def test_one_refused_line_moves_with_its_own_delivery_inside_its_price(shop):
    merchant = mas.merchant()
    kept, lost = shop.offer(price=999, merchant=merchant), shop.offer(price=3000, merchant=merchant)
    cheap = rival(shop, lost, 2400)
    _order, part = agreed(shop, (kept, 1), (lost, 1))
    accept_lines(part.ref, {1: 1}, reason="broken", actor=DESK)
    drain()
    part.refresh_from_db()
    replacement = MerchantOrder.objects.get(replaces=part)
    assert (part.state, part.share.captured_minor) == ("in_preparation", part.payable_minor)
    assert replacement.merchant_id == cheap.merchant_id
    assert replacement.total_minor == 2400 + 490 <= 3000
    assert_books_agree()


def test_a_chain_of_refusals_never_asks_a_merchant_twice(shop):
    first = shop.offer(price=2000)
    rival(shop, first, 1900)
    rival(shop, first, 1950)
    order, part = agreed(shop, (first, 1))
    for _refusal in range(3):
        refuse_merchant_order(part.ref, reason="sold out", actor=DESK)
        part = MerchantOrder.objects.filter(replaces=part).first() or part
    states = list(order.merchant_orders.order_by("position").values_list("state", "merchant_id"))
    assert [state for state, _merchant in states] == ["refused"] * 2
    drain()
    assert_books_agree()


def test_money_that_was_transferred_already_goes_back_instead(shop):
    from oms.operations.captures import mark_paid
    from oms.permissions import MARK_PAID

    first = shop.offer(price=2000)
    rival(shop, first, 1000)
    order, part = agreed(shop, (first, 1), number="transfer")
    mark_paid(order.ref, reference="x", actor=operator_actor(MARK_PAID))
    refuse_merchant_order(part.ref, reason="sold out", actor=DESK)
    assert MerchantOrder.objects.count() == 1
    assert part.refunds.get().amount_minor == 2490


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=st.integers(100, 5000),
    others=st.lists(st.integers(100, 6000), min_size=1, max_size=3),
    pieces=st.integers(1, 4),
    accepted=st.integers(0, 4),
)
def test_whatever_the_prices_the_buyer_never_pays_more(shop, own, others, pieces, accepted):
    first = shop.offer(price=own)
    for price in others:
        rival(shop, first, price)
    order, part = agreed(shop, (first, pieces))
    accept_lines(part.ref, {1: min(accepted, pieces)}, reason="x", actor=DESK)
    rows = order.merchant_orders.all()
    assert sum(row.payable_minor for row in rows) <= order.total_minor
    assert_books_agree()
