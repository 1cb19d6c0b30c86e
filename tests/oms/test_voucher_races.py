"""Buyers of the last use of a voucher, at the same moment and with connections of their own."""

import pytest

from oms.errors import VoucherRefused
from oms.invariants import vouchers_add_up
from oms.models import Order, Voucher, VoucherUse
from tests.factories import mas, oms
from tests.oms.test_races import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


def race(shop, **limits):
    merchant = mas.merchant()
    oms.voucher(merchant, website_id=shop.store.website_id, code="LAST", **limits)
    carts = [shop.reduced_cart(merchant, "last", 1) for _buyer in range(4)]
    # None of them is told the new total before somebody else was faster, or after: both are refusals.
    results = in_threads(4, lambda number: shop.pay(carts[number], expected_total_minor=1390))
    voucher = Voucher.objects.get()
    assert voucher.uses == VoucherUse.objects.count() == Order.objects.count() == 1
    refused = [result for result in results if not isinstance(result, Order)]
    assert [result.code in {VoucherRefused.code, "cart_changed"} for result in refused] == [True] * 3
    assert all(cart.lines.count() == 1 for cart in carts)
    assert list(vouchers_add_up()) == []


def test_the_last_use_goes_to_exactly_one_of_many_buyers(make_shop):
    race(make_shop(), max_uses=1)


def test_a_buyer_in_several_windows_uses_it_as_often_as_allowed(make_shop):
    race(make_shop(), max_uses_per_buyer=1)
