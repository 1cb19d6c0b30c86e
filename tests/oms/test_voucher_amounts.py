"""With and without a voucher: siblings to the minor unit the same, children add up, refunds give back what was paid."""

import dataclasses

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.kernel import clock
from backoffice.kernel.work import drain
from billing.models import FeeSnapshot
from oms.amounts import share_of_pieces
from oms.models import MerchantOrder, Voucher
from oms.operations.acceptance import accept_merchant_order
from oms.operations.order_plan import plan_order
from oms.operations.refunds import RefundPart, RefundWish, request_refund
from oms.operations.shipments import Parcel, ship_parcel
from oms.permissions import ACCEPT_ORDERS, REFUND_ORDERS, SHIP_ORDERS
from oms.selectors.carts import view_cart
from tests.factories import mas
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
DESK = operator_actor(ACCEPT_ORDERS, SHIP_ORDERS, REFUND_ORDERS)
LINES = st.lists(st.tuples(st.integers(1, 9_999), st.integers(1, 4)), min_size=1, max_size=3)


def figures(part):
    return [
        *((line.total_minor, line.tax_minor, line.discount_minor) for line in part.lines),
        (part.goods_minor, part.shipping_minor, part.shipping_tax_minor, part.tax_minor, part.total_minor),
    ]


def assert_adds_up(plan, group):
    part = plan.parts[0]
    discount = group.discount_minor
    assert sum(line.discount_minor for line in part.lines) == discount == part.discount_minor
    on_top = 0 if plan.tax_included else 1
    for line, item in zip(part.lines, group.items, strict=True):
        assert 0 <= line.discount_minor <= item.total_minor
        assert line.total_minor == item.total_minor - line.discount_minor + on_top * line.tax_minor
        pieces = [share_of_pieces(line.total_minor, line.quantity, gone, 1) for gone in range(line.quantity)]
        assert sum(pieces) == line.total_minor
    for name in ("goods_minor", "shipping_minor", "tax_minor", "total_minor"):
        assert getattr(plan, name) == sum(getattr(each, name) for each in plan.parts)
    assert part.goods_minor > 0


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    own=LINES,
    others=st.lists(LINES, min_size=1, max_size=2),
    value=st.one_of(
        st.tuples(st.just("percent"), st.integers(1, 9_999)),
        st.tuples(st.just("amount"), st.integers(1, 40_000)),
    ),
    tax_included=st.booleans(),
)
def test_a_voucher_changes_its_merchants_part_and_no_other(
    shop, voucher_for, own, others, value, tax_included
):
    kind, size = value
    with transaction.atomic():
        lines = []
        for bought in (own, *others):
            merchant = mas.merchant()
            lines += [(shop.offer(price=price, merchant=merchant), count) for price, count in bought]
        store = dataclasses.replace(shop.store, prices_include_tax=tax_included)
        cart = shop.cart(*lines)
        before = plan_order(view_cart(cart, store), clock.today())
        limits = (
            {"rate_bps": size}
            if kind == "percent"
            else {"kind": kind, "rate_bps": None, "amount_minor": size, "minimum_minor": size + 1}
        )
        cart.voucher_ids = [voucher_for(lines[0][0].merchant, **limits).pk]
        view = view_cart(cart, store)
        after = plan_order(view, clock.today())
        assert [figures(part) for part in after.parts[1:]] == [figures(part) for part in before.parts[1:]]
        goods = view.groups[0].goods_minor
        wanted = Voucher.objects.get().discount_on(goods)
        applies = goods > 1 and (kind == "percent" or goods > size)
        assert view.groups[0].discount_minor == (wanted if applies else 0)
        assert bool(view.voucher_problems) != applies
        assert_adds_up(after, view.groups[0])
        transaction.set_rollback(True)


def test_refunding_every_piece_and_delivery_gives_back_exactly_what_was_paid(shop, merchant, voucher_for):
    voucher_for(merchant, rate_bps=1234)
    cart = shop.cart((shop.offer(merchant=merchant, price=333, on_hand=10), 3), (shop.offer(), 1))
    cart.voucher_ids = [Voucher.objects.get().pk]
    cart.save()
    part = shop.pay(cart).merchant_orders.get(merchant=merchant)
    accept_merchant_order(part.ref, actor=DESK)
    drain()
    ship_parcel(part.ref, Parcel(), actor=DESK)
    for _piece in range(3):
        request_refund(part.ref, RefundWish([RefundPart(1, 1)]), actor=DESK)
    request_refund(part.ref, RefundWish([], shipping_minor=part.shipping_minor), actor=DESK)
    share = MerchantOrder.objects.get(pk=part.pk).share
    assert share.refunded_minor == share.captured_minor == part.total_minor == 999 - 123 + 490


def test_the_merchant_bears_the_discount_so_the_fee_is_taken_of_what_the_buyer_pays(
    shop, merchant, voucher_for
):
    voucher_for(merchant, rate_bps=2000)
    order = shop.pay(shop.reduced_cart(merchant))
    part = order.merchant_orders.get()
    line = part.lines.get()
    snapshot = FeeSnapshot.objects.get(order_line_id=line.pk)
    assert (snapshot.paid_minor, snapshot.subsidy_minor, snapshot.base_minor) == (1600, 0, 1600)
