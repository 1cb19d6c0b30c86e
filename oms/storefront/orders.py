"""The order after it was placed: confirmation, tracking by signed link, finding it as a guest."""

from typing import Any

from django import forms
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.actors import buyer_actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.grants import PUBLIC
from backoffice.ui import badges
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, FormPage, Page, StorefrontPage
from oms.links import order_token, read_order_token
from oms.models import Order
from oms.operations.receipt import confirm_receipt
from oms.selectors.bank_details import get_bank_details
from oms.selectors.tracking import find_order_for_buyer, find_order_ref
from oms.storefront.cart import pictures_by_offer

FIND_LIMIT = 10
FIND_WINDOW_SECONDS = 600


class SignedOrderPage(StorefrontPage):
    """Whoever holds the signed link of an order sees it."""

    grant = PUBLIC
    _order: Order | None = None

    @property
    def order(self) -> Order:
        if self._order is None:
            ref = read_order_token(self.kwargs["token"])
            self._order = find_order_for_buyer(ref, website_id=self.store.website_id)
        if self._order is None:
            raise NotFound(_("This link does not lead to an order. Check that it is complete."))
        return self._order

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = self.order
        parts = list(order.merchant_orders.all())
        return super().get_context_data(
            order=order,
            parts=parts,
            pictures=pictures_by_offer(
                (line.offer_ref, line.asset_uuid) for part in parts for line in part.lines.all()
            ),
            bank=get_bank_details(order),
            order_badge=badges.badge(order.state, "oms.Order"),
            **kwargs,
        )


class OrderDoneView(SignedOrderPage, Page):
    """The third page of the checkout."""

    template_name = "oms/storefront/done.html"

    def get_title(self) -> str:
        if self.order.is_placed:
            return _("Thank you for your order")
        if self.order.abandoned_at is not None:
            return _("Your order was not placed")
        return _("Your payment is being checked")


class OrderTrackView(SignedOrderPage, Page):
    template_name = "oms/storefront/order.html"

    def get_title(self) -> str:
        return _("Order %(ref)s") % {"ref": self.order.ref}


class ReceiptConfirmView(SignedOrderPage, ActionPage):
    """The buyer says that one merchant's goods arrived."""

    success_message = gettext_lazy("Thank you. We told the merchant that everything arrived.")

    def perform(self) -> None:
        order = self.order
        confirm_receipt(
            order.pk, self.kwargs["position"], actor=buyer_actor(order.buyer_name, ip=self.actor.ip)
        )

    def get_success_url(self) -> str:
        return reverse("storefront:oms-order-track", args=[self.kwargs["token"]])


class FindOrderForm(Form):
    number = forms.CharField(
        label=gettext_lazy("Order number"), max_length=40, help_text=gettext_lazy("Such as ORD-7K2F9QX4AB.")
    )
    email = forms.EmailField(label=gettext_lazy("E-mail of the order"))


class OrderFindView(StorefrontPage, FormPage):
    """A guest finds an order by its number and e-mail; ten tries in ten minutes per address."""

    grant = PUBLIC
    title = gettext_lazy("Find your order")
    intro = gettext_lazy("Enter the number from your confirmation e-mail and the e-mail you ordered with.")
    form_class = FindOrderForm
    submit_label = gettext_lazy("Show order")
    once = False
    _token = ""

    def perform(self, form: FindOrderForm) -> None:
        self._count_try()
        data = form.cleaned_data
        ref = find_order_ref(data["number"], data["email"], website_id=self.store.website_id)
        if ref is None:
            raise InvalidInput(
                _("We found no order with this number and e-mail. Check both, or look into your e-mails.")
            )
        self._token = order_token(ref)

    def _count_try(self) -> None:
        key = f"oms.find-order:{self.actor.ip or self.request.META.get('REMOTE_ADDR', '')}"
        cache.add(key, 0, FIND_WINDOW_SECONDS)
        if cache.incr(key) > FIND_LIMIT:
            raise InvalidInput(_("Too many tries. Wait ten minutes and try again."))

    def get_success_url(self) -> str:
        return reverse("storefront:oms-order-track", args=[self._token])
