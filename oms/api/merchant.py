"""Merchants' programs: work off the orders of one merchant."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from oms.api import incidents, schemas, way_schemas
from oms.api.answers import actor_of, part_answer
from oms.api.way import mount, mount_batches, offered_carriers
from oms.models import MerchantOrder
from oms.permissions import VIEW_ORDERS
from oms.selectors.orders import get_merchant_order, list_merchant_orders

merchant = Router()
mount_batches(merchant, "/orders")


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


mount(merchant, "/orders")
incidents.mount_for_merchants(merchant)
endpoint(merchant, "GET", "/carriers", grant=VIEW_ORDERS, response=way_schemas.CarrierListOut)(
    offered_carriers
)
