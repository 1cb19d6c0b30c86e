"""The arithmetic of a statement: lines, totals, closing, payable, and the hash that people sign."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum

from backoffice.kernel.hashing import sha256_of
from billing.models import (
    ENDED_UNPAID,
    UNPAID,
    Payout,
    PayoutTerms,
    Posting,
    Settlement,
    SettlementLine,
    SettlementState,
)
from billing.selectors.payout_holds import BalanceKey, sum_held

BATCH = 2000


class LineSum:
    """Adds up the movements of one statement in journal order and digests them."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = {}
        self.count = 0
        self.moved = 0
        self._digest = hashlib.sha256()

    def add(self, posting_id: int, kind: str, amount_minor: int) -> None:
        """`amount_minor` as posted (debit > 0); a statement speaks in merchant terms."""
        self.totals[kind] = self.totals.get(kind, 0) - amount_minor
        self.moved -= amount_minor
        self.count += 1
        self._digest.update(f"{posting_id}:{amount_minor};".encode())

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def read_movements(account_ids: Iterable[int], min_seq: int, max_seq: int) -> Any:
    """(account, posting, kind, amount) after one journal sequence up to another, in journal order per account."""
    return (
        Posting.objects.filter(
            account_id__in=list(account_ids), entry__seal__seq__gt=min_seq, entry__seal__seq__lte=max_seq
        )
        .order_by("account_id", "entry__seal__seq", "line_no")
        .values_list("account_id", "id", "kind", "amount_minor")
        .iterator(chunk_size=BATCH)
    )


def digest_lines(settlement: Settlement) -> LineSum:
    """The sums and the digest of the lines that stand on a statement now, read again from the database."""
    found = LineSum()
    rows = (
        SettlementLine.objects.filter(settlement=settlement)
        .order_by("posting__entry__seal__seq", "posting__line_no")
        .values_list("posting_id", "posting__kind", "posting__amount_minor")
    )
    for posting_id, kind, amount in rows.iterator(chunk_size=BATCH):
        found.add(posting_id, kind, amount)
    return found


def apply_lines(settlement: Settlement, lines: LineSum) -> None:
    settlement.totals = dict(sorted(lines.totals.items()))
    settlement.n_lines = lines.count
    settlement.lines_sha256 = lines.sha256
    settlement.closing_minor = settlement.opening_minor + lines.moved


def apply_payable(settlement: Settlement, terms: PayoutTerms, outstanding_minor: int) -> None:
    """Payable = closing less what earlier statements still pay, less the balance to keep and amounts held."""
    free = settlement.closing_minor - outstanding_minor
    payable = max(
        0, free - terms.minimum_balance_minor - sum_held(key_of(settlement), max_seq=settlement.max_seq)
    )
    settlement.payable_minor = payable
    settlement.kept_minor = settlement.closing_minor - payable
    settlement.statement_sha256 = sha256_of(statement_content(settlement))


def key_of(settlement: Settlement) -> BalanceKey:
    return BalanceKey(settlement.entity_id, settlement.merchant_id, settlement.currency)


def outstanding_of(settlement: Settlement) -> int:
    """What earlier statements of this balance still pay, or paid since: not among the movements up to here.

    A rejected statement, and one whose payout was given up and not tried again, pay nothing once another follows: their
    money stands on the later one.
    """
    earlier = Settlement.objects.filter(
        entity_id=settlement.entity_id,
        merchant_id=settlement.merchant_id,
        currency=settlement.currency,
        from_at__lt=settlement.from_at,
        state__in=[*UNPAID, SettlementState.PAID],
    )
    live = Payout.objects.filter(settlement=OuterRef("pk")).exclude(state__in=ENDED_UNPAID)
    given_up = Q(state=SettlementState.PAYABLE) & ~Exists(live)
    open_ones = earlier.exclude(given_up).exclude(pk__in=_claimed_within(settlement))
    return open_ones.aggregate(total=Sum("payable_minor"))["total"] or 0


def _claimed_within(settlement: Settlement) -> list[int]:
    """Earlier statements whose payout already left available at or before this statement's last sequence."""
    claims = Posting.objects.filter(
        entry__event_type="payout_claimed",
        entry__seal__seq__lte=settlement.max_seq,
        account__owner_type="merchant",
        account__owner_id=settlement.merchant_id,
        account__currency=settlement.currency,
        account__entity_id=settlement.entity_id,
    )
    refs = claims.values_list("entry__source_id", flat=True)
    return list(Payout.objects.filter(ref__in=list(refs)).values_list("settlement_id", flat=True))


def statement_content(settlement: Settlement) -> dict[str, Any]:
    """What the signature covers: every figure and, through their digest, every line."""
    return {
        "ref": settlement.ref,
        "entity": settlement.entity_id,
        "merchant": settlement.merchant_id,
        "currency": settlement.currency,
        "from": settlement.from_at,
        "to": settlement.to_at,
        "zone": settlement.time_zone,
        "seq": [settlement.min_seq, settlement.max_seq],
        "opening": settlement.opening_minor,
        "totals": settlement.totals,
        "lines": [settlement.n_lines, settlement.lines_sha256],
        "closing": settlement.closing_minor,
        "kept": settlement.kept_minor,
        "payable": settlement.payable_minor,
    }
