"""The operator's own goods: sold through a merchant record of the house, without commission and without payout.

No flag is needed: a fee rule for that merchant takes nothing, a hold keeps its money in the house, and its orders split
like any other's.
"""

import pytest

from billing.models import Earning, FeeSnapshot, Payout
from billing.operations.holds import hold_payouts
from tests.billing.payout_stories import PREPARER, approved, reviewed
from tests.factories import billing, mas

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db):
    merchant = mas.merchant(name="Marketplace")
    for kind in ("commission", "shipping_commission"):
        billing.fee_rule(fee_kind=kind, merchant=merchant, rate_bps=0, name=f"Own goods, {kind}")
    return merchant


def fees(part):
    return list(FeeSnapshot.objects.filter(merchant_order_id=part.pk).values_list("fee_minor", "tax_minor"))


def test_own_goods_form_their_own_merchant_order_and_owe_no_commission(shop, house):
    order = shop.order((shop.offer(merchant=house, price=2000), 2), (shop.offer(price=3000), 1))
    own, other = order.merchant_orders.order_by("position")
    assert (own.merchant, own.total_minor, other.total_minor) == (house, 4490, 3490)
    assert own.total_minor + other.total_minor == order.total_minor
    assert set(fees(own)) == {(0, 0)}
    assert all(fee > 0 for fee, _tax in fees(other))
    assert Earning.objects.get(merchant_order_id=own.pk).goods_minor == 4000


def test_a_cart_of_one_merchant_makes_a_plain_order(shop, house):
    order = shop.order(
        (shop.offer(merchant=house, price=2000), 1), (shop.offer(merchant=house, price=300), 2)
    )
    part = order.merchant_orders.get()
    for name in ("goods_minor", "shipping_minor", "tax_minor", "total_minor"):
        assert getattr(part, name) == getattr(order, name)
    assert part.lines.count() == 2


def test_money_of_the_house_is_never_paid_out(house):
    books = billing.entity()
    hold_payouts(house.ref, reason="The house's own goods are not paid out.", actor=PREPARER)
    settlement = approved(reviewed(books, house))
    assert (settlement.state, Payout.objects.count()) == ("on_hold", 0)
