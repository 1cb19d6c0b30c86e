"""The cart: grouped by merchant, delivery chosen per merchant."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.grants import PUBLIC
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, FormPage, Page, StorefrontPage
from oms.models import Cart
from oms.operations.cart_vouchers import put_voucher_on_cart, take_voucher_off_cart
from oms.operations.carts import accept_prices, add_to_cart, choose_delivery, set_cart_quantity
from oms.selectors.carts import CartView, view_cart
from oms.selectors.line_pictures import pictures_by_offer
from oms.storefront.session import cart_token, find_session_cart, remember_cart


def pictures_of(view: CartView) -> dict[str, Any]:
    return pictures_by_offer(
        (item.offer_ref, item.offer.asset_uuid) for group in view.groups for item in group.items if item.offer
    )


class CartPage(StorefrontPage):
    """Pages about the visitor's cart."""

    grant = PUBLIC

    def get_cart(self) -> Cart | None:
        return find_session_cart(self.request, self.store)

    def need_cart(self) -> Cart:
        cart = self.get_cart()
        if cart is None:
            raise NotFound(_("Your cart is empty."))
        return cart


class VoucherForm(Form):
    voucher = forms.CharField(
        label=gettext_lazy("Voucher code"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class CartContents(CartPage):
    """The cart as a page; its lines are no part of any form of it."""

    title = gettext_lazy("Cart")
    template_name = "oms/storefront/cart.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cart = self.get_cart()
        view = view_cart(cart, self.store)
        has_notes = any(item.note for group in view.groups for item in group.items)
        if cart is not None and has_notes:
            # Told once: the buyer has seen today's prices now.
            accept_prices(cart, store=self.store)
        return super().get_context_data(
            **{"cart": view, "pictures": pictures_of(view), "form": VoucherForm(), **kwargs}
        )


class CartDetailView(CartContents, Page):
    pass


class CartVoucherView(CartContents, FormPage):
    """Put a merchant's voucher on the cart; a code that does not count is told at its field, on the cart."""

    form_class = VoucherForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.redirect(self.get_success_url())

    def perform(self, form: VoucherForm) -> str:
        voucher = put_voucher_on_cart(self.need_cart(), form.cleaned_data["voucher"], store=self.store)
        return _("The voucher %(code)s counts for the products of %(merchant)s.") % {
            "code": voucher.code,
            "merchant": voucher.merchant.name,
        }

    def get_success_url(self) -> str:
        return reverse("storefront:oms-cart-detail")


class CartVoucherRemoveView(CartPage, ActionPage):
    """Take a voucher off the cart."""

    success_message = gettext_lazy("Voucher taken off.")

    def perform(self) -> None:
        take_voucher_off_cart(self.need_cart(), self.request.POST.get("voucher", ""))

    def get_success_url(self) -> str:
        return reverse("storefront:oms-cart-detail")


def _quantity(text: str) -> int:
    try:
        quantity = int(text)
    except ValueError as error:
        raise InvalidInput(_("Enter a whole number of pieces.")) from error
    if not 0 <= quantity <= 100_000:
        raise InvalidInput(_("Enter a whole number of pieces."))
    return quantity


class CartAddView(CartPage, ActionPage):
    """From a product page: put an offer into the cart."""

    def perform(self) -> str:
        cart = add_to_cart(
            cart_token(self.request),
            self.request.POST.get("offer", ""),
            max(1, _quantity(self.request.POST.get("quantity", "1"))),
            store=self.store,
        )
        remember_cart(self.request, cart)
        return _("Added to your cart.")

    def get_success_url(self) -> str:
        return reverse("storefront:oms-cart-detail")


class CartLineView(CartPage, ActionPage):
    """Change the quantity of a line, or take it out (quantity 0)."""

    def perform(self) -> None:
        quantity = 0 if self.request.POST.get("remove") else _quantity(self.request.POST.get("quantity", ""))
        set_cart_quantity(self.need_cart(), self.kwargs["offer_ref"], quantity, store=self.store)

    def get_success_url(self) -> str:
        return reverse("storefront:oms-cart-detail")


class CartDeliveryView(CartPage, ActionPage):
    """Choose how one or more merchants deliver: `delivery-<merchant ref> = <method ref>`."""

    def perform(self) -> None:
        choices = {
            name.removeprefix("delivery-"): str(value)
            for name, value in self.request.POST.items()
            if name.startswith("delivery-")
        }
        choose_delivery(self.need_cart(), choices, store=self.store)

    def get_success_url(self) -> str:
        return reverse("storefront:oms-cart-detail")
