"""What merchants' programs send and get about stock."""

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema

MOST_PIECES = 1_000_000_000


class LocationIn(StrictSchema):
    name: str = Field(max_length=120)
    country: str = Field("", pattern="^([A-Z]{2})?$")
    rank: int = Field(1, ge=1, le=99)
    is_active: bool = True
    example: ClassVar[dict[str, Any]] = {"name": "North", "country": "DE", "rank": 1, "is_active": True}


class LocationOut(LocationIn):
    ref: str
    is_default: bool
    example: ClassVar[dict[str, Any]] = {**LocationIn.example, "ref": "LOC-7K2F9QX4AB", "is_default": True}


class FiguresIn(StrictSchema):
    """What was counted, what is kept back, what may be sold beyond stock, and when that arrives."""

    on_hand: int = Field(ge=0, le=MOST_PIECES)
    safety: int = Field(0, ge=0, le=MOST_PIECES)
    backorder_cap: int = Field(0, ge=0, le=MOST_PIECES)
    expected_on: date | None = None
    example: ClassVar[dict[str, Any]] = {
        "on_hand": 12,
        "safety": 1,
        "backorder_cap": 0,
        "expected_on": None,
    }


class StockOut(FiguresIn):
    offer_ref: str
    merchant_sku: str
    location_ref: str
    reserved: int
    available: int
    example: ClassVar[dict[str, Any]] = {
        **FiguresIn.example,
        "offer_ref": "OFR-7K2F9QX4AB",
        "merchant_sku": "LAMP-OAK",
        "location_ref": "LOC-7K2F9QX4AB",
        "reserved": 3,
        "available": 8,
    }


class PiecesIn(StrictSchema):
    """Pieces per offer: `offer ref → pieces`."""

    pieces: dict[str, int]
    example: ClassVar[dict[str, Any]] = {"pieces": {"OFR-7K2F9QX4AB": 3}}


class CountIn(StrictSchema):
    """The place to count; without offers everything that is kept there."""

    location_ref: str
    offer_refs: list[str] = []
    example: ClassVar[dict[str, Any]] = {"location_ref": "LOC-7K2F9QX4AB", "offer_refs": []}


class CountLineOut(StrictSchema):
    offer_ref: str
    merchant_sku: str
    expected: int
    counted: int | None
    outcome: str
    example: ClassVar[dict[str, Any]] = {
        "offer_ref": "OFR-7K2F9QX4AB",
        "merchant_sku": "LAMP-OAK",
        "expected": 12,
        "counted": 11,
        "outcome": "posted",
    }


class CountOut(StrictSchema):
    ref: str
    location_ref: str
    state: str
    lines: list[CountLineOut]
    example: ClassVar[dict[str, Any]] = {
        "ref": "CNT-7K2F9QX4AB",
        "location_ref": "LOC-7K2F9QX4AB",
        "state": "posted",
        "lines": [CountLineOut.example],
    }


class TransferIn(PiecesIn):
    source_ref: str
    destination_ref: str
    note: str = Field("", max_length=300)
    example: ClassVar[dict[str, Any]] = {
        **PiecesIn.example,
        "source_ref": "LOC-7K2F9QX4AB",
        "destination_ref": "LOC-9QX4AB7K2F",
        "note": "",
    }


class TransferLineOut(StrictSchema):
    offer_ref: str
    quantity: int
    received: int | None
    example: ClassVar[dict[str, Any]] = {"offer_ref": "OFR-7K2F9QX4AB", "quantity": 3, "received": None}


class TransferOut(StrictSchema):
    ref: str
    source_ref: str
    destination_ref: str
    state: str
    sent_at: datetime
    lines: list[TransferLineOut]
    example: ClassVar[dict[str, Any]] = {
        "ref": "TRF-7K2F9QX4AB",
        "source_ref": "LOC-7K2F9QX4AB",
        "destination_ref": "LOC-9QX4AB7K2F",
        "state": "in_transit",
        "sent_at": "2026-11-24T08:00:00Z",
        "lines": [TransferLineOut.example],
    }


class KitOut(PiecesIn):
    offer_ref: str
    available: int
    example: ClassVar[dict[str, Any]] = {**PiecesIn.example, "offer_ref": "OFR-9QX4AB7K2F", "available": 4}


class InspectionIn(StrictSchema):
    """What came back of one line: `restock_a`, `restock_b` (with `offer_ref`), `quarantine` or `scrap`."""

    position: int
    quantity: int = Field(ge=1)
    grade: str
    location_ref: str
    offer_ref: str = ""
    note: str = Field("", max_length=300)
    example: ClassVar[dict[str, Any]] = {
        "position": 1,
        "quantity": 1,
        "grade": "restock_a",
        "location_ref": "LOC-7K2F9QX4AB",
        "offer_ref": "",
        "note": "As new",
    }
