"""Holds on payouts for programs; amounts are integer minor units."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import AwareDatetime

from backoffice.ui.endpoints import StrictSchema


class HoldRecordOut(StrictSchema):
    """What holds a merchant's payouts; without an amount it holds all of them."""

    ref: str
    merchant_ref: str
    amount_minor: int | None
    currency: str
    reason: str
    state: str
    incident_ref: str
    charge_ref: str
    created_at: datetime
    lapses_at: datetime | None
    released_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "ref": "HLD-7K2F9QX4AB",
        "merchant_ref": "MER-7K2F9QX4AB",
        "amount_minor": 5000,
        "currency": "EUR",
        "reason": "The buyer claims damaged goods.",
        "state": "held",
        "incident_ref": "",
        "charge_ref": "",
        "created_at": "2026-06-15T12:00:00Z",
        "lapses_at": "2026-06-30T22:00:00Z",
        "released_at": None,
    }


class HoldPayoutsIn(StrictSchema):
    """Hold all payouts of a merchant, or an amount of one currency; for good or until a moment."""

    merchant_ref: str
    reason: str
    amount_minor: int | None = None
    currency: str = ""
    lapses_at: AwareDatetime | None = None
    example: ClassVar[dict[str, Any]] = {
        "merchant_ref": "MER-7K2F9QX4AB",
        "reason": "The buyer claims damaged goods.",
        "amount_minor": 5000,
        "currency": "EUR",
        "lapses_at": "2026-06-30T22:00:00Z",
    }


class ChargeHoldIn(StrictSchema):
    """What of a held amount is charged to the merchant, in the held currency, by which company (its code)."""

    company: str
    amount_minor: int
    reason: str
    example: ClassVar[dict[str, Any]] = {
        "company": "main",
        "amount_minor": 3000,
        "reason": "Repair of the damaged goods, half borne by the merchant.",
    }
