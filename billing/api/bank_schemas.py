"""What goes in and out of the endpoints for the bank's files; amounts are signed minor units, + came in."""

from datetime import date, datetime
from typing import Any, ClassVar

from backoffice.ui.endpoints import StrictSchema

_FILE: dict[str, Any] = {
    "ref": "BKF-7K2F9QX4AB",
    "kind": "camt.053",
    "name": "2026-06-24.xml",
    "sha256": "0" * 64,
    "state": "imported",
    "uploaded_at": "2026-06-25T06:00:00Z",
    "imported_at": "2026-06-25T06:01:00Z",
    "result": {"statements": 1, "lines": 2, "known": 0, "matched": 1, "open": 1},
}


class UploadBankFileIn(StrictSchema):
    """A file of the bank, byte for byte."""

    name: str
    content_base64: str
    example: ClassVar[dict[str, Any]] = {"name": "2026-06-24.xml", "content_base64": "PERvY3VtZW50Lz4="}


class BankFileOut(StrictSchema):
    """A file of the bank and what its import did."""

    ref: str
    kind: str
    name: str
    sha256: str
    state: str
    uploaded_at: datetime
    imported_at: datetime | None
    result: dict[str, Any]
    example: ClassVar[dict[str, Any]] = _FILE


class BankEffectOut(StrictSchema):
    """What importing will do with one line or answer: the matching rule, `suspense`, `accept`, `reject` or `none`."""

    payout_ref: str
    amount_minor: int
    currency: str
    effect: str
    note: str
    example: ClassVar[dict[str, Any]] = {
        "payout_ref": "PAY-7K2F9QX4AB",
        "amount_minor": -9052,
        "currency": "EUR",
        "effect": "end_to_end",
        "note": "",
    }


class BankFilePreviewOut(StrictSchema):
    """A file and what importing it would do."""

    file: BankFileOut
    effects: list[BankEffectOut]
    example: ClassVar[dict[str, Any]] = {
        "file": _FILE | {"state": "uploaded", "imported_at": None, "result": {}},
        "effects": [BankEffectOut.example],
    }


class BankLineOut(StrictSchema):
    """One movement on the operator's bank account."""

    ref: str
    statement_id: str
    entry_ref: str
    booked_on: date
    value_on: date
    amount_minor: int
    currency: str
    end_to_end_id: str
    party_name: str
    text: str
    state: str
    match_rule: str
    payout_ref: str
    note: str
    is_undo_asked: bool
    example: ClassVar[dict[str, Any]] = {
        "ref": "BKL-7K2F9QX4AB",
        "statement_id": "2026-118",
        "entry_ref": "0624-7",
        "booked_on": "2026-06-24",
        "value_on": "2026-06-24",
        "amount_minor": -9052,
        "currency": "EUR",
        "end_to_end_id": "PAY-7K2F9QX4AB",
        "party_name": "Nordlicht GmbH",
        "text": "STL-7K2F9QX4AB PAY-7K2F9QX4AB",
        "state": "matched",
        "match_rule": "end_to_end",
        "payout_ref": "PAY-7K2F9QX4AB",
        "note": "",
        "is_undo_asked": False,
    }


class MatchBankLineIn(StrictSchema):
    """Which payout an unmatched line is, and how one knows."""

    payout_ref: str
    note: str
    example: ClassVar[dict[str, Any]] = {"payout_ref": "PAY-7K2F9QX4AB", "note": "Confirmed by the bank"}


class PlaceBankLineIn(StrictSchema):
    """Where a line belongs: `bank_charges`, `buyer_funds`, a provider's account such as `psp:card`, or the merchant
    that paid its debt, `merchant:` and its ref."""

    place: str
    note: str
    example: ClassVar[dict[str, Any]] = {"place": "bank_charges", "note": "Account fee June"}


class TakeBackLineIn(StrictSchema):
    """Why a line was taken for the wrong thing; the second person decides by it."""

    reason: str
    example: ClassVar[dict[str, Any]] = {"reason": "The bank says it belongs to another transfer"}
