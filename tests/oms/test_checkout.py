"""Placing an order: held, paid, placed; or nothing at all."""

import pytest

from backoffice.kernel.models import OutboxEvent
from backoffice.kernel.work import drain
from backoffice.ui.formats import money_text
from mms.models import Mail
from oms.errors import CartChanged, CartEmpty, NoDelivery, OutOfStock
from oms.invariants import orders_add_up, payment_shares, stock_counters
from oms.models import Order, PaymentShare, Reservation, StockItem, TestCardOperation, TimeLimit
from tests.factories import mas, oms

pytestmark = pytest.mark.django_db


def test_an_order_splits_into_one_part_per_merchant_and_adds_up(shop):
    first, second = mas.merchant(), mas.merchant()
    order = shop.order(
        (shop.offer(price=1999, merchant=first), 2),
        (shop.offer(price=333, merchant=second), 1),
        (shop.offer(price=4501, merchant=second), 1),
    )
    parts = list(order.merchant_orders.order_by("position"))
    assert [part.ref for part in parts] == [f"{order.ref}-1", f"{order.ref}-2"]
    assert [(part.merchant_id, part.goods_minor, part.shipping_minor) for part in parts] == [
        (first.pk, 3998, 490),
        (second.pk, 4834, 490),
    ]
    assert order.total_minor == 3998 + 4834 + 980 == sum(part.total_minor for part in parts)
    assert [part.state for part in parts] == ["waiting_acceptance"] * 2
    assert list(orders_add_up()) == list(payment_shares()) == []


def test_a_placed_order_commits_its_stock_and_tells_the_catalogue(shop):
    offer = shop.offer(on_hand=3)
    order = shop.order((offer, 2))
    item = StockItem.objects.get(offer=offer)
    assert (item.on_hand, item.reserved, item.available) == (3, 2, 1)
    offer.refresh_from_db()
    assert offer.available_quantity == 1
    assert list(Reservation.objects.values_list("state", "expires_at", "purpose")) == [
        ("committed", None, f"order:{order.ref}")
    ]
    assert list(stock_counters()) == []


def test_placing_is_announced_once_with_website_and_currency(shop):
    order = shop.order((shop.offer(), 1))
    payloads = list(OutboxEvent.objects.filter(name="oms.order_placed.v1").values_list("payload", flat=True))
    assert [(row["order_id"], row["website_id"], row["currency"]) for row in payloads] == [
        (order.pk, shop.store.website_id, "EUR")
    ]


def test_one_mail_confirms_the_purchase_from_several_merchants(shop):
    order = shop.order((shop.offer(), 1), (shop.offer(), 2))
    for _time in range(2):
        drain()
    mails = Mail.objects.filter(to=order.buyer_email)
    assert list(mails.values_list("template", "about_ref")) == [("oms.order_placed", order.ref)]
    body = mails.get().body
    for part in order.merchant_orders.all():
        (line,) = part.lines.all()
        assert f"{line.quantity} × {line.title}: {money_text(line.total_minor, 'EUR')}" in body
        assert f"{part.delivery_name}: {money_text(part.shipping_minor, 'EUR')}" in body
    assert "\n\n\n" not in body


def test_a_hundred_double_posts_make_one_order(shop):
    cart = shop.cart((shop.offer(on_hand=500), 1))
    refs = {shop.pay(cart, checkout_key="the-form").ref for _post in range(100)}
    assert len(refs) == Order.objects.count() == TestCardOperation.objects.count() == 1


def test_a_declined_card_gives_everything_back_and_keeps_the_cart(shop):
    offer = shop.offer(on_hand=1)
    cart = shop.cart((offer, 1))
    key = cart.checkout_key
    order = shop.pay(cart, "4000000000000002")
    assert order.placed_at is None
    assert order.abandon_reason == "The card was declined by its bank."
    assert StockItem.objects.get().available == 1
    assert not OutboxEvent.objects.filter(name="oms.order_placed.v1").exists()
    cart.refresh_from_db()
    assert cart.checkout_key != key
    assert shop.pay(cart).placed_at is not None


def test_free_delivery_starts_at_its_value_of_goods(shop):
    assert shop.order((shop.offer(price=5000), 1)).shipping_minor == 0
    assert shop.order((shop.offer(price=4999), 1)).shipping_minor == 490


def test_a_bank_transfer_order_is_placed_and_waits_for_the_money(shop):
    order = shop.order((shop.offer(), 1), number="transfer")
    assert order.is_placed
    assert [part.state for part in order.merchant_orders.all()] == ["staged"]
    assert order.payment.state == "awaited"
    assert TimeLimit.objects.get(settled_at=None).kind == "unpaid"


def test_stock_is_checked_where_it_counts_not_where_it_is_shown(shop):
    offer = shop.offer(on_hand=1)
    first, second = shop.cart((offer, 1)), shop.cart((offer, 1))
    shop.pay(first)
    offer.available_quantity = 1
    offer.save(update_fields=["available_quantity"])
    with pytest.raises(OutOfStock) as refused:
        shop.pay(second)
    assert refused.value.params == {"short": {offer.pk: 0}}
    assert Order.objects.count() == 1
    assert TestCardOperation.objects.count() == 1


def test_one_line_too_many_takes_nothing_of_the_others(shop):
    many, few = shop.offer(on_hand=10), shop.offer(on_hand=1)
    cart = shop.cart((many, 2), (few, 1))
    StockItem.objects.filter(offer=few).update(safety=1)
    with pytest.raises(OutOfStock):
        shop.pay(cart)
    assert list(StockItem.objects.values_list("reserved", flat=True)) == [0, 0]
    assert Reservation.objects.count() == 0


def test_an_empty_cart_cannot_be_ordered(shop):
    with pytest.raises(CartEmpty):
        shop.pay(shop.cart())


def test_a_total_that_is_not_what_the_buyer_saw_is_refused_with_the_new_one(shop):
    with pytest.raises(CartChanged) as refused:
        shop.pay(shop.cart((shop.offer(), 1)), expected_total_minor=1)
    assert refused.value.params == {"total_minor": 1490}


def test_a_merchant_without_delivery_to_the_country_is_named(shop):
    merchant = mas.merchant(name="Nur Schweiz")
    oms.delivery_method(oms.delivery_zone(merchant, ("CH",)))
    with pytest.raises(NoDelivery) as refused:
        shop.pay(shop.cart((shop.offer(merchant=merchant), 1)))
    assert "Nur Schweiz" in str(refused.value)


def test_tax_per_line_sums_to_the_tax_of_the_sum(shop):
    merchant = mas.merchant()
    order = shop.order(*((shop.offer(price=333, merchant=merchant), 1) for _line in range(3)))
    part = order.merchant_orders.get()
    assert part.goods_minor == 999
    assert part.tax_minor == 238 == sum(line.tax_minor for line in part.lines.all()) + part.shipping_tax_minor


def test_shares_sum_to_the_payment(shop):
    order = shop.order((shop.offer(), 1), (shop.offer(price=777), 3))
    assert sum(PaymentShare.objects.values_list("amount_minor", flat=True)) == order.total_minor
