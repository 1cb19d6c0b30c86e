"""Checkout in three pages: details, delivery and payment, done. No account is needed."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, buyer_actor
from backoffice.kernel.errors import DomainError, InvalidInput
from backoffice.ui.pages import FormPage
from oms.errors import PaymentDeclined
from oms.links import order_token
from oms.models import Cart, Order
from oms.operations.carts import choose_delivery, save_details
from oms.operations.checkout import Buyer, PaymentChoice, place_order
from oms.operations.order_plan import OrderPlan, plan_order
from oms.selectors.carts import CartView, view_cart
from oms.selectors.delivery import list_delivery_countries
from oms.selectors.payment_methods import list_payment_methods
from oms.storefront.cart import CartPage, pictures_of
from oms.storefront.forms import DetailsForm, PaymentForm


class CheckoutPage(CartPage, FormPage):
    """A page of the checkout; without anything to order one is sent back to the cart."""

    # The operations manage their own transactions: a provider is called between two of them.
    once = False
    step = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.cart = self.get_cart()
        if self.cart is None or not self.cart.lines.exists():
            return self.redirect(reverse("storefront:oms-cart-detail"))
        return super().dispatch(request, *args, **kwargs)

    @property
    def own_cart(self) -> Cart:
        if self.cart is None:
            raise InvalidInput(_("Your cart is empty."))
        return self.cart

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(step=self.step, **kwargs)


class CheckoutDetailsView(CheckoutPage):
    title = gettext_lazy("Your details")
    template_name = "oms/storefront/checkout_details.html"
    form_class = DetailsForm
    submit_label = gettext_lazy("Continue to delivery and payment")
    step = "details"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"countries": list_delivery_countries() or [self.store.country]}

    def get_initial(self) -> dict[str, Any]:
        details = self.own_cart.details
        contact = {name: details.get(name, "") for name in ("email", "phone")}
        return {"country": self.store.country, **details.get("shipping", {}), **contact}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cart=view_cart(self.own_cart, self.store), **kwargs)

    def perform(self, form: DetailsForm) -> None:
        data = form.cleaned_data
        save_details(
            self.own_cart, {"email": data["email"], "phone": data["phone"], "shipping": form.address()}
        )

    def get_success_url(self) -> str:
        return reverse("storefront:oms-checkout-payment")


class CheckoutPaymentView(CheckoutPage):
    """Delivery per merchant, payment, and the binding order."""

    title = gettext_lazy("Delivery and payment")
    template_name = "oms/storefront/checkout_payment.html"
    form_class = PaymentForm
    submit_label = gettext_lazy("Order and pay")
    step = "payment"
    _order: Order | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        cart = self.get_cart()
        if cart is not None and not cart.details.get("shipping"):
            return self.redirect(reverse("storefront:oms-checkout-details"))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"providers": list_payment_methods(self.store)}

    def get_initial(self) -> dict[str, Any]:
        plan = self.find_plan()
        return {"expected_total": plan.total_minor if plan else 0}

    def view(self) -> CartView:
        return view_cart(self.own_cart, self.store)

    def find_plan(self) -> OrderPlan | None:
        """The order as it would be placed now; None while something stands in its way."""
        view = self.view()
        return plan_order(view, clock.today()) if view.is_orderable else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        view = self.view()
        plan = plan_order(view, clock.today()) if view.is_orderable else None
        return super().get_context_data(
            cart=view,
            plan=plan,
            pictures=pictures_of(view),
            details=self.own_cart.details,
            checkout_key=self.own_cart.checkout_key,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        choices = {
            name.removeprefix("delivery-"): str(value)
            for name, value in request.POST.items()
            if name.startswith("delivery-")
        }
        try:
            if choices:
                choose_delivery(self.own_cart, choices, store=self.store)
        except DomainError as error:
            messages.error(request, error.message)
            return self.redirect(request.path)
        if request.POST.get("update"):
            return self.redirect(request.path)
        return super().post(request, *args, **kwargs)

    def _refuse(self, form: Any, error: DomainError) -> Any:
        # The new total is shown, so the next press confirms it.
        plan = self.find_plan()
        form.data = {**form.data.dict(), "expected_total": str(plan.total_minor if plan else 0)}
        return super()._refuse(form, error)

    def perform(self, form: PaymentForm) -> None:
        provider = form.provider()
        instrument = provider.tokenise(form.instrument_values())
        order = place_order(
            self.own_cart,
            buyer_of(self.own_cart.details),
            PaymentChoice(provider.code, instrument),
            store=self.store,
            expected_total_minor=form.cleaned_data["expected_total"],
            may_reroute=form.cleaned_data["may_reroute"],
            checkout_key=self.request.POST.get("checkout_key", "")[:64],
            actor=self.buyer(),
        )
        if order.abandoned_at is not None:
            field = next(iter(form.instrument_values()), "provider")
            message = _("%(reason)s Use another card or another way of payment.") % {
                "reason": order.abandon_reason
            }
            raise PaymentDeclined(message, fields={field: message})
        self._order = order

    def buyer(self) -> Actor:
        details: Mapping[str, Any] = self.own_cart.details
        return buyer_actor(str(details["shipping"].get("name", "buyer")), ip=self.actor.ip)

    def get_success_url(self) -> str:
        if self._order is None:
            return reverse("storefront:oms-cart-detail")
        done = reverse("storefront:oms-order-done", args=[order_token(self._order.ref)])
        # The page sends the buyer on by itself: a form may not be answered with a foreign address.
        return f"{done}?go=1" if self._order.payment.action_url else done


def buyer_of(details: Mapping[str, Any]) -> Buyer:
    """The buyer as the cart's details name them."""
    shipping = dict(details["shipping"])
    return Buyer(
        name=str(shipping.get("name", "")),
        email=str(details.get("email", "")),
        shipping_address=shipping,
        phone=str(details.get("phone", "")),
    )
