"""Signed links of orders: who holds one sees the order without signing in."""

from typing import TYPE_CHECKING

from django.core import signing

if TYPE_CHECKING:
    from oms.models import Order

_SALT = "oms.order"


def order_token(order_ref: str) -> str:
    return signing.Signer(salt=_SALT).sign(order_ref)


def read_order_token(token: str) -> str | None:
    """The ref a token was made for; None when it was tampered with."""
    try:
        return signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None


def order_link(order: "Order") -> str:
    """The signed page of an order in the store view it was placed in."""
    copy = order.store_copy
    return f"{copy.get('base_url', '')}{copy.get('base_path', '/')}order/{order_token(order.ref)}/"
