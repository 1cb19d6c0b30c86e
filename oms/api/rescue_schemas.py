"""What programs of the operator send and get about payments that got stuck."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema


class StuckActOut(StrictSchema):
    """Something that helps and that the key may do: send it to `path` below the API's own address."""

    act: str
    method: str
    path: str
    example: ClassVar[dict[str, Any]] = {
        "act": "look_up",
        "method": "POST",
        "path": "/payment-commands/authorise-ORD-7K2F9QX4AB/look-up",
    }


class StuckOut(StrictSchema):
    kind: str
    # Empty for a message that belongs to no order.
    order_ref: str
    subject_ref: str
    since: datetime
    reason: str
    advice: str
    acts: list[StuckActOut]
    example: ClassVar[dict[str, Any]] = {
        "kind": "payment",
        "order_ref": "ORD-7K2F9QX4AB",
        "subject_ref": "ORD-7K2F9QX4AB",
        "since": "2026-11-22T09:30:00Z",
        "reason": "Hold money: the provider has not answered (3 tries).",
        "advice": "It is asked again by itself. If it stays, look the payment up at the provider.",
        "acts": [StuckActOut.example],
    }


class StuckListOut(StrictSchema):
    items: list[StuckOut]
    example: ClassVar[dict[str, Any]] = {"items": [StuckOut.example]}


class OutcomeIn(StrictSchema):
    """What the provider's own pages or its support say became of a command."""

    happened: bool
    note: str = Field(min_length=1, max_length=280)
    example: ClassVar[dict[str, Any]] = {
        "happened": True,
        "note": "Seen in the provider's dashboard as pi_3Q",
    }


class PaymentCommandOut(StrictSchema):
    key: str
    order_ref: str
    kind: str
    state: str
    currency: str
    amount_minor: int
    tries: int
    message: str
    created_at: datetime
    answered_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "key": "capture-ORD-7K2F9QX4AB-1-2",
        "order_ref": "ORD-7K2F9QX4AB",
        "kind": "capture",
        "state": "waiting",
        "currency": "EUR",
        "amount_minor": 4990,
        "tries": 0,
        "message": "",
        "created_at": "2026-11-22T09:30:00Z",
        "answered_at": None,
    }


class PaymentMessageOut(StrictSchema):
    id: int
    provider: str
    event_id: str
    kind: str
    state: str
    tries: int
    error: str
    received_at: datetime
    handled_at: datetime | None
    example: ClassVar[dict[str, Any]] = {
        "id": 41,
        "provider": "stripe",
        "event_id": "evt_1Q7",
        "kind": "charge.captured",
        "state": "parked",
        "tries": 8,
        "error": "the provider refused the key",
        "received_at": "2026-11-22T09:30:00Z",
        "handled_at": None,
    }
