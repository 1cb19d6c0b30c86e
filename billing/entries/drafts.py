"""A journal entry before it is written: lines in signed minor units (debit > 0, credit < 0)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.chart import MERCHANT_CODES, Kind
from billing.errors import EntryUnbalanced


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account: a merchant, a payment provider's account, or the entity itself (the sentinel)."""

    type: str = ""
    id: int = 0


ENTITY = Owner()


def merchant(merchant_id: int) -> Owner:
    return Owner("merchant", merchant_id)


def provider(code: str) -> Owner:
    return Owner(f"psp:{code}"[:40], 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One posting to be. `guarded` = the debit may not take the merchant's balance below zero (money out)."""

    code: str
    amount_minor: int
    currency: str
    owner: Owner = ENTITY
    kind: str = Kind.NONE
    merchant_order_id: int | None = None
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What `post_entries` writes. `idem_key` is natural (`capture:card:17`), never random per retry."""

    entity_id: int
    event_type: str
    idem_key: str
    source_type: str
    source_id: str
    occurred_at: datetime
    lines: tuple[Line, ...]
    note: str = ""
    is_adjustment: bool = False
    reverses_id: Any = None

    def payload(self) -> dict[str, Any]:
        """What the payload hash covers: what moves where and why. When is left out: a retry may say it differently."""
        return {
            "event": self.event_type,
            "source": [self.source_type, self.source_id],
            "reverses": str(self.reverses_id or ""),
            "lines": [
                [line.code, line.owner.type, line.owner.id, line.currency, line.amount_minor, str(line.kind),
                 line.merchant_order_id]
                for line in self.lines
            ],
        }  # fmt: skip

    def check(self) -> None:
        """Raise `EntryUnbalanced` unless there are two lines or more, none zero, and every currency sums to zero."""
        sums: dict[str, int] = defaultdict(int)
        for line in self.lines:
            sums[line.currency] += line.amount_minor
            if line.code in MERCHANT_CODES and line.owner.type != "merchant":
                raise EntryUnbalanced(f"Account {line.code} belongs to a merchant, but none was named.")
        wrong = {currency: amount for currency, amount in sums.items() if amount}
        if wrong:
            raise EntryUnbalanced(f"Entry {self.idem_key} does not sum to zero: {wrong}.", sums=wrong)
        if len(self.lines) < 2:
            raise EntryUnbalanced(
                f"Entry {self.idem_key} has {len(self.lines)} lines; it needs at least two."
            )


def lines_of(*lines: Line) -> tuple[Line, ...]:
    """The lines that move something: zero amounts are left out."""
    return tuple(line for line in lines if line.amount_minor)
