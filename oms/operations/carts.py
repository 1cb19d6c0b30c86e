"""What buyers do with their cart; found by its token, so no grants are asked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound
from mms.context import StoreContext
from oms.errors import NoDelivery, QuantityNotAllowed
from oms.models import Cart, CartDelivery, CartLine
from oms.selectors.carts import find_cart, quantity_problem, view_cart
from pim.selectors.offers import SellableOffer, get_sellable_offers

MAX_LINES = 200
FORGOTTEN_AFTER = timedelta(days=30)


def _sellable(offer_ref: str, store: StoreContext) -> SellableOffer:
    offer = get_sellable_offers([offer_ref], store).get(offer_ref)
    if offer is None:
        raise NotFound(_("This product is not sold here."))
    return offer


def _checked(offer: SellableOffer, quantity: int) -> None:
    problem = quantity_problem(offer, quantity)
    if problem:
        raise QuantityNotAllowed(
            problem,
            fields={"quantity": problem},
            offer_ref=offer.offer_ref,
            available=offer.available_quantity,
        )


@transaction.atomic
def add_to_cart(token: str, offer_ref: str, quantity: int, *, store: StoreContext) -> Cart:
    """Put pieces of an offer into the cart, making the cart at the first one; again raises the quantity.

    Raises `QuantityNotAllowed` when minimum, maximum, pack size or stock forbid the sum, `NotFound`.
    """
    offer = _sellable(offer_ref, store)
    cart = find_cart(token, website_id=store.website_id)
    line = CartLine.objects.filter(cart=cart, offer_id=offer.offer_id).first() if cart else None
    total = (line.quantity if line else 0) + quantity
    _checked(offer, total)
    cart = cart or Cart.objects.create(website_id=store.website_id)
    if line is None and cart.lines.count() >= MAX_LINES:
        raise InvalidInput(_("A cart holds at most %(count)s products.") % {"count": MAX_LINES})
    seen = {
        "seen_price_minor": offer.for_quantity(total, store).unit_price_minor,
        "seen_currency": offer.currency,
    }
    _row, created = CartLine.objects.get_or_create(
        cart=cart, offer_id=offer.offer_id, defaults={"quantity": quantity, **seen}
    )
    if not created:
        CartLine.objects.filter(cart=cart, offer_id=offer.offer_id).update(
            quantity=F("quantity") + quantity, **seen
        )
    _touch(cart)
    return cart


@transaction.atomic
def set_cart_quantity(cart: Cart, offer_ref: str, quantity: int, *, store: StoreContext) -> None:
    """Set the pieces of one line; 0 takes it out. Raises `QuantityNotAllowed`, `NotFound`."""
    line = cart.lines.filter(offer__ref=offer_ref).first()
    if line is None:
        raise NotFound(_("This product is not in your cart."))
    if quantity <= 0:
        line.delete()
    else:
        offer = _sellable(offer_ref, store)
        _checked(offer, quantity)
        line.quantity = quantity
        line.seen_price_minor = offer.for_quantity(quantity, store).unit_price_minor
        line.seen_currency = offer.currency
        line.save(update_fields=["quantity", "seen_price_minor", "seen_currency"])
    _touch(cart)


@transaction.atomic
def choose_delivery(cart: Cart, choices: Mapping[str, str], *, store: StoreContext) -> None:
    """Choose a way of delivery per merchant (`merchant ref → option key`). Raises `NoDelivery`."""
    view = view_cart(cart, store)
    for group in view.groups:
        wanted = choices.get(group.merchant_ref)
        if wanted is None:
            continue
        option = next((found for found in group.options if wanted in (found.key, found.method_ref)), None)
        if option is None:
            message = _("%(merchant)s does not offer this delivery any more. Choose another one.")
            raise NoDelivery(message % {"merchant": group.merchant_name})
        CartDelivery.objects.update_or_create(
            cart=cart,
            merchant_id=group.merchant_id,
            defaults={"method_id": option.method_id, "point_id": option.point_id},
        )
    _touch(cart)


@transaction.atomic
def save_details(cart: Cart, details: Mapping[str, Any]) -> None:
    """Keep what the buyer entered between the checkout pages; checked where it is entered."""
    cart.details = {**cart.details, **details}
    cart.save(update_fields=["details"])
    _touch(cart)


@transaction.atomic
def accept_prices(cart: Cart, *, store: StoreContext) -> None:
    """The buyer has seen today's prices: changes are told apart from them from now on."""
    for group in view_cart(cart, store).groups:
        for item in group.items:
            if item.note:
                CartLine.objects.filter(pk=item.line_id).update(
                    seen_price_minor=item.unit_price_minor, seen_currency=store.currency
                )


def _touch(cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(updated_at=clock.now())


def forget_old_carts() -> int:
    """Delete carts nobody touched for thirty days; returns how many."""
    old = Cart.objects.filter(updated_at__lt=clock.now() - FORGOTTEN_AFTER)
    deleted, _per_model = old.delete()
    return deleted
