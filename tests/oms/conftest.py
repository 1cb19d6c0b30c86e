"""A small shop: a store view, tax rates, one delivery grid, and carts to order from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from backoffice.kernel.actors import buyer_actor
from mms.context import StoreContext
from oms.integrations.test_card import TestCard
from oms.models import Cart, CartLine, Order, Voucher
from oms.operations.cart_vouchers import put_voucher_on_cart
from oms.operations.checkout import Buyer, PaymentChoice, place_order
from oms.ports import Instrument
from pim.models import Offer
from tests.factories import mas, mms, oms, pim
from tests.oms import stripe_server

BUYER = Buyer("Berta Buyer", "berta@example.com", dict(oms.ADDRESS))
CARD = "4242424242424242"


@dataclass
class Shop:
    store: StoreContext
    offers: list[Offer] = field(default_factory=list)

    def offer(self, *, price: int = 1000, on_hand: int = 10, merchant: Any = None, **fields: Any) -> Offer:
        """A buyable offer with stock, sold by a merchant of its own unless one is given."""
        made = pim.offer(merchant=merchant or mas.merchant(), price=price, **fields)
        oms.stock(made, on_hand)
        self.offers.append(made)
        return made

    def cart(self, *lines: tuple[Offer, int]) -> Cart:
        cart = Cart.objects.create(website_id=self.store.website_id)
        for offer, quantity in lines:
            CartLine.objects.create(cart=cart, offer=offer, quantity=quantity)
        return cart

    def reduced_cart(self, merchant: Any, code: str = "SUMMER", quantity: int = 2) -> Cart:
        """A cart of pieces of 10.00 of this merchant with its voucher on it."""
        cart = self.cart((self.offer(merchant=merchant), quantity))
        put_voucher_on_cart(cart, code, store=self.store)
        cart.refresh_from_db()
        return cart

    def pay(self, cart: Cart, number: str = CARD, **fields: Any) -> Order:
        """Order the cart by the test card with this number (`transfer` = bank transfer)."""
        return place_order(
            cart, BUYER, choice(number), store=self.store, actor=buyer_actor("Berta Buyer"), **fields
        )

    def order(self, *lines: tuple[Offer, int], number: str = CARD) -> Order:
        return self.pay(self.cart(*lines), number)


def choice(number: str) -> PaymentChoice:
    if number == "transfer":
        return PaymentChoice("bank_transfer", Instrument("", ""))
    if number == "stripe":
        return PaymentChoice("stripe", Instrument("", ""))
    if number == "outside":
        return PaymentChoice("pay_merchant", Instrument("", ""))
    if number == "cash":
        return PaymentChoice("cash_on_delivery", Instrument("", ""))
    return PaymentChoice("test_card", TestCard().tokenise({"card_number": number}))


@pytest.fixture
def make_shop() -> Iterator[Callable[..., Shop]]:
    def build(**view: Any) -> Shop:
        mms.forget_references()
        mms.tax_rate()
        oms.delivery_method(oms.delivery_zone(countries=("DE", "AT")), 490, free_from=5000)
        return Shop(mms.store_context(**view))

    yield build
    mms.forget_references()


@pytest.fixture
def shop(db: None, make_shop: Callable[..., Shop]) -> Shop:
    return make_shop()


@pytest.fixture
def merchant(db: None) -> Any:
    return mas.merchant(name="Nordlicht")


@pytest.fixture
def voucher_for(shop: Shop) -> Callable[..., Voucher]:
    """A voucher of 10 % for the shop's website, unless told otherwise."""

    def build(merchant: Any, code: str = "SUMMER", **fields: Any) -> Voucher:
        return oms.voucher(merchant, website_id=shop.store.website_id, code=code, **fields)

    return build


@pytest.fixture
def stripe(settings: Any) -> Iterator[stripe_server.FakeStripe]:
    """A Stripe of its own for this test, with its keys in the settings."""
    with stripe_server.running() as fake:
        settings.STRIPE_SECRET_KEY = stripe_server.SECRET_KEY
        settings.STRIPE_WEBHOOK_SECRETS = ["whsec_the_next_one", stripe_server.WEBHOOK_SECRET]
        settings.STRIPE_API_URL = fake.url
        settings.STRIPE_MULTICAPTURE = True
        settings.HTTP_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
        yield fake
