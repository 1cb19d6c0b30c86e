"""Mails about orders, queued into the outbox of mails."""

from typing import Any

from backoffice.kernel.money import Money
from backoffice.kernel.phrases import gettext as _
from mas.selectors.merchants import find_merchant_by_id
from mms.operations.mails import queue_mail
from mms.operations.tasks import open_task
from oms.links import order_link
from oms.models import (
    DebitMoment,
    Incident,
    InvoiceRequest,
    MerchantOrder,
    Order,
    Refund,
    Shipment,
    TimeLimit,
    TimeLimitKind,
)
from oms.selectors.bank_details import get_bank_details
from oms.selectors.time_limits import duty_task


def _to_buyer(order: Order, template: str, **context: Any) -> None:
    queue_mail(
        to=order.buyer_email,
        template=template,
        context={
            "order": order,
            "store": order.store_copy.get("name", ""),
            "total": Money(order.total_minor, order.currency).display(order.language),
            "link": order_link(order),
            **context,
        },
        language=order.language,
        about_ref=order.ref,
    )


def _to_merchant(part: MerchantOrder, template: str, **context: Any) -> None:
    merchant = find_merchant_by_id(part.merchant_id)
    if merchant is None or not merchant.email:
        return
    queue_mail(
        to=merchant.email,
        template=template,
        context={"part": part, "merchant": merchant, **context},
        language=merchant.language,
        about_ref=part.ref,
    )


def confirm_order(order_id: int) -> None:
    """One mail for the whole purchase."""
    order = (
        Order.objects.prefetch_related("merchant_orders__lines").select_related("payment").get(pk=order_id)
    )
    _to_buyer(
        order,
        "oms.order_placed",
        is_transfer=order.payment.provider == "bank_transfer",
        is_outside=order.payment.debit_moment == DebitMoment.OUTSIDE,
        is_invoice=order.payment.debit_moment == DebitMoment.DUE_DATE,
        bank=get_bank_details(order),
    )


def tell_of_abandoned_order(order_id: int) -> None:
    order = Order.objects.get(pk=order_id)
    _to_buyer(order, "oms.order_abandoned", reason=order.abandon_reason)


def tell_merchants_to_accept(merchant_order_ids: tuple[int, ...]) -> None:
    for part in MerchantOrder.objects.filter(pk__in=merchant_order_ids).select_related("order"):
        _to_merchant(part, "oms.merchant_order_opened")


def tell_of_shipment(shipment_ref: str) -> None:
    shipment = Shipment.objects.select_related("merchant_order__order").get(ref=shipment_ref)
    lines = list(shipment.lines.select_related("line"))
    _to_buyer(
        shipment.merchant_order.order,
        "oms.shipped",
        shipment=shipment,
        part=shipment.merchant_order,
        lines=lines,
    )


def tell_of_ended_part(merchant_order_id: int) -> None:
    """A merchant's part was refused or cancelled."""
    part = MerchantOrder.objects.select_related("order").get(pk=merchant_order_id)
    if part.order.placed_at is not None:
        _to_buyer(part.order, "oms.merchant_order_ended", part=part, reason=part.end_reason)


def tell_of_refund(refund_id: int) -> None:
    refund = Refund.objects.select_related("merchant_order__order").get(pk=refund_id)
    amount = Money(refund.amount_minor, refund.currency).display(refund.merchant_order.order.language)
    _to_buyer(
        refund.merchant_order.order, "oms.refunded", refund=refund, part=refund.merchant_order, amount=amount
    )


def remind_of_late_order(part: MerchantOrder) -> None:
    """The merchant promised to ship by now."""
    _to_merchant(part, "oms.merchant_order_late")


def remind_of_unpaid_invoice(part: MerchantOrder) -> None:
    """The invoice is overdue: the buyer is reminded, the operator gets a task."""
    amount = Money(part.payable_minor, part.currency).display(part.order.language)
    _to_buyer(
        part.order,
        "oms.invoice_overdue",
        part=part,
        amount=amount,
        bank=get_bank_details(part.order),
    )
    open_task(
        kind="oms.invoice_overdue",
        title=_("The invoice of %(ref)s is overdue: %(amount)s") % {"ref": part.ref, "amount": amount},
        url_name="console:oms-order-detail",
        url_args=[part.order.ref],
        subject_ref=part.ref,
    )


def _title_of_duty(kind: str, ref: str) -> str:
    titles = {
        TimeLimitKind.ACCEPT: _("Accept or refuse order %(ref)s"),
        TimeLimitKind.SHIP: _("Ship order %(ref)s"),
        TimeLimitKind.INVOICE: _("Upload the invoice of order %(ref)s"),
    }
    return titles[TimeLimitKind(kind)] % {"ref": ref}


def remind_of_duty(part: MerchantOrder, limit: TimeLimit) -> None:
    """A limit of the merchant is running out: a mail each time, and one task that stays until the duty is done."""
    _to_merchant(part, "oms.merchant_order_due", duty=limit.kind, due_at=limit.due_at)
    open_task(
        kind=duty_task(limit.kind),
        title=_title_of_duty(limit.kind, part.ref),
        url_name="portal:oms-order-detail",
        url_args=[part.ref],
        subject_ref=part.ref,
        merchant_id=part.merchant_id,
        for_merchant=True,
        due_at=limit.due_at,
    )


def ask_for_invoice(request: InvoiceRequest) -> None:
    _to_merchant(request.merchant_order, "oms.invoice_requested", due_at=request.due_at)


def send_invoice_link(request: InvoiceRequest) -> None:
    """The merchant uploaded it: the buyer opens it from the page of the order."""
    part = request.merchant_order
    _to_buyer(part.order, "oms.invoice_ready", part=part)


def tell_of_reroute(part: MerchantOrder) -> None:
    """Another merchant sends what the first one could not."""
    refused = part.replaces
    _to_buyer(
        part.order,
        "oms.rerouted",
        part=part,
        first_merchant=refused.merchant_name if refused else "",
        lines=list(part.lines.order_by("position")),
    )


def tell_of_pickup(part: MerchantOrder) -> None:
    _to_buyer(part.order, "oms.ready_to_collect", part=part)


def tell_of_incident(incident: Incident) -> None:
    """Open: the merchant has to answer, and a buyer who did not report it learns of it."""
    _to_merchant(incident.merchant_order, "oms.incident_opened", incident=incident)
    if incident.opened_by != "buyer":
        _to_buyer(incident.merchant_order.order, "oms.incident_opened_for_buyer", incident=incident)


def tell_of_answer(incident: Incident) -> None:
    """The merchant answered: the buyer says whether that solved it."""
    _to_buyer(incident.merchant_order.order, "oms.incident_resolved", incident=incident)


def tell_of_closing(incident: Incident) -> None:
    _to_buyer(incident.merchant_order.order, "oms.incident_closed_for_buyer", incident=incident)
    _to_merchant(incident.merchant_order, "oms.incident_closed", incident=incident)
