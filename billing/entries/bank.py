"""Entries of bank movements: what nobody knows yet goes to suspense, and from there to where it belongs."""

from dataclasses import dataclass
from datetime import datetime

from billing.chart import Code, Kind
from billing.entries.drafts import ENTITY, Draft, Line, Owner


@dataclass(frozen=True, slots=True)
class BankMove:
    """`amount_minor` as the bank says it: + came in."""

    entity_id: int
    line_ref: str
    currency: str
    amount_minor: int
    # How often the line was taken back: an undone entry keeps its key.
    times_undone: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line belongs."""

    code: str
    owner: Owner = ENTITY
    kind: str = Kind.NONE


def _draft(move: BankMove, step: str, lines: tuple[Line, ...], occurred_at: datetime, note: str) -> Draft:
    return Draft(
        entity_id=move.entity_id,
        event_type=f"bank_line_{step}",
        idem_key=f"bank_line:{move.line_ref}:{step}" + (f":{move.times_undone}" if move.times_undone else ""),
        source_type="bank_line",
        source_id=move.line_ref,
        occurred_at=occurred_at,
        lines=lines,
        note=note,
    )


def suspended(move: BankMove, *, occurred_at: datetime, note: str) -> Draft:
    """The bank account moved, the reason is unknown: the other side is suspense until somebody knows."""
    lines = (
        Line(Code.BANK, move.amount_minor, move.currency),
        Line(Code.SUSPENSE, -move.amount_minor, move.currency),
    )
    return _draft(move, "suspended", lines, occurred_at, note)


def placed(move: BankMove, place: Place, *, occurred_at: datetime, note: str) -> Draft:
    """A person knows what it is: out of suspense to where it belongs."""
    lines = (
        Line(Code.SUSPENSE, move.amount_minor, move.currency),
        Line(place.code, -move.amount_minor, move.currency, place.owner, place.kind),
    )
    return _draft(move, "placed", lines, occurred_at, note)
