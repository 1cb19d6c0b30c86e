"""A merchant's voucher reduces that merchant's part of an order and nothing else, as often as it may."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound
from oms.errors import CartChanged, VoucherRefused
from oms.invariants import orders_add_up, vouchers_add_up, withdrawn_adds_up
from oms.models import Order, StockItem, Voucher, VoucherUse
from oms.operations.acceptance import accept_lines, refuse_merchant_order
from oms.operations.authorisations import give_up_payment
from oms.operations.cancellation import cancel_lines, cancel_merchant_order
from oms.operations.cart_vouchers import put_voucher_on_cart, take_voucher_off_cart
from oms.operations.carts import set_cart_quantity
from oms.operations.vouchers import end_voucher
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS, MANAGE_VOUCHERS, VIEW_ORDERS
from oms.selectors.carts import view_cart
from tests.factories import mas, mms, oms
from tests.factories.actors import operator_actor
from tests.oms.conftest import BUYER

pytestmark = pytest.mark.django_db
DESK = operator_actor(ACCEPT_ORDERS, CANCEL_ORDERS, MANAGE_VOUCHERS, VIEW_ORDERS)


def reasons(error):
    return error.value.params["reason"], list(error.value.fields)


def test_a_voucher_reduces_its_merchants_part_only(shop, merchant, voucher_for):
    voucher_for(merchant, rate_bps=1000)
    mine, other = shop.offer(merchant=merchant, price=2000), shop.offer(price=3000)
    cart = shop.cart((mine, 1), (other, 1))
    put_voucher_on_cart(cart, " summer ", store=shop.store)
    cart.refresh_from_db()
    view = view_cart(cart, shop.store)
    assert [(group.goods_minor, group.discount_minor, group.total_minor) for group in view.groups] == [
        (2000, 200, 2290),
        (3000, 0, 3490),
    ]
    order = shop.pay(cart, expected_total_minor=5780)
    first, second = order.merchant_orders.order_by("position")
    assert (first.goods_minor, first.discount_minor, first.voucher_code) == (1800, 200, "SUMMER")
    assert (second.goods_minor, second.discount_minor, second.voucher_code) == (3000, 0, "")
    assert (order.total_minor, order.discount_minor, order.list_goods_minor) == (5780, 200, 5000)
    line = first.lines.get()
    assert (line.unit_price_minor, line.merchant_discount_minor, line.total_minor) == (2000, 200, 1800)
    use = VoucherUse.objects.get()
    assert (use.merchant_order, use.buyer_email, use.discount_minor) == (first, "berta@example.com", 200)
    assert Voucher.objects.get().uses == 1
    assert [*vouchers_add_up(), *orders_add_up(), *withdrawn_adds_up()] == []


def test_delivery_is_priced_by_the_goods_before_the_discount(shop, merchant, voucher_for):
    voucher_for(merchant, rate_bps=2000)
    cart = shop.cart((shop.offer(merchant=merchant, price=5000), 1))
    put_voucher_on_cart(cart, "SUMMER", store=shop.store)
    cart.refresh_from_db()
    assert shop.pay(cart).total_minor == 4000


def test_an_amount_leaves_something_to_pay_and_a_percentage_too(merchant):
    voucher = oms.voucher(merchant, kind="amount", rate_bps=None, amount_minor=500, minimum_minor=501)
    assert voucher.discount_on(501) == 500
    assert oms.voucher(merchant, code="B", rate_bps=9999).discount_on(100) == 99


def test_vouchers_of_several_merchants_stand_side_by_side_and_one_per_merchant(shop, merchant, voucher_for):
    second = mas.merchant()
    voucher_for(merchant, "ONE")
    voucher_for(merchant, "TWO", rate_bps=2000)
    voucher_for(second, "THREE")
    cart = shop.cart((shop.offer(merchant=merchant), 1), (shop.offer(merchant=second), 1))
    for code in ("one", "three", "two"):
        put_voucher_on_cart(cart, code, store=shop.store)
    cart.refresh_from_db()
    view = view_cart(cart, shop.store)
    assert [group.voucher.code for group in view.groups] == ["TWO", "THREE"]
    assert view.discount_minor == 300
    take_voucher_off_cart(cart, "two")
    cart.refresh_from_db()
    assert [group.discount_minor for group in view_cart(cart, shop.store).groups] == [0, 100]
    with pytest.raises(NotFound):
        take_voucher_off_cart(cart, "two")


def test_each_refusal_has_its_own_reason_at_the_field(shop, merchant, voucher_for):
    now, day = clock.now(), timedelta(days=1)
    voucher_for(merchant, "ENDED", state="ended", ended_at=now)
    voucher_for(merchant, "EXPIRED", valid_from=now - day, valid_until=now)
    voucher_for(merchant, "LATER", valid_from=now + day)
    voucher_for(merchant, "DOLLARS", currency="USD")
    voucher_for(merchant, "GONE", max_uses=1, uses=1)
    voucher_for(merchant, "DEAR", minimum_minor=1001)
    voucher_for(mas.merchant(name="Südwind"), "OTHER")
    oms.voucher(merchant, website=mms.website(name="Elsewhere"), code="AWAY")
    cart = shop.cart((shop.offer(merchant=merchant), 1))
    expected = {
        "": ("unknown", "Enter the code"),
        "NOSUCH": ("unknown", "do not know"),
        "ENDED": ("ended", "has ended"),
        "EXPIRED": ("ended", "has ended"),
        "LATER": ("not_started", "not valid yet"),
        "DOLLARS": ("currency", "USD"),
        "GONE": ("used_up", "used up"),
        "DEAR": ("minimum", "€10.01"),
        "OTHER": ("other_merchant", "Südwind"),
        "AWAY": ("other_website", "Elsewhere"),
    }
    for code, (reason, words) in expected.items():
        with pytest.raises(VoucherRefused) as refused:
            put_voucher_on_cart(cart, code, store=shop.store)
        assert reasons(refused) == (reason, ["voucher"])
        assert words in str(refused.value)
    cart.refresh_from_db()
    assert cart.voucher_ids == []
    assert cart.lines.count() == 1


def test_an_active_code_is_found_before_an_ended_one(shop, merchant, voucher_for):
    voucher_for(merchant, state="ended", ended_at=clock.now())
    active = voucher_for(merchant)
    voucher_for(merchant, "NEWER", state="ended", ended_at=clock.now())
    cart = shop.cart((shop.offer(merchant=merchant), 1))
    assert put_voucher_on_cart(cart, "summer", store=shop.store) == active


def test_a_voucher_that_counts_no_more_is_told_and_the_total_asked_again(shop, merchant, voucher_for):
    voucher = voucher_for(merchant, minimum_minor=2000)
    cart = shop.reduced_cart(merchant)
    set_cart_quantity(cart, cart.lines.get().offer.ref, 1, store=shop.store)
    view = view_cart(cart, shop.store)
    assert view.discount_minor == 0
    assert "€20.00" in view.voucher_problems[0]
    assert view.is_orderable
    set_cart_quantity(cart, cart.lines.get().offer.ref, 2, store=shop.store)
    assert view_cart(cart, shop.store).discount_minor == 200
    end_voucher(voucher.ref, actor=DESK)
    with pytest.raises(CartChanged) as refused:
        shop.pay(cart, expected_total_minor=2290)
    assert "has ended" in str(refused.value)
    assert refused.value.params == {"total_minor": 2490}
    assert shop.pay(cart, expected_total_minor=2490).merchant_orders.get().voucher_code == ""


def test_the_last_use_is_one_buyers_and_the_other_keeps_the_cart(shop, merchant, voucher_for, monkeypatch):
    voucher_for(merchant, max_uses=1)
    first, second = shop.reduced_cart(merchant), shop.reduced_cart(merchant)
    # Both priced their cart before either ordered.
    priced = view_cart(second, shop.store)
    shop.pay(first)
    monkeypatch.setattr("oms.operations.checkout.view_cart", lambda *args, **fields: priced)
    reserved = list(StockItem.objects.values_list("reserved", flat=True))
    with pytest.raises(VoucherRefused) as refused:
        shop.pay(second)
    assert reasons(refused) == ("used_up", ["voucher"])
    assert Order.objects.count() == 1
    assert list(StockItem.objects.values_list("reserved", flat=True)) == reserved
    monkeypatch.undo()
    second.refresh_from_db()
    assert view_cart(second, shop.store).voucher_problems == ("This voucher has been used up.",)
    assert shop.pay(second, expected_total_minor=2490).is_placed


def test_one_buyer_uses_it_as_often_as_each_may(shop, merchant, voucher_for, monkeypatch):
    voucher_for(merchant, max_uses_per_buyer=1)
    shop.pay(shop.reduced_cart(merchant))
    again = shop.reduced_cart(merchant)
    priced = view_cart(again, shop.store)
    assert priced.discount_minor == 200
    with pytest.raises(CartChanged) as refused:
        shop.pay(again, expected_total_minor=2290)
    assert "used this voucher already" in str(refused.value)
    monkeypatch.setattr("oms.operations.checkout.view_cart", lambda *args, **fields: priced)
    with pytest.raises(VoucherRefused) as raced:
        shop.pay(again)
    assert reasons(raced) == ("used_by_you", ["voucher"])
    assert Voucher.objects.get().uses == VoucherUse.objects.count() == 1
    again.details = {"email": BUYER.email.upper()}
    assert view_cart(again, shop.store).voucher_problems == ("You have used this voucher already.",)


def test_a_use_comes_back_when_nothing_is_sent(shop, merchant, voucher_for):
    voucher = voucher_for(merchant, max_uses=1)

    def uses():
        voucher.refresh_from_db()
        return voucher.uses

    assert shop.pay(shop.reduced_cart(merchant), "4000000000000002").abandoned_at is not None
    assert uses() == 0
    order = shop.pay(shop.reduced_cart(merchant))
    refuse_merchant_order(order.merchant_orders.get().ref, reason="Sold out.", actor=DESK)
    assert uses() == 0
    order = shop.pay(shop.reduced_cart(merchant))
    assert uses() == 1
    part = order.merchant_orders.get()
    cancel_lines(part.ref, {1: 1}, reason="One less.", actor=DESK)
    assert uses() == 1
    cancel_lines(part.ref, {1: 1}, reason="All of it.", actor=DESK)
    cancel_merchant_order(part.ref, reason="Again.", actor=DESK)
    assert uses() == 0
    order = shop.pay(shop.reduced_cart(merchant), "4000000000000119")
    assert not order.is_placed
    assert give_up_payment(order.pk, actor=DESK)
    assert uses() == 0
    assert VoucherUse.objects.filter(given_back_at=None).count() == 0
    assert [*vouchers_add_up(), *orders_add_up(), *withdrawn_adds_up()] == []


def test_a_use_stays_with_an_order_that_is_sent_in_part(shop, merchant, voucher_for):
    voucher = voucher_for(merchant)
    part = shop.pay(shop.reduced_cart(merchant)).merchant_orders.get()
    accept_lines(part.ref, {1: 1}, reason="One is broken.", actor=DESK)
    voucher.refresh_from_db()
    assert voucher.uses == 1
    part.refresh_from_db()
    # Half of what the buyer agreed to pay for two, not half of their price.
    assert part.withdrawn_minor == 900


def test_placing_without_a_voucher_asks_for_none(shop):
    cart = shop.cart((shop.offer(), 1))
    with CaptureQueriesContext(connection) as statements:
        assert shop.pay(cart).is_placed
    assert not any("oms_voucher" in row["sql"] for row in statements)


def test_placing_with_a_voucher_takes_a_few_statements_for_each(shop, merchant, voucher_for):
    voucher_for(merchant)
    cart = shop.reduced_cart(merchant)
    with CaptureQueriesContext(connection) as statements:
        assert shop.pay(cart).is_placed
    # Priced, taken, counted per buyer, written down.
    assert sum('"oms_voucher' in row["sql"].split("WHERE")[0] for row in statements) == 4
