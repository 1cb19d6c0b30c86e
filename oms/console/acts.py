"""What operators do on an order: the merchants' acts on any merchant's part, and the payments."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage
from oms.operations.captures import mark_paid
from oms.operations.invoice_requests import request_invoice
from oms.operations.payment_rescue import try_capture_again
from oms.operations.receipt import receive_merchant_order
from oms.operations.refunds import confirm_refund
from oms.permissions import MARK_PAID, REFUND_ORDERS, RESOLVE_PAYMENTS, SHIP_ORDERS
from oms.portal.order_acts import (
    AcceptAct,
    AnswerAct,
    CancelAct,
    CollectableAct,
    InvoiceFileAct,
    InvoiceUploadAct,
    OneOrder,
    PackingSlipAct,
    RefundAct,
    RetryRefundAct,
    ShipAct,
)
from oms.portal.parcel_acts import CarrierNewsAct
from oms.selectors.orders import get_order


class OnOrderPage(ConsolePage, OneOrder):
    """Goes back to the whole order."""

    by_place = True

    def get_order_url(self) -> str:
        order_ref, _dash, position = self.kwargs["ref"].rpartition("-")
        return reverse("console:oms-order-detail", args=[order_ref]) + f"#part-{position}"

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Orders"), reverse("console:oms-order-list")), (self.part.ref, self.get_order_url())]


class AcceptOrderView(OnOrderPage, AcceptAct):
    pass


class AnswerOrderView(OnOrderPage, AnswerAct):
    pass


class ShipOrderView(OnOrderPage, ShipAct):
    pass


class CancelOrderView(OnOrderPage, CancelAct):
    pass


class RefundOrderView(OnOrderPage, RefundAct):
    pass


class RetryRefundView(OnOrderPage, RetryRefundAct):
    title = gettext_lazy("Pay back again")
    confirm = gettext_lazy("The provider is asked to pay this refund back once more.")
    confirm_button = gettext_lazy("Pay back again")
    confirm_tone = "primary"


class PackingSlipView(OnOrderPage, PackingSlipAct):
    pass


class CollectableOrderView(OnOrderPage, CollectableAct):
    pass


class InvoiceUploadView(OnOrderPage, InvoiceUploadAct):
    pass


class InvoiceFileView(OnOrderPage, InvoiceFileAct):
    pass


class InvoiceRequestView(OnOrderPage, ActionPage):
    grant = REFUND_ORDERS
    success_message = gettext_lazy("The merchant is asked for its invoice.")

    def perform(self) -> None:
        request_invoice(self.kwargs["ref"], actor=self.actor)


class CarrierNewsView(OnOrderPage, CarrierNewsAct):
    pass


class ReceiveOrderView(OnOrderPage, ActionPage):
    grant = SHIP_ORDERS
    success_message = gettext_lazy("Marked as received.")

    def perform(self) -> None:
        receive_merchant_order(self.kwargs["ref"], actor=self.actor)


class CaptureAgainView(OnOrderPage, ActionPage):
    grant = RESOLVE_PAYMENTS
    by_place = False
    title = gettext_lazy("Charge again")
    confirm = gettext_lazy("The provider is asked to charge the buyer once more for what is owed.")
    confirm_button = gettext_lazy("Charge again")
    confirm_tone = "primary"
    success_message = gettext_lazy("The charge is tried again.")

    def perform(self) -> None:
        try_capture_again(self.kwargs["ref"], actor=self.actor)


class ConfirmRefundView(OnOrderPage, ActionPage):
    grant = MARK_PAID
    by_place = False
    title = gettext_lazy("Paid back by bank")
    confirm = gettext_lazy("Confirm it only when the bank has executed the transfer to the buyer.")
    confirm_button = gettext_lazy("It was paid back")
    confirm_tone = "primary"
    success_message = gettext_lazy("The refund is recorded as paid back.")

    def perform(self) -> None:
        confirm_refund(self.kwargs["refund_ref"], actor=self.actor)


class MarkPaidForm(Form):
    reference = forms.CharField(
        label=gettext_lazy("Reference on the bank statement"),
        max_length=100,
        help_text=gettext_lazy(
            "Statement number or the bank's own reference, so that finance finds it again."
        ),
    )


class MarkPaidView(ConsolePage, FormPage):
    """The transfer of an order arrived."""

    grant = MARK_PAID
    template_name = "oms/console/mark_paid.html"
    form_class = MarkPaidForm
    submit_label = gettext_lazy("Record payment")
    success_message = gettext_lazy("Payment recorded; the merchants can accept the order now.")

    def get_title(self) -> str:
        return _("Record payment of %(ref)s") % {"ref": self.kwargs["ref"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(order=get_order(self.kwargs["ref"], actor=self.actor), **kwargs)

    def perform(self, form: Any) -> None:
        mark_paid(self.kwargs["ref"], reference=form.cleaned_data["reference"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:oms-order-detail", args=[self.kwargs["ref"]])

    def get_cancel_url(self) -> str:
        return self.get_success_url()
