"""A merchant order's way for both audiences: the same acts, scoped by the key that calls."""

import base64
import binascii
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from backoffice.kernel.errors import InvalidInput
from backoffice.ui.endpoints import IDEMPOTENCY_HEADER, endpoint
from oms.api import schemas, way_schemas
from oms.api.answers import actor_of, history_answer, part_answer, results_answer, shipment_answer
from oms.models import InvoiceRequest
from oms.operations.acceptance import accept_lines, refuse_merchant_order
from oms.operations.bulk import accept_many, key_of, ship_many
from oms.operations.cancellation import cancel_lines, cancel_merchant_order
from oms.operations.carriers import CarrierNews, find_parcel, record_carrier_news
from oms.operations.invoice_requests import request_invoice, upload_invoice
from oms.operations.receipt import receive_merchant_order
from oms.operations.refunds import RefundPart, RefundWish, request_refund, retry_refund
from oms.operations.shipments import Parcel, make_collectable, ship_parcel
from oms.permissions import (
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    PUSH_TRACKING,
    REFUND_ORDERS,
    SHIP_ORDERS,
    VIEW_ORDERS,
)
from oms.selectors.orders import get_merchant_order
from oms.selectors.shipments import get_shipment, list_carriers, list_offered_carriers
from oms.selectors.worklists import list_full_history

Answer = dict[str, Any]


def _part(request: HttpRequest, ref: str) -> Answer:
    actor = actor_of(request)
    return part_answer(get_merchant_order(ref, actor=actor), actor=actor)


def accept(request: HttpRequest, ref: str, payload: schemas.AcceptIn) -> Answer:
    """Accept pieces and refuse the rest. Repeating the same answer is harmless."""
    accept_lines(ref, payload.accepted, reason=payload.reason, actor=actor_of(request))
    return _part(request, ref)


def refuse(request: HttpRequest, ref: str, payload: schemas.RefuseIn) -> Answer:
    """Refuse the whole order; the buyer is not charged. Repeating it is harmless."""
    refuse_merchant_order(ref, reason=payload.reason, actor=actor_of(request))
    return _part(request, ref)


def ship(request: HttpRequest, ref: str, payload: schemas.ShipIn) -> Answer:
    """Record a parcel with its pieces and tracking number."""
    parcel = Parcel(**payload.model_dump(), key=request.headers[IDEMPOTENCY_HEADER][:60])
    return shipment_answer(ship_parcel(ref, parcel, actor=actor_of(request)))


def cancel(request: HttpRequest, ref: str, payload: schemas.CancelIn) -> Answer:
    """Cancel pieces, or the whole order, before they are shipped. A whole order is cancelled once."""
    actor = actor_of(request)
    if payload.pieces is None:
        cancel_merchant_order(ref, reason=payload.reason, actor=actor)
    else:
        cancel_lines(ref, payload.pieces, reason=payload.reason, actor=actor)
    return _part(request, ref)


def refund(request: HttpRequest, ref: str, payload: schemas.RefundIn) -> Any:
    """Give the buyer money back, within what was paid and not given back yet."""
    parts = [RefundPart(line.position, line.quantity, line.amount_minor) for line in payload.lines]
    key = request.headers[IDEMPOTENCY_HEADER][:60]
    wish = RefundWish(parts, payload.shipping_minor, payload.reason, payload.note, key=key)
    return request_refund(ref, wish, actor=actor_of(request))


def retry(request: HttpRequest, ref: str) -> Any:
    """Try a failed refund again."""
    return retry_refund(ref, actor=actor_of(request))


def collectable(request: HttpRequest, ref: str) -> Answer:
    """The goods wait for the buyer at the pickup point. Repeating it is harmless."""
    make_collectable(ref, actor=actor_of(request))
    return _part(request, ref)


def receive(request: HttpRequest, ref: str) -> Answer:
    """Everything arrived, says the operator. Repeating it is harmless."""
    receive_merchant_order(ref, actor=actor_of(request))
    return _part(request, ref)


def history(request: HttpRequest, ref: str) -> Answer:
    """What happened to the order and to each line, newest first, with who did it."""
    actor = actor_of(request)
    part = get_merchant_order(ref, actor=actor)
    rows = list_full_history(part)[:500]
    hide = not actor.is_global and not part.shows_address
    return {"items": [history_answer(row, hide_buyer=hide) for row in rows]}


def accept_batch(request: HttpRequest, payload: way_schemas.AcceptManyIn) -> Answer:
    """Accept whole orders, each with its own result. Repeating it is harmless."""
    return results_answer(accept_many(payload.refs, actor=actor_of(request)))


def ship_batch(request: HttpRequest, payload: way_schemas.ShipManyIn) -> Answer:
    """Ship many parcels, each with its own result. The same parcel again changes nothing."""
    parcels = []
    for row in payload.rows:
        parcel = Parcel(**row.model_dump(exclude={"order_ref"}))
        parcels.append((row.order_ref, replace(parcel, key=key_of(parcel))))
    return results_answer(ship_many(parcels, actor=actor_of(request)))


def carrier_news(request: HttpRequest, ref: str, payload: way_schemas.CarrierNewsIn) -> Answer:
    """What the carrier says about a parcel; older news than the last is kept but moves nothing."""
    news = CarrierNews(payload.status, payload.happened_at, payload.message)
    record_carrier_news(ref, news, actor=actor_of(request))
    return shipment_answer(get_shipment(ref, actor=actor_of(request)))


def push_tracking(request: HttpRequest, payload: way_schemas.TrackingPushIn) -> Answer:
    """The same by the carrier's own number, for carriers and tracking services that push."""
    actor = actor_of(request)
    parcel = find_parcel(payload.carrier, payload.tracking_number, actor=actor)
    news = CarrierNews(payload.status, payload.happened_at, payload.message)
    record_carrier_news(parcel.ref, news, actor=actor)
    return shipment_answer(get_shipment(parcel.ref, actor=actor))


def ask_for_invoice(request: HttpRequest, ref: str) -> InvoiceRequest:
    """Ask the merchant for its invoice in the buyer's name. Repeating it is harmless."""
    return request_invoice(ref, actor=actor_of(request))


def send_invoice(request: HttpRequest, ref: str, payload: way_schemas.InvoiceIn) -> InvoiceRequest:
    """Upload the invoice that was asked for; the buyer gets a link. The same file again changes nothing."""
    try:
        data = base64.b64decode(payload.content_base64, validate=True)
    except binascii.Error as error:
        message = _("This is not base64.")
        raise InvalidInput(message, fields={"content_base64": message}) from error
    return upload_invoice(ref, data, payload.filename, actor=actor_of(request))


def _carriers(rows: Any) -> Answer:
    names = ("code", "name", "tracking_url", "is_active")
    return {"items": [{name: getattr(row, name) for name in names} for row in rows]}


def offered_carriers(request: HttpRequest) -> Answer:
    """The carriers a parcel may name."""
    return _carriers(list_offered_carriers())


def all_carriers(request: HttpRequest) -> Answer:
    """The carrier registry."""
    return _carriers(list_carriers())


def mount_batches(router: Router, base: str) -> None:
    """Acts on many orders at once; mounted before anything at `base/{ref}`, which would take the word for a number."""
    results = way_schemas.ResultsOut
    endpoint(router, "POST", f"{base}/accept", grant=ACCEPT_ORDERS, response=results)(accept_batch)
    endpoint(router, "POST", f"{base}/ship", grant=SHIP_ORDERS, response=results)(ship_batch)


def mount(router: Router, base: str) -> None:
    """The acts that merchants and operators share, below `base` (`/orders` or `/merchant-orders`)."""
    part = schemas.MerchantOrderOut
    one = f"{base}/{{ref}}"
    endpoint(router, "POST", f"{one}/accept", grant=ACCEPT_ORDERS, response=part)(accept)
    endpoint(router, "POST", f"{one}/refuse", grant=ACCEPT_ORDERS, response=part)(refuse)
    endpoint(
        router, "POST", f"{one}/shipments", grant=SHIP_ORDERS, creates=True, response=schemas.ShipmentOut
    )(ship)
    endpoint(router, "POST", f"{one}/cancel", grant=CANCEL_ORDERS, creates=True, response=part)(cancel)
    endpoint(router, "POST", f"{one}/refunds", grant=REFUND_ORDERS, creates=True, response=schemas.RefundOut)(
        refund
    )
    endpoint(router, "POST", f"{one}/collectable", grant=SHIP_ORDERS, response=part)(collectable)
    endpoint(router, "GET", f"{one}/history", grant=VIEW_ORDERS, response=way_schemas.HistoryListOut)(history)
    endpoint(router, "PUT", f"{one}/invoice", grant=SHIP_ORDERS, response=way_schemas.InvoiceRequestOut)(
        send_invoice
    )
    endpoint(router, "POST", "/refunds/{ref}/retry", grant=REFUND_ORDERS, response=schemas.RefundOut)(retry)
    endpoint(
        router,
        "POST",
        "/shipments/{ref}/carrier-news",
        grant=PUSH_TRACKING,
        response=schemas.ShipmentOut,
    )(carrier_news)


def mount_for_operators(router: Router) -> None:
    """What only the marketplace does."""
    part = schemas.MerchantOrderOut
    endpoint(router, "POST", "/merchant-orders/{ref}/receive", grant=SHIP_ORDERS, response=part)(receive)
    endpoint(
        router,
        "POST",
        "/merchant-orders/{ref}/invoice-request",
        grant=REFUND_ORDERS,
        response=way_schemas.InvoiceRequestOut,
    )(ask_for_invoice)
    endpoint(router, "POST", "/tracking", grant=PUSH_TRACKING, response=schemas.ShipmentOut)(push_tracking)
    endpoint(router, "GET", "/carriers", grant=VIEW_ORDERS, response=way_schemas.CarrierListOut)(all_carriers)
