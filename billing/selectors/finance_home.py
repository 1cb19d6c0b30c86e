"""What finance sees first: what waits for a person, what is at risk, and clearing items by age."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from backoffice.kernel import clock
from billing.chart import CLEARING_CODES, MERCHANT_CODES, Code, normal_side
from billing.models import (
    Adjustment,
    AdjustmentState,
    Balance,
    BankFile,
    BankFileState,
    BankLine,
    BankLineState,
    FeeRule,
    Payout,
    PayoutBatch,
    PayoutState,
    Posting,
    RuleState,
    Settlement,
    SettlementState,
)
from billing.selectors.late_holds import is_held_since_file
from billing.selectors.reversals import list_asked

# An item of these is one source (a payout, a refund, a dispute, a bank line): its own postings return to zero.
ITEMISED = (Code.IN_TRANSIT, Code.REFUND_CLEARING, Code.DISPUTED, Code.SUSPENSE)
BUCKETS = (timedelta(days=3), timedelta(days=7), timedelta(days=30))


def list_waiting(for_user: int | None = None) -> dict[str, QuerySet[Any]]:
    """The queues of finance by name, to be counted together.

    With a user, statements in review are those this person did not prepare and may sign.
    """
    own = Q(prepared_by_user_id=for_user) if for_user is not None else Q(pk__in=[])
    return {
        "settlements_in_review": Settlement.objects.filter(~own, state=SettlementState.IN_REVIEW),
        "settlements_on_hold": Settlement.objects.filter(state=SettlementState.ON_HOLD),
        "payouts_to_send": Payout.objects.filter(state__in=[PayoutState.CREATED, PayoutState.CLAIMED]),
        "payouts_at_bank": Payout.objects.filter(state__in=[PayoutState.EXPORTED, PayoutState.ACCEPTED]),
        "payouts_held_late": Payout.objects.filter(is_held_since_file()),
        "batches_to_void": PayoutBatch.objects.filter(void_asked_at__isnull=False, voided_at__isnull=True),
        "payouts_unknown": Payout.objects.filter(state=PayoutState.UNKNOWN),
        "adjustments": Adjustment.objects.filter(state=AdjustmentState.PROPOSED),
        "reversals": list_asked(),
        "fee_drafts": FeeRule.objects.filter(state=RuleState.DRAFT),
        "bank_files": BankFile.objects.filter(state=BankFileState.UPLOADED),
        "bank_lines": BankLine.objects.filter(state=BankLineState.OPEN),
        "bank_line_undos": BankLine.objects.filter(undo_asked_at__isnull=False),
    }


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the marketplace owes and is owed by merchants, per currency, in merchant terms."""

    currency: str
    pending_minor: int
    available_minor: int
    reserve_minor: int
    dispute_minor: int
    negative_minor: int
    negative_count: int


def list_exposures() -> list[Exposure]:
    """One row per currency: sums of merchants' balances, and how much of it merchants owe us."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = (
        Balance.objects.filter(account__code__in=list(MERCHANT_CODES))
        .values("account__currency", "account__code")
        .annotate(
            total=Sum("posted_minor"),
            owed=Sum("posted_minor", filter=Q(posted_minor__gt=0)),
            owing=Count("pk", filter=Q(posted_minor__gt=0)),
        )
        .order_by("account__currency")
    )
    for row in rows:
        found = sums[row["account__currency"]]
        found[row["account__code"]] -= row["total"]
        if row["account__code"] == Code.AVAILABLE:
            found["owed"] += row["owed"] or 0
            found["owing"] += row["owing"]
    return [
        Exposure(
            currency,
            found[Code.PENDING],
            found[Code.AVAILABLE],
            found[Code.RESERVE],
            found[Code.DISPUTE_HOLD],
            -found["owed"],
            found["owing"],
        )
        for currency, found in sorted(sums.items())
    ]


@dataclass(slots=True)
class ClearingAccount:
    """A clearing account's open balance on its normal side, and for itemised ones how old the open items are."""

    code: str
    currency: str
    minor: int = 0
    items: int = 0
    oldest_at: datetime | None = None
    by_age: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    items_by_age: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    @property
    def label(self) -> str:
        return str(Code(self.code).label)


def list_clearing_accounts() -> list[ClearingAccount]:
    """Every clearing account that is not zero, with its items by age (up to 3, 7, 30 days, older)."""
    found: dict[tuple[str, str], ClearingAccount] = {}
    totals = (
        Posting.objects.filter(account__code__in=list(CLEARING_CODES))
        .values("account__code", "currency")
        .annotate(total=Sum("amount_minor"))
        .order_by("account__code", "currency")
    )
    for row in totals:
        if row["total"]:
            key = (row["account__code"], row["currency"])
            found[key] = ClearingAccount(*key, minor=row["total"] * normal_side(row["account__code"]))
    for code, currency, amount, opened_at in list_open_items():
        account = found.setdefault((code, currency), ClearingAccount(code, currency))
        age = clock.now() - opened_at
        bucket = sum(age > limit for limit in BUCKETS)
        account.by_age[bucket] += amount * normal_side(code)
        account.items_by_age[bucket] += 1
        account.items += 1
        account.oldest_at = min(filter(None, [account.oldest_at, opened_at]))
    return [found[key] for key in sorted(found)]


def list_open_items(limit: int = 5000) -> list[tuple[str, str, int, Any]]:
    """(code, currency, open amount, opened at) of every payout, refund or dispute that has not returned to zero."""
    rows = (
        Posting.objects.filter(account__code__in=list(ITEMISED))
        .values("account__code", "currency", "entry__source_type", "entry__source_id")
        .annotate(total=Sum("amount_minor"), opened=Min("entry__booked_at"))
        .exclude(total=0)
        .order_by("opened")[:limit]
    )
    return [(row["account__code"], row["currency"], row["total"], row["opened"]) for row in rows]
