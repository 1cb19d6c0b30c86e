"""Vouchers as merchants' programs send and get them. Amounts are minor units of the currency beside them."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import AwareDatetime, Field

from backoffice.ui.endpoints import StrictSchema


class VoucherIn(StrictSchema):
    """A percentage (`rate_bps`, 1000 = 10 %) or an amount, which needs a minimum above it; left out = no limit."""

    code: str = Field(max_length=40)
    title: str = Field(max_length=120)
    website_code: str = Field(max_length=40)
    kind: str = Field(pattern="^(percent|amount)$")
    currency: str = Field(pattern="^[A-Z]{3}$")
    rate_bps: int | None = Field(None, ge=1, lt=10_000)
    amount_minor: int | None = Field(None, ge=1, le=10**12)
    minimum_minor: int = Field(0, ge=0, le=10**12)
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    max_uses: int | None = Field(None, ge=1, le=10**9)
    max_uses_per_buyer: int | None = Field(None, ge=1, le=10**9)
    example: ClassVar[dict[str, Any]] = {
        "code": "summer26",
        "title": "Ten per cent off",
        "website_code": "nordhaus",
        "kind": "percent",
        "currency": "EUR",
        "rate_bps": 1000,
        "minimum_minor": 2000,
        "max_uses": 100,
        "max_uses_per_buyer": 1,
    }


class VoucherOut(StrictSchema):
    ref: str
    code: str
    title: str
    website_code: str
    kind: str
    currency: str
    rate_bps: int | None
    amount_minor: int | None
    minimum_minor: int
    valid_from: datetime
    valid_until: datetime | None
    max_uses: int | None
    max_uses_per_buyer: int | None
    state: str
    # Uses that were not given back, and what buyers owe for their orders.
    uses: int
    turnover_minor: int
    ended_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "ref": "VCH-7K2F9QX4AB",
        "code": "SUMMER26",
        "title": "Ten per cent off",
        "website_code": "nordhaus",
        "kind": "percent",
        "currency": "EUR",
        "rate_bps": 1000,
        "amount_minor": None,
        "minimum_minor": 2000,
        "valid_from": "2026-11-22T09:00:00Z",
        "valid_until": None,
        "max_uses": 100,
        "max_uses_per_buyer": 1,
        "state": "active",
        "uses": 3,
        "turnover_minor": 28_416,
        "ended_at": None,
    }
