"""What programs send and get about incidents."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from backoffice.ui.endpoints import StrictSchema

_REASONS = "not_received, incomplete, damaged, wrong, faulty or other"


class IncidentOut(StrictSchema):
    """`state`: open, resolved (answered by the merchant) or closed; until it is closed the line's payout is held."""

    ref: str
    merchant_order_ref: str
    line_position: int
    title: str
    state: str
    reason: str
    text: str
    opened_by: str
    opened_at: datetime
    resolution: str
    resolution_text: str
    resolved_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    example: ClassVar[dict[str, Any]] = {
        "ref": "INC-7K2F9QX4AB",
        "merchant_order_ref": "ORD-7K2F9QX4AB-1",
        "line_position": 1,
        "title": "Lamp, oak",
        "state": "open",
        "reason": "damaged",
        "text": "The shade is broken.",
        "opened_by": "buyer",
        "opened_at": "2026-11-22T09:30:00Z",
        "resolution": "",
        "resolution_text": "",
        "resolved_at": None,
        "closed_at": None,
        "close_reason": "",
    }


class IncidentOpenIn(StrictSchema):
    line_position: int = Field(ge=1)
    reason: str = Field(max_length=20, description=_REASONS)
    text: str = Field("", max_length=2000)
    example: ClassVar[dict[str, Any]] = {
        "line_position": 1,
        "reason": "damaged",
        "text": "The shade is broken.",
    }


class IncidentAnswerIn(StrictSchema):
    """`resolution`: sent_again, partly_refunded, explained, delivered or other; the buyer reads the text."""

    resolution: str = Field(max_length=20)
    text: str = Field("", max_length=2000)
    example: ClassVar[dict[str, Any]] = {"resolution": "sent_again", "text": "A new shade is on its way."}


class IncidentReasonIn(StrictSchema):
    """Buyer and merchant read it."""

    reason: str = Field(min_length=1, max_length=2000)
    example: ClassVar[dict[str, Any]] = {"reason": "Both agreed by phone."}
