"""Rows as the schemas show them."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from backoffice.kernel.actors import Actor, ActorKind
from oms.models import MerchantOrder, Order, Shipment, StateChange
from oms.operations.bulk import RowResult

_LINE = (
    "position",
    "offer_ref",
    "merchant_sku",
    "title",
    "quantity",
    "quantity_accepted",
    "quantity_refused",
    "quantity_cancelled",
    "quantity_shipped",
    "quantity_refunded",
    "unit_price_minor",
    "merchant_discount_minor",
    "total_minor",
    "tax_minor",
    "tax_rate_bps",
    "refunded_minor",
)
_PART = (
    "ref",
    "state",
    "currency",
    "goods_minor",
    "discount_minor",
    "voucher_code",
    "shipping_minor",
    "tax_minor",
    "total_minor",
    "withdrawn_minor",
    "delivery_name",
    "delivery_kind",
    "pickup_point",
    "fulfilment_centre",
    "placed_at",
    "accepted_at",
    "ship_by",
    "shipped_at",
    "received_at",
)
_ORDER = (
    "ref",
    "currency",
    "goods_minor",
    "discount_minor",
    "shipping_minor",
    "tax_minor",
    "total_minor",
    "buyer_name",
    "buyer_email",
    "placed_at",
    "abandon_reason",
)


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def shipment_answer(shipment: Shipment) -> dict[str, Any]:
    names = (
        "ref",
        "carrier",
        "carrier_name",
        "tracking_number",
        "tracking_url",
        "package_ref",
        "carrier_status",
        "carrier_status_at",
        "shipped_at",
    )
    pieces = {item.line.position: item.quantity for item in shipment.lines.all()}
    return {name: getattr(shipment, name) for name in names} | {"lines": pieces}


def part_answer(part: MerchantOrder, *, actor: Actor) -> dict[str, Any]:
    """A merchant order with lines and parcels; the address only after acceptance, operators always see it."""
    shows = actor.is_operator or part.shows_address
    return {name: getattr(part, name) for name in _PART} | {
        "order_ref": part.order.ref,
        "merchant_ref": part.merchant.ref,
        "replaces_ref": part.replaces.ref if part.replaces else "",
        "captured_minor": part.share.captured_minor,
        "refunded_minor": part.share.refunded_minor,
        "shipping_address": part.order.shipping_address if shows else None,
        "lines": [
            {name: getattr(line, name) for name in _LINE}
            for line in sorted(part.lines.all(), key=lambda row: row.position)
        ],
        "shipments": [shipment_answer(row) for row in part.shipments.all()],
    }


def order_answer(order: Order) -> dict[str, Any]:
    """An order with its merchant orders' numbers (prefetch them for lists)."""
    return {name: getattr(order, name) for name in _ORDER} | {
        "state": str(order.state),
        "payment_state": order.payment.state,
        "payment_url": order.payment.action_url,
        "merchant_orders": [part.ref for part in order.merchant_orders.all()],
    }


def history_answer(row: StateChange, *, hide_buyer: bool) -> dict[str, Any]:
    """One step of a merchant order or of one of its lines; the buyer's name is kept from merchants as on pages."""
    names = ("what", "from_state", "to_state", "reason", "data", "actor_kind", "actor_label", "at")
    answer = {name: getattr(row, name) for name in names}
    if hide_buyer and row.actor_kind == ActorKind.BUYER:
        answer["actor_label"] = ""
    return answer | {"line_position": row.line.position if row.line else None}


def results_answer(results: Iterable[RowResult]) -> dict[str, Any]:
    names = ("ref", "is_done", "code", "message", "shipment_ref")
    return {"results": [{name: getattr(row, name) for name in names} for row in results]}
