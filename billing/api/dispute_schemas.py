"""Chargebacks for programs; amounts are integer minor units of the order's currency."""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from backoffice.ui.endpoints import StrictSchema


class DisputeOut(StrictSchema):
    """One chargeback and where the held amount came from."""

    ref: str
    case_number: str
    merchant_order_ref: str
    line_ref: str
    reason: str
    state: str
    currency: str
    amount_minor: int
    fee_minor: int
    held_reserve_minor: int
    held_pending_minor: int
    answer_by: date | None
    opened_at: datetime
    decided_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "ref": "DSP-7K2F9QX4AB",
        "case_number": "dp_1N4b",
        "merchant_order_ref": "ORD-7K2F9QX4AB-1",
        "line_ref": "",
        "reason": "fraud",
        "state": "open",
        "currency": "EUR",
        "amount_minor": 5000,
        "fee_minor": 1500,
        "held_reserve_minor": 905,
        "held_pending_minor": 0,
        "answer_by": "2026-07-01",
        "opened_at": "2026-06-15T12:00:00Z",
        "decided_at": None,
    }


class OpenDisputeIn(StrictSchema):
    """What the provider reported; repeating the same case is harmless."""

    merchant_order_ref: str
    case_number: str
    amount_minor: int
    fee_minor: int = 0
    reason: Literal[
        "fraud", "not_received", "not_as_described", "duplicate", "credit_not_processed", "other"
    ] = "other"
    line_ref: str = ""
    answer_by: date | None = None
    occurred_at: datetime | None = None
    example: ClassVar[dict[str, Any]] = {
        "merchant_order_ref": "ORD-7K2F9QX4AB-1",
        "case_number": "dp_1N4b",
        "amount_minor": 5000,
        "fee_minor": 1500,
        "reason": "fraud",
        "line_ref": "",
        "answer_by": "2026-07-01",
        "occurred_at": "2026-06-15T12:00:00Z",
    }
