"""What people do with one merchant order; the console uses the same acts on any merchant's order."""

from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, FormPage, Page, PortalPage
from mms.selectors.preferences import get_preference
from oms.exports.packing_slip import packing_slip_pdf, parcel_slip_pdf
from oms.models import MerchantOrder
from oms.operations.acceptance import accept_lines, accept_merchant_order
from oms.operations.cancellation import cancel_lines, cancel_merchant_order
from oms.operations.invoice_requests import upload_invoice
from oms.operations.refunds import RefundPart, RefundWish, request_refund, retry_refund
from oms.operations.shipments import Parcel, make_collectable, ship_parcel
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS, REFUND_ORDERS, SHIP_ORDERS, VIEW_ORDERS
from oms.portal.order_forms import AnswerForm, CancelForm, RefundForm, ShipForm
from oms.preferences import OTHER_CARRIERS
from oms.selectors.invoices import read_invoice
from oms.selectors.orders import get_merchant_order, scope_path_of
from oms.selectors.shipments import get_shipment_of


class OneOrder(Page):
    """Acts on the merchant order of the address and goes back to its page."""

    @cached_property
    def part(self) -> MerchantOrder:
        return get_merchant_order(self.kwargs["ref"], actor=self.actor)

    def get_order_url(self) -> str:
        return reverse("portal:oms-order-detail", args=[self.kwargs["ref"]])

    def get_success_url(self) -> str:
        return self.get_order_url()

    def get_cancel_url(self) -> str:
        return self.get_order_url()

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Orders"), reverse("portal:oms-order-list")), (self.part.ref, self.get_order_url())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(part=self.part, **kwargs)


class AcceptAct(OneOrder, ActionPage):
    grant = ACCEPT_ORDERS
    success_message = gettext_lazy("Order accepted. It can be shipped as soon as the buyer is charged.")

    def perform(self) -> None:
        accept_merchant_order(self.kwargs["ref"], actor=self.actor)


class LinesAct(OneOrder, FormPage):
    def get_form_kwargs(self) -> dict[str, Any]:
        return {"lines": [line for line in self.part.lines.all() if line.quantity_open]}


class AnswerAct(LinesAct):
    grant = ACCEPT_ORDERS
    title = gettext_lazy("Accept or refuse lines")
    intro = gettext_lazy("Enter how many pieces you will send. What you refuse is not charged.")
    form_class = AnswerForm
    submit_label = gettext_lazy("Send answer")
    success_message = gettext_lazy("Your answer is recorded; the buyer is told.")

    def perform(self, form: Any) -> None:
        accept_lines(self.kwargs["ref"], form.pieces(), reason=form.cleaned_data["reason"], actor=self.actor)


class ShipAct(LinesAct):
    grant = SHIP_ORDERS
    title = gettext_lazy("Ship")
    intro = gettext_lazy("Enter what is in this parcel. You can send the rest in another one.")
    form_class = ShipForm
    submit_label = gettext_lazy("Mark as shipped")
    success_message = gettext_lazy("Parcel recorded; the buyer gets the tracking details by e-mail.")

    def get_form_kwargs(self) -> dict[str, Any]:
        path = scope_path_of(self.part.order)
        return {**super().get_form_kwargs(), "may_use_others": get_preference(OTHER_CARRIERS, path)}

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        parcel = Parcel(
            pieces=form.pieces(),
            carrier=data["carrier"],
            tracking_number=data["tracking_number"],
            carrier_name=data.get("carrier_name", ""),
            tracking_url=data.get("tracking_url", ""),
            package_ref=data["package_ref"],
        )
        ship_parcel(self.kwargs["ref"], parcel, actor=self.actor)


class CancelAct(LinesAct):
    grant = CANCEL_ORDERS
    title = gettext_lazy("Cancel pieces")
    intro = gettext_lazy(
        "What you cancel goes back to stock and is refunded. Parcels that left are not touched."
    )
    form_class = CancelForm
    submit_label = gettext_lazy("Cancel these pieces")
    success_message = gettext_lazy("Cancelled; the buyer is told and gets the money back.")

    def perform(self, form: Any) -> None:
        pieces, reason = form.pieces(), form.cleaned_data["reason"]
        part = self.part
        everything = all(pieces.get(line.position, 0) == line.quantity_open for line in part.lines.all())
        if part.can_cancel and everything:
            cancel_merchant_order(part.ref, reason=reason, actor=self.actor)
        else:
            cancel_lines(part.ref, pieces, reason=reason, actor=self.actor)


class RefundAct(OneOrder, FormPage):
    grant = REFUND_ORDERS
    title = gettext_lazy("Refund")
    template_name = "oms/portal/refund.html"
    form_class = RefundForm
    submit_label = gettext_lazy("Refund the buyer")

    def get_form_kwargs(self) -> dict[str, Any]:
        lines = [line for line in self.part.lines.all() if line.refundable_minor > 0]
        return {"lines": lines, "part": self.part}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        part = self.part
        left = part.shipping_minor - part.withdrawn_shipping_minor - part.refunded_shipping_minor
        return super().get_context_data(shipping_left_minor=left, **kwargs)

    def perform(self, form: Any) -> str:
        pieces = form.pieces()
        parts = [
            RefundPart(line.position, pieces[line.position], form.amount_of(line))
            for line in form.lines
            if pieces[line.position] or form.amount_of(line)
        ]
        data = form.cleaned_data
        wish = RefundWish(parts, data["shipping_minor"] or 0, data["reason"], data["note"])
        refund = request_refund(self.kwargs["ref"], wish, actor=self.actor)
        return _("Refund %(ref)s requested; the buyer gets the money back the way it was paid.") % {
            "ref": refund.ref
        }


class RetryRefundAct(OneOrder, ActionPage):
    grant = REFUND_ORDERS
    success_message = gettext_lazy("The refund is tried again.")

    def perform(self) -> None:
        retry_refund(self.kwargs["refund_ref"], actor=self.actor)


class CollectableAct(OneOrder, ActionPage):
    grant = SHIP_ORDERS
    success_message = gettext_lazy("The buyer sees that the order can be collected.")

    def perform(self) -> None:
        make_collectable(self.kwargs["ref"], actor=self.actor)


class InvoiceForm(Form):
    file = forms.FileField(
        label=gettext_lazy("Invoice"),
        help_text=gettext_lazy("A PDF. The buyer gets a link to it by e-mail."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf"}),
    )


class InvoiceUploadAct(OneOrder, FormPage):
    grant = SHIP_ORDERS
    title = gettext_lazy("Upload invoice")
    form_class = InvoiceForm
    submit_label = gettext_lazy("Send to the buyer")
    success_message = gettext_lazy("The invoice is sent to the buyer.")

    def perform(self, form: Any) -> None:
        file = form.cleaned_data["file"]
        upload_invoice(self.kwargs["ref"], file.read(), file.name, actor=self.actor)


class InvoiceFileAct(OneOrder):
    """The merchant's invoice as it was uploaded."""

    grant = VIEW_ORDERS

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return invoice_response(self.part)


def invoice_response(part: MerchantOrder) -> HttpResponse:
    """The file as a download. Raises `NotFound` while there is none."""
    name, content = read_invoice(part)
    headers = {
        "Content-Disposition": f'attachment; filename="{slugify(name.removesuffix(".pdf"))}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


class PackingSlipAct(OneOrder):
    """The packing slip as PDF: of the whole part, or with `?parcel=SHP-…` of what is in that parcel."""

    grant = VIEW_ORDERS

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("parcel", "")
        name = wanted or self.part.ref
        pdf = parcel_slip_pdf(get_shipment_of(self.part, wanted)) if wanted else packing_slip_pdf([self.part])
        headers = {"Content-Disposition": f'inline; filename="packing-slip-{name}.pdf"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)


class AcceptOrderView(PortalPage, AcceptAct):
    pass


class AnswerOrderView(PortalPage, AnswerAct):
    pass


class ShipOrderView(PortalPage, ShipAct):
    pass


class CancelOrderView(PortalPage, CancelAct):
    pass


class RefundOrderView(PortalPage, RefundAct):
    pass


class RetryRefundView(PortalPage, RetryRefundAct):
    pass


class CollectableOrderView(PortalPage, CollectableAct):
    pass


class InvoiceUploadView(PortalPage, InvoiceUploadAct):
    pass


class InvoiceFileView(PortalPage, InvoiceFileAct):
    pass


class PackingSlipView(PortalPage, PackingSlipAct):
    pass
