"""What programs send and get on a merchant order's way: batches, carriers' news, history."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema
from oms.api.schemas import ShipIn


class AcceptManyIn(StrictSchema):
    refs: list[str] = Field(min_length=1, max_length=200)
    example: ClassVar[dict[str, Any]] = {"refs": ["ORD-7K2F9QX4AB-1", "ORD-8M3G0RY5BC-1"]}


class ShipRowIn(ShipIn):
    order_ref: str = Field(max_length=60)
    example: ClassVar[dict[str, Any]] = ShipIn.example | {"order_ref": "ORD-7K2F9QX4AB-1"}


class ShipManyIn(StrictSchema):
    """Parcels of many orders; the same parcel again changes nothing."""

    rows: list[ShipRowIn] = Field(min_length=1, max_length=200)
    example: ClassVar[dict[str, Any]] = {"rows": [ShipRowIn.example]}


class RowResultOut(StrictSchema):
    ref: str
    is_done: bool
    code: str
    message: str
    shipment_ref: str
    example: ClassVar[dict[str, Any]] = {
        "ref": "ORD-7K2F9QX4AB-1",
        "is_done": False,
        "code": "merchant_order_state_refused",
        "message": "An order that is Shipped cannot be shipped.",
        "shipment_ref": "",
    }


class ResultsOut(StrictSchema):
    """One result per row, in the order they were sent; a row that failed does not stop the others."""

    results: list[RowResultOut]
    example: ClassVar[dict[str, Any]] = {"results": [RowResultOut.example]}


class HistoryOut(StrictSchema):
    """One step: of a line when `line_position` is given, else of the order."""

    what: str
    line_position: int | None
    from_state: str
    to_state: str
    reason: str
    data: dict[str, Any]
    actor_kind: str
    actor_label: str
    at: datetime
    example: ClassVar[dict[str, Any]] = {
        "what": "accepted",
        "line_position": None,
        "from_state": "waiting_acceptance",
        "to_state": "waiting_payment",
        "reason": "",
        "data": {},
        "actor_kind": "user",
        "actor_label": "Mia Merchant",
        "at": "2026-11-22T09:30:00Z",
    }


class HistoryListOut(StrictSchema):
    items: list[HistoryOut]
    example: ClassVar[dict[str, Any]] = {"items": [HistoryOut.example]}


class CarrierNewsIn(StrictSchema):
    """`status`: announced, in_transit, out_for_delivery, at_pickup_point, delivered, failed or returned."""

    status: str = Field(max_length=20)
    happened_at: datetime
    message: str = Field("", max_length=300)
    example: ClassVar[dict[str, Any]] = {
        "status": "in_transit",
        "happened_at": "2026-11-22T18:00:00Z",
        "message": "Left the depot in Bremen.",
    }


class TrackingPushIn(CarrierNewsIn):
    """News by the carrier's own number, for webhooks of carriers and tracking services."""

    carrier: str = Field(max_length=40)
    tracking_number: str = Field(max_length=80)
    example: ClassVar[dict[str, Any]] = CarrierNewsIn.example | {
        "carrier": "dhl",
        "tracking_number": "00340434161094000001",
    }


class CarrierOut(StrictSchema):
    code: str
    name: str
    tracking_url: str
    is_active: bool
    example: ClassVar[dict[str, Any]] = {
        "code": "dhl",
        "name": "DHL",
        "tracking_url": "https://www.dhl.de/?piececode={number}",
        "is_active": True,
    }


class CarrierListOut(StrictSchema):
    items: list[CarrierOut]
    example: ClassVar[dict[str, Any]] = {"items": [CarrierOut.example]}


class InvoiceRequestOut(StrictSchema):
    requested_at: datetime
    due_at: datetime
    uploaded_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "requested_at": "2026-11-22T10:00:00Z",
        "due_at": "2026-11-25T10:00:00Z",
        "uploaded_at": None,
    }


class InvoiceIn(StrictSchema):
    """The merchant's invoice as a PDF in base64, at most 5 MB."""

    filename: str = Field(min_length=1, max_length=200)
    content_base64: str = Field(min_length=8, max_length=7_000_000)
    example: ClassVar[dict[str, Any]] = {"filename": "R-1.pdf", "content_base64": "JVBERi0xLjQK"}
