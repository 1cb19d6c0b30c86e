"""From product to tracked order in the browserless shop: plain posts and redirects."""

import pytest

from backoffice.kernel.actors import system_actor
from backoffice.kernel.work import drain
from mms.models import Mail
from mms.operations.preferences import state_preference
from mms.selectors.scopes import get_scope
from oms.exports.packing_slip import packing_slip_pdf
from oms.links import order_token
from oms.models import Cart, InvoiceRequest, Order
from oms.operations.acceptance import accept_merchant_order
from oms.operations.invoice_requests import upload_invoice
from oms.operations.payments import process_due_attempts
from oms.operations.shipments import Parcel, ship_parcel
from oms.permissions import ACCEPT_ORDERS, SHIP_ORDERS
from oms.preferences import BANK_IBAN, offered_key
from tests.factories import mas
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
DESK = operator_actor(ACCEPT_ORDERS, SHIP_ORDERS)
DETAILS = {
    "email": "berta@example.com",
    "name": "Berta Büyer",
    "street": "Lange Straße 5",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
}


@pytest.fixture
def visitor(client, make_shop, db):
    shop = make_shop(path_prefix="en")
    client.shop = shop
    client.base = shop.store.base_path
    return client


def text(response):
    return response.content.decode()


def add(visitor, offer, quantity=1):
    return visitor.post(f"{visitor.base}cart/add/", {"offer": offer.ref, "quantity": quantity}, follow=True)


def go_to_payment(visitor, offer, quantity=1):
    add(visitor, offer, quantity)
    visitor.post(f"{visitor.base}checkout/", DETAILS)
    return Cart.objects.get(ordered_at=None)


def pay(visitor, cart, total, number="4242 4242 4242 4242", provider="test_card"):
    return visitor.post(
        f"{visitor.base}checkout/payment/",
        {
            "provider": provider,
            "card_number": number,
            "expected_total": total,
            "checkout_key": cart.checkout_key,
        },
        follow=True,
    )


def test_an_empty_cart_says_what_will_appear(visitor):
    response = visitor.get(f"{visitor.base}cart/")
    assert response.status_code == 200
    assert "Your cart is empty" in text(response)
    assert visitor.get(f"{visitor.base}checkout/").status_code == 302


def test_the_cart_groups_by_merchant_and_tells_what_is_missing_for_free_delivery(visitor):
    first, second = mas.merchant(name="Nordlicht"), mas.merchant(name="Südwind")
    add(visitor, visitor.shop.offer(merchant=first, price=2000))
    response = add(visitor, visitor.shop.offer(merchant=second, price=6000))
    page = text(response)
    assert page.index("Nordlicht") < page.index("Südwind")
    assert "€30.00" in page
    assert "more for free delivery" in page


def test_a_guest_orders_in_three_pages(visitor):
    cart = go_to_payment(visitor, visitor.shop.offer(price=2000))
    page = visitor.get(f"{visitor.base}checkout/payment/")
    assert "Lange Straße 5" in text(page)
    assert 'value="2490"' in text(page)
    done = pay(visitor, cart, 2490)
    order = Order.objects.get()
    assert done.redirect_chain[-1][0] == f"{visitor.base}order/{order_token(order.ref)}/done/"
    assert order.ref in text(done)
    assert order.is_placed
    assert "Your cart is empty" in text(visitor.get(f"{visitor.base}cart/"))


def test_a_double_click_orders_once(visitor):
    cart = go_to_payment(visitor, visitor.shop.offer())
    assert pay(visitor, cart, 1490).status_code == 200
    pay(visitor, cart, 1490)
    assert Order.objects.count() == 1


def test_a_declined_card_is_told_at_the_card_and_the_input_kept(visitor):
    cart = go_to_payment(visitor, visitor.shop.offer())
    response = pay(visitor, cart, 1490, "4000000000000002")
    assert response.status_code == 422
    assert "The card was declined by its bank." in text(response)
    assert "4000000000000002" in text(response)
    cart.refresh_from_db()
    assert pay(visitor, cart, 1490).status_code == 200
    assert Order.objects.placed().count() == 1


def test_a_wrong_total_shows_the_new_one_and_orders_nothing(visitor):
    cart = go_to_payment(visitor, visitor.shop.offer())
    response = pay(visitor, cart, 1)
    assert response.status_code == 422
    assert 'value="1490"' in text(response)
    assert Order.objects.count() == 0


def test_an_unknown_card_number_is_told_at_its_field(visitor):
    cart = go_to_payment(visitor, visitor.shop.offer())
    response = pay(visitor, cart, 1490, "1234")
    assert response.status_code == 422
    assert "This is not one of the test cards" in text(response)


def test_an_unanswered_payment_asks_for_patience(visitor):
    cart = go_to_payment(visitor, visitor.shop.offer())
    response = pay(visitor, cart, 1490, "4000000000000119")
    assert "Your payment is being checked" in text(response)


def test_a_transfer_tells_amount_and_reference(visitor):
    cart = go_to_payment(visitor, visitor.shop.offer())
    website = get_scope(f"website:{visitor.shop.store.website_code}")
    state_preference(BANK_IBAN, "DE02120300000000202051", scope=website, actor=system_actor())
    page = text(pay(visitor, cart, 1490, "", "bank_transfer"))
    assert "DE02 1203 0000 0000 2020 51" in page
    assert f"with the reference {Order.objects.get().ref}" in page


def test_who_pays_the_shops_is_told_so_on_every_page_and_by_mail(visitor):
    store = get_scope(f"store:{visitor.shop.store.store_code}")
    cart = go_to_payment(visitor, visitor.shop.offer())
    page = f"{visitor.base}checkout/payment/"
    assert "Pay the shop" not in text(visitor.get(page))
    state_preference(offered_key("pay_merchant"), True, scope=store, actor=system_actor())
    assert "Pay the shop" in text(visitor.get(page))
    told = "Each shop tells you how to pay it. We take no money for this order."
    assert told in text(pay(visitor, cart, 1490, "", "pay_merchant"))
    order = Order.objects.get()
    assert told in text(visitor.get(f"{visitor.base}order/{order_token(order.ref)}/"))
    drain()
    assert told in Mail.objects.get(template="oms.order_placed").body
    assert order.merchant_orders.get().state == "waiting_acceptance"


def test_the_buyer_follows_parcels_and_confirms_receipt(visitor):
    order = visitor.shop.order((visitor.shop.offer(), 1), (visitor.shop.offer(), 1))
    part = order.merchant_orders.get(position=1)
    accept_merchant_order(part.ref, actor=DESK)
    process_due_attempts(actor=DESK)
    ship_parcel(part.ref, Parcel(carrier="dhl", tracking_number="JD014"), actor=DESK)
    url = f"{visitor.base}order/{order_token(order.ref)}/"
    page = text(visitor.get(url))
    assert "JD014" in page
    assert page.count("Everything arrived") == 1
    response = visitor.post(f"{url}1/received/", follow=True)
    assert "Arrived" in text(response)
    part.refresh_from_db()
    assert part.state == "received"


def test_the_buyer_asks_for_an_invoice_and_opens_it_when_it_is_there(visitor):
    order = visitor.shop.order((visitor.shop.offer(), 1), (visitor.shop.offer(), 1))
    part, sibling = order.merchant_orders.order_by("position")
    url = f"{visitor.base}order/{order_token(order.ref)}/"
    assert "Ask for an invoice" not in text(visitor.get(url))
    accept_merchant_order(part.ref, actor=DESK)
    assert text(visitor.get(url)).count("Ask for an invoice") == 1
    for _time in range(2):
        asked = visitor.post(f"{url}1/invoice/", follow=True)
    assert "We asked the shop for its invoice" in text(asked)
    assert "Invoice asked for" in text(asked)
    assert InvoiceRequest.objects.get().merchant_order == part
    assert visitor.get(f"{url}1/invoice.pdf").status_code == 404
    pdf = packing_slip_pdf([])
    upload_invoice(part.ref, pdf, "R 1.pdf", actor=DESK)
    assert f'href="{url}1/invoice.pdf"' in text(visitor.get(url))
    file = visitor.get(f"{url}1/invoice.pdf")
    assert (file.content, file["Content-Type"], file["Cache-Control"]) == (
        pdf,
        "application/pdf",
        "private, no-store",
    )
    # The other shop was not asked, and a changed token opens nothing.
    assert visitor.get(f"{url}2/invoice.pdf").status_code == 404
    assert visitor.post(f"{url}2/invoice/", follow=True).status_code in {200, 409}
    assert not InvoiceRequest.objects.filter(merchant_order=sibling).exists()
    assert visitor.get(f"{url[:-1]}x/1/invoice.pdf").status_code == 404


def test_each_parcel_is_one_mail_after_the_one_of_the_purchase(visitor):
    order = visitor.shop.order((visitor.shop.offer(), 2), (visitor.shop.offer(), 1))
    part = order.merchant_orders.get(position=1)
    accept_merchant_order(part.ref, actor=DESK)
    drain()
    for number in range(2):
        for _time in range(2):
            parcel = Parcel(pieces={1: 1}, carrier="dhl", tracking_number=f"JD{number}", key=str(number))
            ship_parcel(part.ref, parcel, actor=DESK)
            drain()
    mails = Mail.objects.filter(to=order.buyer_email, about_ref=order.ref).order_by("id")
    assert list(mails.values_list("template", flat=True)) == [
        "oms.order_placed",
        "oms.shipped",
        "oms.shipped",
    ]


def test_a_changed_token_leads_nowhere(visitor):
    order = visitor.shop.order((visitor.shop.offer(), 1))
    token = order_token(order.ref)
    assert visitor.get(f"{visitor.base}order/{token}x/").status_code == 404
    assert visitor.get(f"{visitor.base}order/{order.ref}/").status_code == 404


def test_a_guest_finds_the_order_by_number_and_email_and_not_by_guessing(visitor):
    order = visitor.shop.order((visitor.shop.offer(), 1))
    url = f"{visitor.base}order/find/"
    found = visitor.post(url, {"number": order.ref.lower(), "email": "BERTA@example.com"})
    assert found.url == f"{visitor.base}order/{order_token(order.ref)}/"
    for _try in range(9):
        refused = visitor.post(url, {"number": order.ref, "email": "other@example.com"})
        assert refused.status_code == 422
        assert "We found no order" in text(refused)
    assert "Too many tries" in text(visitor.post(url, {"number": order.ref, "email": "berta@example.com"}))


@pytest.mark.parametrize("lines", [1, 3])
def test_the_cart_page_takes_the_same_statements_for_one_and_three_lines(
    visitor, lines, django_assert_max_num_queries
):
    for _line in range(lines):
        add(visitor, visitor.shop.offer())
    visitor.get(f"{visitor.base}cart/")
    with django_assert_max_num_queries(17):
        visitor.get(f"{visitor.base}cart/")
