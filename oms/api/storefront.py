"""Shop front ends: cart and checkout of the store view their key is bound to."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from backoffice.kernel import clock
from backoffice.kernel.actors import buyer_actor
from backoffice.kernel.grants import PUBLIC
from backoffice.kernel.hashing import sha256_hex
from backoffice.kernel.idempotency import bound_to
from backoffice.ui.endpoints import IDEMPOTENCY_HEADER, IdempotencyKeyRequired, endpoint
from mms.context import StoreContext
from oms.api import cart_schemas, schemas
from oms.api.answers import order_answer
from oms.models import Cart
from oms.operations.cart_vouchers import put_voucher_on_cart, take_voucher_off_cart
from oms.operations.carts import add_to_cart, choose_delivery, set_cart_quantity
from oms.operations.checkout import Buyer, PaymentChoice, place_order
from oms.operations.order_plan import plan_order
from oms.selectors.carts import CartGroup, find_any_cart, get_cart, view_cart
from oms.selectors.payment_methods import get_payment_method

storefront = Router()
_VOUCHER = ("code", "title", "discount_minor", "problem")


def _store(request: HttpRequest) -> StoreContext:
    store: StoreContext = request.store  # type: ignore[attr-defined]
    return store


def _cart(request: HttpRequest, token: str) -> Cart:
    return get_cart(token, website_id=_store(request).website_id)


def _group(group: CartGroup) -> dict[str, Any]:
    names = (
        "key", "method_ref", "name", "kind", "min_days", "max_days", "price_minor", "missing_for_free_minor",
        "arrives_from_on", "arrives_until_on", "point",
    )  # fmt: skip
    return {
        "merchant_ref": group.merchant_ref,
        "merchant_name": group.merchant_name,
        "goods_minor": group.goods_minor,
        "discount_minor": group.discount_minor,
        "voucher": {name: getattr(group.voucher, name) for name in _VOUCHER} if group.voucher else None,
        "shipping_minor": group.shipping_minor,
        "chosen": group.chosen.key if group.chosen else None,
        "items": [
            {
                "offer_ref": item.offer_ref,
                "title": item.offer.title if item.offer else "",
                "quantity": item.quantity,
                "unit_price_minor": item.unit_price_minor,
                "total_minor": item.total_minor,
                "problem": item.problem,
            }
            for item in group.items
        ],
        "options": [{name: getattr(option, name) for name in names} for option in group.options],
    }


def _answer(cart: Cart, store: StoreContext) -> dict[str, Any]:
    view = view_cart(cart, store)
    plan = plan_order(view, clock.today()) if view.is_orderable else None
    return {
        "token": cart.token,
        "currency": view.currency,
        "country": view.country,
        "goods_minor": view.goods_minor,
        "discount_minor": view.discount_minor,
        "shipping_minor": view.shipping_minor,
        "tax_minor": plan.tax_minor if plan else 0,
        "total_minor": plan.total_minor if plan else view.total_minor,
        "is_orderable": view.is_orderable,
        "problems": list(view.problems),
        "groups": [_group(group) for group in view.groups],
    }


@endpoint(storefront, "POST", "/carts", grant=PUBLIC, creates=True, response=cart_schemas.CartOut)
def create_cart(request: HttpRequest, payload: cart_schemas.CartCreateIn) -> dict[str, Any]:
    """A new cart with these offers; keep its token."""
    store = _store(request)
    token = ""
    for line in payload.lines:
        cart = add_to_cart(token, line.offer_ref, max(1, line.quantity), store=store)
        token = cart.token
    return _answer(cart, store)


@endpoint(storefront, "GET", "/carts/{token}", grant=PUBLIC, response=cart_schemas.CartOut)
def read_cart(request: HttpRequest, token: str) -> dict[str, Any]:
    """The cart priced now, grouped by merchant, with ways of delivery."""
    return _answer(_cart(request, token), _store(request))


@endpoint(storefront, "PUT", "/carts/{token}/lines", grant=PUBLIC, response=cart_schemas.CartOut)
def set_line(request: HttpRequest, token: str, payload: cart_schemas.CartLineIn) -> dict[str, Any]:
    """Set the pieces of an offer; 0 takes it out."""
    cart, store = _cart(request, token), _store(request)
    if payload.quantity and not cart.lines.filter(offer__ref=payload.offer_ref).exists():
        add_to_cart(token, payload.offer_ref, payload.quantity, store=store)
    else:
        set_cart_quantity(cart, payload.offer_ref, payload.quantity, store=store)
    return _answer(cart, store)


@endpoint(storefront, "PUT", "/carts/{token}/delivery", grant=PUBLIC, response=cart_schemas.CartOut)
def set_delivery(request: HttpRequest, token: str, payload: cart_schemas.DeliveryIn) -> dict[str, Any]:
    """Choose the way of delivery of one or more merchants."""
    cart, store = _cart(request, token), _store(request)
    choose_delivery(cart, payload.choices, store=store)
    return _answer(cart, store)


@endpoint(storefront, "PUT", "/carts/{token}/voucher", grant=PUBLIC, response=cart_schemas.CartOut)
def put_voucher(request: HttpRequest, token: str, payload: cart_schemas.VoucherOnCartIn) -> dict[str, Any]:
    """Reduce one merchant's part by its voucher. Refused as `voucher_refused` with `params.reason`:

    `unknown`, `other_website`, `ended`, `not_started`, `currency`, `used_up`, `used_by_you`, `other_merchant`,
    `minimum`. Nothing is counted as used before the order.
    """
    cart, store = _cart(request, token), _store(request)
    put_voucher_on_cart(cart, payload.code, store=store)
    return _answer(_cart(request, token), store)


@endpoint(storefront, "DELETE", "/carts/{token}/voucher/{code}", grant=PUBLIC, response=cart_schemas.CartOut)
def take_voucher_off(request: HttpRequest, token: str, code: str) -> dict[str, Any]:
    """Take a voucher off the cart."""
    take_voucher_off_cart(_cart(request, token), code)
    return _answer(_cart(request, token), _store(request))


@endpoint(storefront, "POST", "/carts/{token}/order", grant=PUBLIC, response=schemas.OrderOut)
def order_cart(request: HttpRequest, token: str, payload: cart_schemas.PlaceOrderIn) -> dict[str, Any]:
    """Order the cart: needs an `Idempotency-Key`; sending it again answers what became of the first.

    Other content under a used key answers 409.

    `placed_at` is set when it was placed; `abandon_reason` when the payment was declined; neither while the payment is
    open: then send the buyer to `payment_url` if there is one, else ask again. The provider is called between two
    transactions, so the key is the order's own.
    """
    key = request.headers.get(IDEMPOTENCY_HEADER, "").strip()
    if not 0 < len(key) <= 200:
        message = _("Send the header %(header)s with a fresh random text.") % {"header": IDEMPOTENCY_HEADER}
        raise IdempotencyKeyRequired(message, fields={IDEMPOTENCY_HEADER: message})
    store = _store(request)
    provider = get_payment_method(payload.provider, store)
    # An ordered cart is looked up too: a repeated call must find its order.
    cart = find_any_cart(token, website_id=store.website_id) or _cart(request, token)
    shipping = payload.shipping_address.model_dump()
    billing = payload.billing_address.model_dump() if payload.billing_address else {}
    # How it is paid stays out of what is kept: a card number has no place there, not even as a hash.
    content = payload.model_dump(mode="json", exclude={"instrument"})
    with bound_to(f"order:{cart.pk}", key, content):
        order = place_order(
            cart,
            Buyer(shipping["name"], payload.email, shipping, billing, payload.phone),
            PaymentChoice(provider.code, provider.tokenise(payload.instrument)),
            store=store,
            expected_total_minor=payload.expected_total_minor,
            may_reroute=payload.may_reroute,
            checkout_key=sha256_hex(f"api:{cart.pk}:{key}"),
            actor=buyer_actor(shipping["name"]),
        )
    return order_answer(order)
