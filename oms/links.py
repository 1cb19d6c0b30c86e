"""Signed links of orders: who holds one sees the order without signing in."""

from django.core import signing

_SALT = "oms.order"


def order_token(order_ref: str) -> str:
    return signing.Signer(salt=_SALT).sign(order_ref)


def read_order_token(token: str) -> str | None:
    """The ref a token was made for; None when it was tampered with."""
    try:
        return signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
