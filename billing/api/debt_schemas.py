"""Debts of merchants for programs; amounts are positive integer minor units."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import AwareDatetime

from backoffice.ui.endpoints import StrictSchema


class DebtOut(StrictSchema):
    """An available balance below zero: since when, and what was done about it. `age` is 30, 60, 90 (up to) or older."""

    ref: str
    merchant_ref: str
    company: str
    currency: str
    owed_minor: int
    since: datetime
    age: str
    last_level: int | None
    last_reminded_at: datetime | None
    paused_until: datetime | None
    pause_reason: str
    example: ClassVar[dict[str, Any]] = {
        "ref": "main~2110~EUR~merchant~7",
        "merchant_ref": "MER-7K2F9QX4AB",
        "company": "main",
        "currency": "EUR",
        "owed_minor": 4126,
        "since": "2026-06-15T12:00:00Z",
        "age": "60",
        "last_level": 1,
        "last_reminded_at": "2026-06-29T12:00:00Z",
        "paused_until": None,
        "pause_reason": "",
    }


class PauseRemindersIn(StrictSchema):
    """No reminder is sent before `until`; colleagues read the reason."""

    until: AwareDatetime
    reason: str
    example: ClassVar[dict[str, Any]] = {
        "until": "2026-07-31T22:00:00Z",
        "reason": "Pays in two parts, as agreed on the phone.",
    }
