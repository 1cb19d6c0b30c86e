"""What goes in and out of the finance endpoints; amounts are integer minor units with their currency."""

from datetime import date, datetime
from typing import Any, ClassVar

from backoffice.ui.endpoints import StrictSchema

_SETTLEMENT: dict[str, Any] = {
    "ref": "STL-7K2F9QX4AB",
    "number": None,
    "merchant_ref": "MER-7K2F9QX4AB",
    "currency": "EUR",
    "state": "in_review",
    "from_at": "2026-06-14T22:00:00Z",
    "to_at": "2026-06-21T22:00:00Z",
    "time_zone": "Europe/Berlin",
    "opening_minor": 0,
    "totals": {"sale": 10600, "commission": -1290, "fee_tax": -258},
    "closing_minor": 9052,
    "payable_minor": 9052,
    "n_lines": 3,
    "statement_sha256": "0" * 64,
}


class SettlementOut(StrictSchema):
    """A statement: opening + totals = closing; `payable_minor` of it is paid. `number` is given at approval."""

    ref: str
    number: str | None
    merchant_ref: str
    currency: str
    state: str
    from_at: datetime
    to_at: datetime
    time_zone: str
    opening_minor: int
    totals: dict[str, int]
    closing_minor: int
    payable_minor: int
    n_lines: int
    statement_sha256: str
    example: ClassVar[dict[str, Any]] = _SETTLEMENT


class StatementLineOut(StrictSchema):
    """One movement in merchant terms (+ = the merchant's money)."""

    journal_no: int
    booked_at: datetime
    occurred_at: datetime
    kind: str
    merchant_order_ref: str
    amount_minor: int
    currency: str
    example: ClassVar[dict[str, Any]] = {
        "journal_no": 17,
        "booked_at": "2026-06-15T12:00:01Z",
        "occurred_at": "2026-06-15T12:00:00Z",
        "kind": "commission",
        "merchant_order_ref": "ORD-7K2F9QX4AB-1",
        "amount_minor": -1290,
        "currency": "EUR",
    }


class StatementOut(StrictSchema):
    """A statement with its first 1,000 lines."""

    settlement: SettlementOut
    lines: list[StatementLineOut]
    example: ClassVar[dict[str, Any]] = {"settlement": _SETTLEMENT, "lines": [StatementLineOut.example]}


class BalanceOut(StrictSchema):
    """Balances of one currency, in merchant terms."""

    currency: str
    pending_minor: int
    available_minor: int
    reserve_minor: int
    dispute_minor: int
    example: ClassVar[dict[str, Any]] = {
        "currency": "EUR",
        "pending_minor": 10600,
        "available_minor": 8147,
        "reserve_minor": 905,
        "dispute_minor": 0,
    }


class HoldOut(StrictSchema):
    """Why payouts are held, and the one thing that frees them; without an amount it holds all of them."""

    code: str
    reason: str
    way_out: str
    amount_minor: int | None
    example: ClassVar[dict[str, Any]] = {
        "amount_minor": None,
        "code": "bank_account_not_verified",
        "reason": "The bank account is new and not verified yet.",
        "way_out": "We verify new bank accounts within two working days; nothing to do for you.",
    }


class NextPayoutOut(StrictSchema):
    """`on` (the cut) is empty for a statement that is written already and for merchants paid on demand.

    `pay_on` is the day banks move the money, where it is known.
    """

    amount_minor: int
    currency: str
    on: datetime | None
    is_certain: bool
    pay_on: date | None
    example: ClassVar[dict[str, Any]] = {
        "amount_minor": 8147,
        "currency": "EUR",
        "on": "2026-06-21T22:00:00Z",
        "is_certain": False,
        "pay_on": "2026-06-22",
    }


class MoneyOut(StrictSchema):
    """A merchant's money page as data."""

    balances: list[BalanceOut]
    next_payouts: list[NextPayoutOut]
    holds: list[HoldOut]
    example: ClassVar[dict[str, Any]] = {
        "balances": [BalanceOut.example],
        "next_payouts": [NextPayoutOut.example],
        "holds": [],
    }


class TransactionOut(StrictSchema):
    """One movement on a merchant's balance."""

    occurred_at: datetime
    kind: str
    balance: str
    merchant_order_ref: str
    amount_minor: int
    currency: str
    example: ClassVar[dict[str, Any]] = {
        "occurred_at": "2026-06-15T12:00:00Z",
        "kind": "sale",
        "balance": "pending",
        "merchant_order_ref": "ORD-7K2F9QX4AB-1",
        "amount_minor": 10000,
        "currency": "EUR",
    }


class FeeOut(StrictSchema):
    """A frozen fee with the sentences that explain it to the cent."""

    line_ref: str
    fee_kind: str
    rule_ref: str
    rule_version: int
    base_minor: int
    raw: str
    fee_minor: int
    tax_minor: int
    tax_category: str
    charged_fee_minor: int
    returned_fee_minor: int
    currency: str
    explanation: list[str]
    example: ClassVar[dict[str, Any]] = {
        "line_ref": "ORD-7K2F9QX4AB-1/1",
        "fee_kind": "commission",
        "rule_ref": "FEE-7K2F9QX4AB",
        "rule_version": 1,
        "base_minor": 10000,
        "raw": "1200",
        "fee_minor": 1200,
        "tax_minor": 228,
        "tax_category": "S",
        "charged_fee_minor": 1200,
        "returned_fee_minor": 0,
        "currency": "EUR",
        "explanation": ["12 % of €100.00 = €12.00."],
    }


class FeesOut(StrictSchema):
    """All fees of one merchant order."""

    fees: list[FeeOut]
    example: ClassVar[dict[str, Any]] = {"fees": [FeeOut.example]}


class RejectSettlementIn(StrictSchema):
    """What must be corrected."""

    reason: str
    example: ClassVar[dict[str, Any]] = {"reason": "The goodwill of May is missing."}


class RunSettlementsIn(StrictSchema):
    """The company whose ended cycles are cut."""

    entity: str
    example: ClassVar[dict[str, Any]] = {"entity": "nordhaus"}


class RunOut(StrictSchema):
    """What the run wrote."""

    created: int
    in_review: int
    rolled_over: int
    example: ClassVar[dict[str, Any]] = {"created": 40, "in_review": 36, "rolled_over": 4}


class PayoutOut(StrictSchema):
    """A transfer to a merchant."""

    ref: str
    settlement_ref: str
    merchant_ref: str
    amount_minor: int
    currency: str
    state: str
    attempt: int
    example: ClassVar[dict[str, Any]] = {
        "ref": "PAY-7K2F9QX4AB",
        "settlement_ref": "STL-7K2F9QX4AB",
        "merchant_ref": "MER-7K2F9QX4AB",
        "amount_minor": 9052,
        "currency": "EUR",
        "state": "created",
        "attempt": 1,
    }


class CreateBatchIn(StrictSchema):
    """Which payouts go into one bank file."""

    payouts: list[str]
    file_format: str
    execution_on: date
    example: ClassVar[dict[str, Any]] = {
        "payouts": ["PAY-7K2F9QX4AB"],
        "file_format": "pain.001.001.09",
        "execution_on": "2026-06-24",
    }


class KeptBackOut(StrictSchema):
    """A payout that was left out of a file because it is held."""

    ref: str
    codes: list[str]
    reasons: str
    example: ClassVar[dict[str, Any]] = {
        "ref": "PAY-7K2F9QX4AB",
        "codes": ["not_enough_available"],
        "reasons": "The balance is smaller than this payout. €12.00",
    }


class BatchOut(StrictSchema):
    """A bank file; its content comes from the download endpoint."""

    ref: str
    currency: str
    format: str
    n_payouts: int
    total_minor: int
    file_sha256: str
    kept_back: list[KeptBackOut]
    example: ClassVar[dict[str, Any]] = {
        "ref": "BAT-7K2F9QX4AB",
        "currency": "EUR",
        "format": "pain.001.001.09",
        "n_payouts": 1,
        "total_minor": 9052,
        "file_sha256": "0" * 64,
        "kept_back": [],
    }


class WithdrawIn(StrictSchema):
    """Payouts that must not leave with a file. `is_not_at_bank`: the bank does not have it, or has deleted it."""

    payouts: list[str]
    reason: str
    is_not_at_bank: bool
    example: ClassVar[dict[str, Any]] = {
        "payouts": ["PAY-7K2F9QX4AB"],
        "reason": "Police inquiry of 24 June",
        "is_not_at_bank": True,
    }


class BatchStateOut(StrictSchema):
    """How it stands with a file: written, void_asked or void, and what is taken out of it."""

    ref: str
    state: str
    withdrawn: list[str]
    void_reason: str
    example: ClassVar[dict[str, Any]] = {
        "ref": "BAT-7K2F9QX4AB",
        "state": "void_asked",
        "withdrawn": ["PAY-7K2F9QX4AB"],
        "void_reason": "Police inquiry of 24 June",
    }


class BatchFileOut(StrictSchema):
    """The file itself."""

    ref: str
    content: str
    file_sha256: str
    example: ClassVar[dict[str, Any]] = {
        "ref": "BAT-7K2F9QX4AB",
        "content": "<?xml …",
        "file_sha256": "0" * 64,
    }


class ExecutedOut(StrictSchema):
    """How many payouts were closed."""

    executed: int
    example: ClassVar[dict[str, Any]] = {"executed": 1}


class TrialRowOut(StrictSchema):
    """One account code and currency on its normal side."""

    code: str
    label: str
    currency: str
    minor: int
    example: ClassVar[dict[str, Any]] = {
        "code": "4000",
        "label": "Commission revenue",
        "currency": "EUR",
        "minor": 2018,
    }


class TrialBalanceOut(StrictSchema):
    """The trial balance as of a moment on the booked axis."""

    at: datetime
    rows: list[TrialRowOut]
    example: ClassVar[dict[str, Any]] = {"at": "2026-06-30T22:00:00Z", "rows": [TrialRowOut.example]}
