"""The buyer's cart, found by the token in the session (the storefront's header reads the same key)."""

from typing import Any

from django.http import HttpRequest

from oms.models import Cart
from oms.selectors.carts import find_cart

SESSION_KEY = "cart_token"


def cart_token(request: HttpRequest) -> str:
    return str(request.session.get(SESSION_KEY, ""))


def find_session_cart(request: HttpRequest, store: Any) -> Cart | None:
    """The cart of this visitor in the customer pool of the store view; None before the first product."""
    return find_cart(cart_token(request), website_id=store.website_id)


def remember_cart(request: HttpRequest, cart: Cart) -> None:
    if request.session.get(SESSION_KEY) != cart.token:
        request.session[SESSION_KEY] = cart.token
