"""Vouchers as buyers, merchants, operators and programs meet them."""

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.kernel.work import drain
from mms.models import Mail, StoreView
from oms.links import order_token
from oms.models import Cart, Voucher
from oms.permissions import MANAGE_VOUCHERS, VIEW_ORDERS
from tests.factories import mas, mms, oms
from tests.oms.test_api import Api
from tests.oms.test_back_office_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal(merchant):
    return mms.sign_in(Client(), mms.merchant_user(merchant, "merchant-admin"), method="password")


@pytest.fixture
def console(db):
    return mms.sign_in(Client(), mms.operator_user("operator-admin"))


def url(name, *args, space="portal"):
    return reverse(f"{space}:oms-voucher-{name}", args=args)


# -- buyers


@pytest.fixture
def visitor(client, make_shop, merchant):
    shop = make_shop(path_prefix="en")
    client.shop, client.base = shop, shop.store.base_path
    client.offer = shop.offer(merchant=merchant, price=2000)
    oms.voucher(
        merchant, website_id=shop.store.website_id, code="SUMMER", title="Sunny days", minimum_minor=1500
    )
    client.post(f"{client.base}cart/add/", {"offer": client.offer.ref, "quantity": 1})
    return client


def enter(visitor, code):
    return visitor.post(f"{visitor.base}cart/voucher/", {"voucher": code}, follow=True)


def test_a_buyer_enters_a_code_sees_what_it_takes_off_and_takes_it_off(visitor):
    page = text(enter(visitor, "summer"))
    assert "Sunny days" in page
    assert page.count(">€2.00<") == 2
    assert "Voucher SUMMER of Nordlicht" in page
    assert "€22.90" in page
    page = text(visitor.post(f"{visitor.base}cart/voucher/remove/", {"voucher": "SUMMER"}, follow=True))
    assert "€24.90" in page
    assert "Sunny days" not in page


def test_a_code_that_does_not_count_is_told_at_its_field_and_kept(visitor):
    response = enter(visitor, "winter")
    assert response.status_code == 422
    page = response.content.decode()
    assert "We do not know this code." in page
    assert 'value="winter"' in page
    assert 'aria-invalid="true"' in page
    assert Cart.objects.get().lines.count() == 1
    assert visitor.get(f"{visitor.base}cart/voucher/").status_code == 302


def test_without_a_cart_there_is_nothing_to_reduce(client, make_shop):
    base = make_shop(path_prefix="en").store.base_path
    assert client.post(f"{base}cart/voucher/", {"voucher": "x"}).status_code == 404
    assert client.post(f"{base}cart/voucher/remove/", {"voucher": "x"}).status_code == 404


def test_the_discount_is_shown_at_checkout_in_the_mail_and_on_every_page_of_the_order(
    visitor, portal, console
):
    enter(visitor, "summer")
    cart = Cart.objects.get()
    cart.details = {"email": "berta@example.com", "shipping": dict(oms.ADDRESS)}
    cart.save()
    checkout = text(visitor.get(f"{visitor.base}checkout/payment/"))
    assert checkout.count(">€2.00<") == 2
    assert 'value="2290"' in checkout
    order = visitor.shop.pay(cart, expected_total_minor=2290)
    part = order.merchant_orders.get()
    drain()
    assert "Voucher SUMMER, taken off above: €2.00" in Mail.objects.get(template="oms.order_placed").body
    for page in (
        visitor.get(f"{visitor.base}order/{order_token(order.ref)}/"),
        visitor.get(f"{visitor.base}order/{order_token(order.ref)}/done/"),
        portal.get(reverse("portal:oms-order-detail", args=[part.ref])),
        console.get(reverse("console:oms-order-detail", args=[order.ref])),
    ):
        shown = text(page)
        assert "SUMMER" in shown
        assert ">€2.00<" in shown


# -- merchants


def test_a_merchant_creates_edits_and_ends_a_voucher(portal, merchant):
    context = mms.store_context()
    text(portal.get(url("create")))
    form = {
        "code": "spring",
        "title": "Spring",
        "website_code": context.website_code,
        "kind": "amount",
        "amount_minor": "5",
        "minimum_minor": "5",
    }
    refused = portal.post(url("create"), form)
    assert refused.status_code == 422
    assert "Ask for goods worth more" in refused.content.decode()
    assert portal.post(url("create"), form | {"minimum_minor": "20"}).status_code == 302
    voucher = Voucher.objects.get()
    assert (voucher.merchant, voucher.code, voucher.amount_minor) == (merchant, "SPRING", 500)
    assert (voucher.minimum_minor, voucher.max_uses) == (2000, None)
    assert "SPRING" in text(portal.get(url("list")))
    assert "Spring" in text(portal.get(url("edit", voucher.ref)))
    change = {"title": "Late spring", "minimum_minor": "30", "max_uses": "7"}
    assert portal.post(url("edit", voucher.ref), change).status_code == 302
    voucher.refresh_from_db()
    assert (voucher.title, voucher.minimum_minor, voucher.max_uses) == ("Late spring", 3000, 7)
    text(portal.get(url("end", voucher.ref)))
    portal.post(url("end", voucher.ref))
    voucher.refresh_from_db()
    assert voucher.state == "ended"
    assert "has ended" in text(portal.get(url("edit", voucher.ref)))
    assert portal.post(url("edit", voucher.ref), change).status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_take_the_same_statements_for_one_and_three_vouchers(
    portal, console, merchant, rows, django_assert_max_num_queries
):
    for _row in range(rows):
        oms.voucher(merchant)
    for client, space, limit in ((portal, "portal", 9), (console, "console", 9)):
        client.get(url("list", space=space))
        with django_assert_max_num_queries(limit):
            client.get(url("list", space=space))


# -- operators


def test_operators_see_all_vouchers_and_end_one(console, merchant):
    voucher = oms.voucher(merchant, code="SUMMER")
    assert "Nordlicht" in text(console.get(url("list", space="console")))
    oms.voucher(code="OTHER")
    page = text(console.get(reverse("console:oms-merchant-vouchers", args=[merchant.ref])))
    assert "SUMMER" in page
    assert "OTHER" not in page
    assert reverse("console:oms-merchant-vouchers", args=[merchant.ref]) in text(
        console.get(reverse("console:mas-merchant-detail", args=[merchant.ref]))
    )
    assert "SUMMER" in text(console.get(url("detail", voucher.ref, space="console")))
    text(console.get(url("end", voucher.ref, space="console")))
    console.post(url("end", voucher.ref, space="console"))
    voucher.refresh_from_db()
    assert voucher.state == "ended"
    assert "Voucher ended" in text(console.get(url("detail", voucher.ref, space="console")))


# -- programs


def test_a_merchants_program_creates_lists_and_ends_vouchers(merchant):
    context = mms.store_context()
    program = Api("/api/merchant/v1", grants=(MANAGE_VOUCHERS,), merchant_id=merchant.pk)
    body = {
        "code": "api-10",
        "title": "Ten",
        "website_code": context.website_code,
        "kind": "percent",
        "currency": "EUR",
        "rate_bps": 1000,
        "valid_until": "2099-01-01T00:00:00Z",
    }
    made = program.send("/vouchers", body, "v1")
    assert made.status_code == 201
    assert program.send("/vouchers", body, "v1").json() == made.json()
    assert program.send("/vouchers", body, "v2").json()["error"]["fields"].keys() == {"code"}
    foreign = oms.voucher(mas.merchant())
    assert program.get("/vouchers").json()["items"] == [made.json()]
    assert program.send(f"/vouchers/{foreign.ref}/end", {}, "").status_code == 404
    ended = program.send(f"/vouchers/{made.json()['ref']}/end", {}, "").json()
    assert (ended["state"], ended["code"], ended["turnover_minor"]) == ("ended", "API-10", 0)
    assert program.get("/vouchers?state=active").json()["items"] == []
    reader = Api("/api/merchant/v1", grants=(VIEW_ORDERS,), merchant_id=merchant.pk)
    assert reader.get("/vouchers").status_code == 403


def test_a_shop_front_puts_a_voucher_on_a_cart_and_orders(shop, merchant, voucher_for):
    front = Api("/api/storefront/v1", view=StoreView.objects.get(code=shop.store.view_code))
    voucher_for(merchant)
    offer = shop.offer(merchant=merchant, price=2000)
    cart = front.send("/carts", {"lines": [{"offer_ref": offer.ref, "quantity": 1}]}).json()
    path = f"/carts/{cart['token']}/voucher"
    refused = front.send(path, {"code": "nope"}, "", "put")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "voucher_refused")
    assert refused.json()["error"]["params"] == {"reason": "unknown"}
    reduced = front.send(path, {"code": "summer"}, "", "put").json()
    assert (reduced["discount_minor"], reduced["total_minor"]) == (200, 2290)
    assert reduced["groups"][0]["voucher"]["code"] == "SUMMER"
    full = front.send(f"{path}/summer", {}, "", "delete").json()
    assert (full["discount_minor"], full["groups"][0]["voucher"]) == (0, None)
    front.send(path, {"code": "summer"}, "", "put")
    body = {
        "email": "berta@example.com",
        "shipping_address": oms.ADDRESS,
        "provider": "test_card",
        "instrument": {"card_number": "4242424242424242"},
        "expected_total_minor": 2290,
    }
    order = front.send(f"/carts/{cart['token']}/order", body).json()
    assert (order["goods_minor"], order["discount_minor"], order["total_minor"]) == (1800, 200, 2290)
