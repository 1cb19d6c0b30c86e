"""What the order system does when lower apps, or it itself, announce something."""

from backoffice.kernel.actors import timer_actor
from backoffice.kernel.events import subscribe
from mas.events import MerchantApproved
from oms.events import (
    IncidentClosed,
    IncidentOpened,
    IncidentResolved,
    InvoiceRequested,
    InvoiceUploaded,
    MerchantOrderCancelled,
    MerchantOrderCollectable,
    MerchantOrderRefused,
    MerchantOrderRerouted,
    OrderAbandoned,
    OrderOpened,
    OrderPlaced,
    RefundSucceeded,
    ShipmentShipped,
)
from oms.models import Incident, InvoiceRequest, MerchantOrder
from oms.operations import notices
from oms.operations.acceptance import accept_automatically, show_addresses
from oms.operations.stated_stock import state_stock
from oms.operations.stock import get_or_create_default_location
from pim.events import OffersStockStated


@subscribe(OffersStockStated, mode="inline")
def on_offers_stock_stated(event: OffersStockStated) -> None:
    state_stock(event.merchant_id, event.rows, source=event.source)


@subscribe(MerchantApproved, mode="inline")
def on_merchant_approved(event: MerchantApproved) -> None:
    get_or_create_default_location(event.merchant_id)


@subscribe(OrderPlaced, mode="deferred")
def on_order_placed(event: OrderPlaced) -> None:
    notices.confirm_order(event.order_id)


@subscribe(OrderAbandoned, mode="deferred")
def on_order_abandoned(event: OrderAbandoned) -> None:
    if not event.is_seen:
        notices.tell_of_abandoned_order(event.order_id)


@subscribe(OrderOpened, mode="deferred")
def on_order_opened(event: OrderOpened) -> None:
    show_addresses(event.merchant_order_ids)
    accept_automatically(event.merchant_order_ids, actor=timer_actor("automatic acceptance"))
    notices.tell_merchants_to_accept(event.merchant_order_ids)


@subscribe(ShipmentShipped, mode="deferred")
def on_shipment_shipped(event: ShipmentShipped) -> None:
    notices.tell_of_shipment(event.shipment_ref)


@subscribe(MerchantOrderRefused, mode="deferred")
def on_merchant_order_refused(event: MerchantOrderRefused) -> None:
    notices.tell_of_ended_part(event.merchant_order_id)


@subscribe(MerchantOrderCancelled, mode="deferred")
def on_merchant_order_cancelled(event: MerchantOrderCancelled) -> None:
    notices.tell_of_ended_part(event.merchant_order_id)


@subscribe(RefundSucceeded, mode="deferred")
def on_refund_succeeded(event: RefundSucceeded) -> None:
    notices.tell_of_refund(event.refund_id)


@subscribe(MerchantOrderRerouted, mode="deferred")
def on_merchant_order_rerouted(event: MerchantOrderRerouted) -> None:
    notices.tell_of_reroute(_part(event.merchant_order_id))


@subscribe(MerchantOrderCollectable, mode="deferred")
def on_merchant_order_collectable(event: MerchantOrderCollectable) -> None:
    notices.tell_of_pickup(_part(event.merchant_order_id))


@subscribe(InvoiceRequested, mode="deferred")
def on_invoice_requested(event: InvoiceRequested) -> None:
    notices.ask_for_invoice(_invoice_request(event.merchant_order_id))


@subscribe(InvoiceUploaded, mode="deferred")
def on_invoice_uploaded(event: InvoiceUploaded) -> None:
    notices.send_invoice_link(_invoice_request(event.merchant_order_id))


@subscribe(IncidentOpened, mode="deferred")
def on_incident_opened(event: IncidentOpened) -> None:
    notices.tell_of_incident(_incident(event.incident_ref))


@subscribe(IncidentResolved, mode="deferred")
def on_incident_resolved(event: IncidentResolved) -> None:
    notices.tell_of_answer(_incident(event.incident_ref))


@subscribe(IncidentClosed, mode="deferred")
def on_incident_closed(event: IncidentClosed) -> None:
    notices.tell_of_closing(_incident(event.incident_ref))


def _part(merchant_order_id: int) -> MerchantOrder:
    return MerchantOrder.objects.select_related("order", "replaces").get(pk=merchant_order_id)


def _invoice_request(merchant_order_id: int) -> InvoiceRequest:
    return InvoiceRequest.objects.select_related("merchant_order__order").get(
        merchant_order_id=merchant_order_id
    )


def _incident(ref: str) -> Incident:
    found: Incident = Incident.objects.select_related("line", "merchant_order__order").get(ref=ref)
    return found
