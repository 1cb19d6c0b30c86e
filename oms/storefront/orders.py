"""The order after it was placed: confirmation, tracking by signed link, finding it as a guest."""

from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.actors import Actor, buyer_actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.grants import PUBLIC
from backoffice.ui import badges
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, FormPage, Page, StorefrontPage
from oms.links import order_token, read_order_token
from oms.models import MerchantOrder, Order, OrderLine
from oms.operations.authorisations import give_up_payment
from oms.operations.cancellation import cancel_lines_as_buyer
from oms.operations.invoice_requests import request_invoice_as_buyer
from oms.operations.payment_notifications import look_up_checkout
from oms.operations.receipt import confirm_receipt
from oms.operations.test_bank import confirm_at_test_bank
from oms.portal.order_acts import invoice_response
from oms.portal.order_forms import LinesForm
from oms.selectors.bank_details import get_bank_details
from oms.selectors.incidents import can_report
from oms.selectors.line_pictures import pictures_by_offer
from oms.selectors.tracking import find_order_for_buyer, find_order_ref
from oms.storefront.problems import problems_of

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
        # What another shop sends instead is paid with what was given up of the first one's part.
        replaced = sum(part.total_minor for part in parts if part.replaces_id)
        return super().get_context_data(
            order=order,
            parts=parts,
            pictures=pictures_by_offer(
                (line.offer_ref, line.asset_uuid) for part in parts for line in part.lines.all()
            ),
            bank=get_bank_details(order),
            withdrawn_minor=sum(part.withdrawn_minor for part in parts) - replaced,
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
        if self.order.payment.action_url:
            return _("Confirm your payment")
        return _("Your payment is being checked")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Once after ordering; who comes back from the provider undecided is not sent round in circles.
        go_on = "go" in self.request.GET and not self.order.is_placed and self.order.abandoned_at is None
        return super().get_context_data(go_on=go_on, **kwargs)


class PaymentReturnView(SignedOrderPage):
    """Where the payment provider sends the buyer back to: asks it what became of the payment, then shows the order."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.order.is_placed:
            # Also when it was given up meanwhile: then the money is let go at once.
            look_up_checkout(self.order.pk, actor=buyer_actor(self.order.buyer_name, ip=self.actor.ip))
        return self.redirect(reverse("storefront:oms-order-done", args=[self.kwargs["token"]]))


class PaymentGiveUpView(SignedOrderPage, ActionPage):
    """Back to the checkout to pay another way."""

    def perform(self) -> str:
        actor = buyer_actor(self.order.buyer_name, ip=self.actor.ip)
        if give_up_payment(self.order.pk, actor=actor):
            return _("Choose another way of payment.")
        return _("Your payment was decided meanwhile.")

    def get_success_url(self) -> str:
        self.order.refresh_from_db()
        if self.order.abandoned_at is not None:
            return reverse("storefront:oms-checkout-payment")
        return reverse("storefront:oms-order-done", args=[self.kwargs["token"]])


class TestBankView(SignedOrderPage, ActionPage):
    """The page of the test card's bank: the buyer confirms the payment or does not."""

    # Not a test case.
    __test__ = False

    template_name = "oms/storefront/test_bank.html"
    title = gettext_lazy("Test bank")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.order.payment.provider != "test_card":
            raise NotFound(_("This order is not paid by test card."))
        return self.render()

    def perform(self) -> None:
        confirm_at_test_bank(self.order.ref, is_approved=self.request.POST.get("answer") == "approve")

    def get_success_url(self) -> str:
        return reverse("storefront:oms-payment-return", args=[self.kwargs["token"]])


class OrderTrackView(SignedOrderPage, Page):
    template_name = "oms/storefront/order.html"

    def get_title(self) -> str:
        return _("Order %(ref)s") % {"ref": self.order.ref}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = list(self.order.merchant_orders.all())
        lines = [(part, line) for part in parts for line in part.lines.all()]
        return super().get_context_data(
            problems=problems_of(lines),
            reportable={
                part.pk for part, line in lines if can_report(line, part) and not hasattr(line, "incident")
            },
            **kwargs,
        )


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


class OnePartPage(SignedOrderPage):
    """One merchant's part of the signed order."""

    @property
    def part(self) -> MerchantOrder:
        parts = self.order.merchant_orders.all()
        found = next((row for row in parts if row.position == self.kwargs["position"]), None)
        if found is None:
            raise NotFound(_("This order has no such part."))
        return found

    def buyer(self) -> Actor:
        return buyer_actor(self.order.buyer_name, ip=self.actor.ip)

    def get_success_url(self) -> str:
        return reverse("storefront:oms-order-track", args=[self.kwargs["token"]])


class BuyerCancelForm(LinesForm):
    """Pieces the buyer does not want any more."""

    def preset(self, line: OrderLine) -> int:
        return 0

    def help_of(self, line: OrderLine) -> str:
        return _("at most %(count)s") % {"count": self.most(line)}


class OrderCancelView(OnePartPage, FormPage):
    """Lines that were not shipped yet can be cancelled without asking anybody."""

    template_name = "oms/storefront/cancel.html"
    title = gettext_lazy("Cancel articles")
    intro = gettext_lazy("What you cancel is not charged, or you get the money back.")
    form_class = BuyerCancelForm
    submit_label = gettext_lazy("Cancel these articles")
    success_message = gettext_lazy("Cancelled. The shop is told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"lines": [line for line in self.part.lines.all() if line.quantity_open]}

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: Any) -> None:
        cancel_lines_as_buyer(self.order.pk, self.part.position, form.pieces(), actor=self.buyer())


class InvoiceRequestView(OnePartPage, ActionPage):
    success_message = gettext_lazy("We asked the shop for its invoice. You get an e-mail when it is here.")

    def perform(self) -> None:
        request_invoice_as_buyer(self.order.pk, self.part.position, actor=self.buyer())


class InvoiceFileView(OnePartPage, Page):
    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return invoice_response(self.part)


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
