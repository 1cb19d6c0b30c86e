"""Merchants' programs: work off the orders of one merchant."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import IDEMPOTENCY_HEADER, endpoint
from oms.api import schemas
from oms.api.answers import actor_of, part_answer, shipment_answer
from oms.models import MerchantOrder, Refund
from oms.operations.acceptance import accept_lines, refuse_merchant_order
from oms.operations.refunds import RefundPart, RefundWish, request_refund
from oms.operations.shipments import Parcel, ship_parcel
from oms.permissions import ACCEPT_ORDERS, REFUND_ORDERS, SHIP_ORDERS, VIEW_ORDERS
from oms.selectors.orders import get_merchant_order, list_merchant_orders

merchant = Router()


def _full(rows: QuerySet[MerchantOrder]) -> QuerySet[MerchantOrder]:
    return rows.select_related("merchant").prefetch_related("lines", "shipments__lines__line")


@endpoint(merchant, "GET", "/orders", grant=VIEW_ORDERS, response=PageOut[schemas.MerchantOrderOut])
def list_orders(request: HttpRequest, page: Query[PageQuery], state: str = "") -> dict[str, Any]:
    """The merchant's orders, newest first; `state` narrows, e.g. `waiting_acceptance`."""
    actor = actor_of(request)
    rows = _full(list_merchant_orders(actor))
    found = paginate(rows.filter(state=state) if state else rows, page)
    return {**found, "items": [part_answer(row, actor=actor) for row in found["items"]]}


@endpoint(merchant, "GET", "/orders/{ref}", grant=VIEW_ORDERS, response=schemas.MerchantOrderOut)
def get_order(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One order by its number, such as `ORD-7K2F9QX4AB-1`."""
    return part_answer(get_merchant_order(ref, actor=actor_of(request)), actor=actor_of(request))


@endpoint(merchant, "POST", "/orders/{ref}/accept", grant=ACCEPT_ORDERS, response=schemas.MerchantOrderOut)
def accept_order(request: HttpRequest, ref: str, payload: schemas.AcceptIn) -> dict[str, Any]:
    """Accept pieces and refuse the rest. Repeating the same answer is harmless."""
    accept_lines(ref, payload.accepted, reason=payload.reason, actor=actor_of(request))
    return get_order(request, ref)


@endpoint(merchant, "POST", "/orders/{ref}/refuse", grant=ACCEPT_ORDERS, response=schemas.MerchantOrderOut)
def refuse_order(request: HttpRequest, ref: str, payload: schemas.RefuseIn) -> dict[str, Any]:
    """Refuse the whole order; the buyer is not charged. Repeating it is harmless."""
    refuse_merchant_order(ref, reason=payload.reason, actor=actor_of(request))
    return get_order(request, ref)


@endpoint(
    merchant,
    "POST",
    "/orders/{ref}/shipments",
    grant=SHIP_ORDERS,
    creates=True,
    response=schemas.ShipmentOut,
)
def ship_order(request: HttpRequest, ref: str, payload: schemas.ShipIn) -> dict[str, Any]:
    """Record a parcel with its pieces and tracking number."""
    parcel = Parcel(**payload.model_dump(), key=request.headers[IDEMPOTENCY_HEADER][:60])
    shipment = ship_parcel(ref, parcel, actor=actor_of(request))
    return shipment_answer(shipment)


@endpoint(
    merchant, "POST", "/orders/{ref}/refunds", grant=REFUND_ORDERS, creates=True, response=schemas.RefundOut
)
def refund_order(request: HttpRequest, ref: str, payload: schemas.RefundIn) -> Refund:
    """Give the buyer money back, within what was paid and not given back yet."""
    parts = [RefundPart(line.position, line.quantity, line.amount_minor) for line in payload.lines]
    wish = RefundWish(
        parts,
        payload.shipping_minor,
        payload.reason,
        payload.note,
        key=request.headers[IDEMPOTENCY_HEADER][:60],
    )
    return request_refund(ref, wish, actor=actor_of(request))
