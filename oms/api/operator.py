"""The operator's programs: all orders, and transfers that arrived."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from oms.api import incidents, schemas
from oms.api.answers import actor_of, order_answer, part_answer
from oms.api.rescue import mount_rescue
from oms.api.way import mount, mount_batches, mount_for_operators
from oms.operations.captures import mark_paid
from oms.permissions import MARK_PAID, VIEW_ORDERS
from oms.selectors.orders import get_merchant_order, get_order_with_parts, list_merchant_orders
from oms.selectors.orders import list_orders as all_orders

operator = Router()
mount_batches(operator, "/merchant-orders")


@endpoint(operator, "GET", "/orders", grant=VIEW_ORDERS, response=PageOut[schemas.OrderOut])
def list_orders(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Every placed order, newest first."""
    rows = all_orders(actor_of(request)).select_related("payment").prefetch_related("merchant_orders")
    found = paginate(rows, page)
    return {**found, "items": [order_answer(row) for row in found["items"]]}


@endpoint(operator, "GET", "/orders/{ref}", grant=VIEW_ORDERS, response=schemas.OrderOut)
def get_order(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One order with the numbers of its merchant orders."""
    return order_answer(get_order_with_parts(ref, actor=actor_of(request)))


@endpoint(operator, "POST", "/orders/{ref}/paid", grant=MARK_PAID, response=schemas.OrderOut)
def record_payment(request: HttpRequest, ref: str, payload: schemas.MarkPaidIn) -> dict[str, Any]:
    """The buyer's transfer arrived in full. Repeating it is harmless."""
    mark_paid(ref, reference=payload.reference, actor=actor_of(request))
    return get_order(request, ref)


@endpoint(operator, "GET", "/merchant-orders", grant=VIEW_ORDERS, response=PageOut[schemas.MerchantOrderOut])
def list_parts(request: HttpRequest, page: Query[PageQuery], state: str = "") -> dict[str, Any]:
    """The orders of all merchants, newest first; `state` narrows."""
    actor = actor_of(request)
    rows = list_merchant_orders(actor).select_related("merchant")
    rows = rows.prefetch_related("lines", "shipments__lines__line")
    found = paginate(rows.filter(state=state) if state else rows, page)
    return {**found, "items": [part_answer(row, actor=actor) for row in found["items"]]}


@endpoint(operator, "GET", "/merchant-orders/{ref}", grant=VIEW_ORDERS, response=schemas.MerchantOrderOut)
def get_part(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One merchant order by its number."""
    return part_answer(get_merchant_order(ref, actor=actor_of(request)), actor=actor_of(request))


mount(operator, "/merchant-orders")
mount_for_operators(operator)
incidents.mount_for_operators(operator)
mount_rescue(operator)
