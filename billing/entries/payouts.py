"""Entries of money leaving for a merchant's bank account, and of money that comes back."""

from dataclasses import dataclass
from datetime import datetime

from billing.chart import Code, Kind
from billing.entries.drafts import Draft, Line, lines_of, merchant


@dataclass(frozen=True, slots=True)
class PayoutMove:
    entity_id: int
    payout_ref: str
    merchant_id: int
    currency: str
    amount_minor: int
    # How often its execution or return was taken back: an undone entry keeps its key.
    times_reopened: int = 0


def _draft(move: PayoutMove, step: str, lines: tuple[Line, ...], occurred_at: datetime) -> Draft:
    return Draft(
        entity_id=move.entity_id,
        event_type=f"payout_{step}",
        idem_key=f"payout:{move.payout_ref}:{step}"
        + (f":{move.times_reopened}" if move.times_reopened else ""),
        source_type="payout",
        source_id=move.payout_ref,
        occurred_at=occurred_at,
        lines=lines,
    )


def claimed(move: PayoutMove, *, occurred_at: datetime) -> Draft:
    """E6: the amount leaves available; refused when it is not there (payouts never overdraw)."""
    lines = lines_of(
        Line(
            Code.AVAILABLE,
            move.amount_minor,
            move.currency,
            merchant(move.merchant_id),
            Kind.PAYOUT,
            guarded=True,
        ),
        Line(Code.IN_TRANSIT, -move.amount_minor, move.currency),
    )
    return _draft(move, "claimed", lines, occurred_at)


def executed(move: PayoutMove, *, occurred_at: datetime) -> Draft:
    """E6b: the bank confirms that the money left."""
    lines = lines_of(
        Line(Code.IN_TRANSIT, move.amount_minor, move.currency),
        Line(Code.BANK, -move.amount_minor, move.currency),
    )
    return _draft(move, "executed", lines, occurred_at)


def rejected(move: PayoutMove, *, occurred_at: datetime) -> Draft:
    """E10a: refused before execution; the amount is available again."""
    lines = lines_of(
        Line(Code.IN_TRANSIT, move.amount_minor, move.currency),
        Line(Code.AVAILABLE, -move.amount_minor, move.currency, merchant(move.merchant_id), Kind.PAYOUT_BACK),
    )
    return _draft(move, "rejected", lines, occurred_at)


def returned(move: PayoutMove, *, bank_fee_minor: int, occurred_at: datetime) -> Draft:
    """E10b: the receiving bank sent it back; the balance is restored once, the bank's fee is ours."""
    lines = lines_of(
        Line(Code.BANK, move.amount_minor, move.currency),
        Line(Code.AVAILABLE, -move.amount_minor, move.currency, merchant(move.merchant_id), Kind.PAYOUT_BACK),
        Line(Code.BANK_CHARGES, bank_fee_minor, move.currency),
        Line(Code.BANK, -bank_fee_minor, move.currency),
    )
    return _draft(move, "returned", lines, occurred_at)
