"""What the journal looks like to programs."""

from datetime import date, datetime
from typing import Any, ClassVar

from backoffice.ui.endpoints import StrictSchema


class DayFigureOut(StrictSchema):
    """One account code and currency over a day; balances are debit > 0, in minor units."""

    account: str
    label: str
    currency: str
    opening_minor: int
    debit_minor: int
    credit_minor: int
    closing_minor: int
    example: ClassVar[dict[str, Any]] = {
        "account": "4000",
        "label": "Commission revenue",
        "currency": "EUR",
        "opening_minor": -2018,
        "debit_minor": 600,
        "credit_minor": 1290,
        "closing_minor": -2708,
    }


class JournalDayOut(StrictSchema):
    """A booking day of a company, `[from_at, to_at)`; `external_id` stays the same while the figures do."""

    external_id: str
    entity: str
    day: date
    from_at: datetime
    to_at: datetime
    entries: int
    lines: int
    figures: list[DayFigureOut]
    example: ClassVar[dict[str, Any]] = {
        "external_id": "nordhaus:2026-06-15:9f86d081884c7d65",
        "entity": "nordhaus",
        "day": "2026-06-15",
        "from_at": "2026-06-14T22:00:00Z",
        "to_at": "2026-06-15T22:00:00Z",
        "entries": 12,
        "lines": 40,
        "figures": [DayFigureOut.example],
    }


class JournalLineOut(StrictSchema):
    """One posting: debit > 0, credit < 0, in minor units. `reverses` is the entry that this one undoes."""

    journal_no: int | None
    entry: str
    line: int
    booked_at: datetime
    occurred_at: datetime
    event: str
    source_type: str
    source: str
    merchant_order_ref: str
    reverses: str | None
    account: str
    owner: str
    kind: str
    amount_minor: int
    currency: str
    example: ClassVar[dict[str, Any]] = {
        "journal_no": 1204,
        "entry": "01973b3e-7c1a-7b54-9d58-2f6c1f0f9a11",
        "line": 1,
        "booked_at": "2026-06-15T12:00:00Z",
        "occurred_at": "2026-06-15T11:59:58Z",
        "event": "commission",
        "source_type": "merchant_order",
        "source": "17",
        "merchant_order_ref": "ORD-7K2F9QX4AB-1",
        "reverses": None,
        "account": "4000",
        "owner": "",
        "kind": "commission",
        "amount_minor": -1290,
        "currency": "EUR",
    }


class AskReversalIn(StrictSchema):
    """The entry to undo, and why."""

    entry: str
    reason: str
    example: ClassVar[dict[str, Any]] = {
        "entry": "01973b3e-7c1a-7b54-9d58-2f6c1f0f9a11",
        "reason": "The provider reported this payout twice.",
    }


class ReversalOut(StrictSchema):
    """A reversal: `asked`, `confirmed` or `refused`; `reversal` is the opposite entry once it is booked."""

    ref: str
    entry: str
    reversal: str | None
    reason: str
    state: str
    asked_by_label: str
    asked_at: datetime
    decided_by_label: str
    decided_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "ref": "REV-7K2F9QX4AB",
        "entry": "01973b3e-7c1a-7b54-9d58-2f6c1f0f9a11",
        "reversal": None,
        "reason": "The provider reported this payout twice.",
        "state": "asked",
        "asked_by_label": "Bookkeeping",
        "asked_at": "2026-06-15T12:00:00Z",
        "decided_by_label": "",
        "decided_at": None,
    }
