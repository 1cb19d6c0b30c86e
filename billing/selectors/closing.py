"""What keeps a month open: unfinished entries, unpaid statements, and clearing accounts nobody explained."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from backoffice.kernel.money import Money
from billing.chart import CLEARING_CODES, Code
from billing.models import (
    ClearingNote,
    JournalEntry,
    JournalSeal,
    PayoutState,
    Period,
    PeriodClosing,
    Posting,
    Settlement,
    SettlementState,
)

# Payouts and refunds are explained by themselves while each item is young and on its right side (a credit).
ITEMISED = {Code.IN_TRANSIT: -1, Code.REFUND_CLEARING: -1, Code.DISPUTED: 1}
YOUNG = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Clearing:
    """What one clearing account holds at a month's end (debit > 0), and why, if anybody or anything says so."""

    code: str
    currency: str
    amount_minor: int
    reason: str

    @property
    def label(self) -> str:
        return str(Code(self.code).label)

    @property
    def is_explained(self) -> bool:
        return bool(self.reason)


def ends_at(period: Period) -> datetime:
    """The first moment after the month, in the company's zone."""
    return datetime.combine(period.ends_on, time(0), ZoneInfo(period.entity.time_zone)).astimezone(UTC)


def _books_of(period: Period) -> QuerySet[Posting]:
    """The postings of this month and all months before it: what its closing balances are made of."""
    return Posting.objects.filter(
        entry__entity_id=period.entity_id, entry__period__ends_on__lte=period.ends_on
    )


def get_closing_figures(period: Period) -> dict[str, int]:
    """Account code and currency to balance (debit > 0) at the end of the month."""
    rows = _books_of(period).values("account__code", "currency").annotate(total=Sum("amount_minor"))
    return {
        f"{row['account__code']} {row['currency']}": row["total"]
        for row in rows.order_by("account__code", "currency")
        if row["total"]
    }


def find_closing(period: Period) -> PeriodClosing | None:
    """What was kept when the month was closed last."""
    return PeriodClosing.objects.filter(period=period).order_by("-closed_at", "-id").first()


def list_clearing(period: Period) -> list[Clearing]:
    """Every clearing account that is not zero at the end of the month, with its explanation."""
    notes = {(note.code, note.currency): note for note in ClearingNote.objects.filter(period_id=period.pk)}
    limit = period.entity.suspense_limit_minor
    found = []
    rows = _books_of(period).filter(account__code__in=list(CLEARING_CODES))
    sums = rows.values("account__code", "currency").annotate(total=Sum("amount_minor"))
    for row in sums.order_by("account__code", "currency"):
        code, currency, amount = row["account__code"], row["currency"], row["total"]
        if not amount and not (code in ITEMISED and _has_items(rows, code, currency)):
            continue
        note = notes.get((code, currency))
        reason = ""
        if note is not None and note.amount_minor == amount:
            reason = f"{note.text} ({note.noted_by_label})"
        elif code == Code.SUSPENSE and abs(amount) <= limit:
            reason = _("Within what the company accepts at the end of a month.")
        elif code in ITEMISED and not _odd_items(rows, code, currency, ends_at(period)):
            reason = _("Payouts, refunds or chargebacks under way, each younger than 30 days.")
        found.append(Clearing(code, currency, amount, reason))
    return found


def _items(rows: QuerySet[Posting], code: str, currency: str) -> "QuerySet[Any, Any]":
    return (
        rows.filter(account__code=code, currency=currency)
        .values("entry__source_type", "entry__source_id")
        .annotate(total=Sum("amount_minor"), opened=Min("entry__occurred_at"))
        .exclude(total=0)
        .order_by()
    )


def _has_items(rows: QuerySet[Posting], code: str, currency: str) -> bool:
    return _items(rows, code, currency).exists()


def _odd_items(rows: QuerySet[Posting], code: str, currency: str, end: datetime) -> bool:
    """Whether an item is on the wrong side or was opened more than 30 days before the month's end."""
    items = _items(rows, code, currency)
    wrong = Q(total__gt=0) if ITEMISED[Code(code)] < 0 else Q(total__lt=0)
    return items.filter(wrong | Q(opened__lt=end - YOUNG)).exists()


def list_unpaid_statements(period: Period) -> list[str]:
    """Statements that end in the month (or before), are signed, and whose money has not left for the bank."""
    waiting = Q(state__in=[SettlementState.APPROVED, SettlementState.ON_HOLD]) | Q(
        state=SettlementState.PAYABLE, payouts__state=PayoutState.CREATED
    )
    rows = Settlement.objects.filter(waiting, entity_id=period.entity_id, to_at__lte=ends_at(period))
    return list(rows.order_by("ref").values_list("ref", flat=True).distinct())


def list_closing_obstacles(period: Period) -> list[str]:
    """Why this month cannot be closed for good yet, in sentences."""
    obstacles = []
    earlier = Period.objects.filter(entity_id=period.entity_id, starts_on__lt=period.starts_on)
    if earlier.exclude(state="hard_closed").exists():
        obstacles.append(_("An earlier month is still open."))
    own = Posting.objects.filter(entry__period=period)
    unbalanced = own.values("entry_id", "currency").annotate(total=Sum("amount_minor")).exclude(total=0)
    if unbalanced.order_by().exists():
        obstacles.append(_("It holds an entry that does not sum to zero."))
    entries = JournalEntry.objects.filter(period=period)
    numbered = JournalSeal.objects.filter(seq__isnull=False).values("entry_id")
    if entries.exclude(pk__in=numbered).exists():
        obstacles.append(_("Entries wait for their number in the journal; run the due work first."))
    for row in list_clearing(period):
        if not row.is_explained:
            obstacles.append(_unexplained(row))
    refs = list_unpaid_statements(period)
    if refs:
        obstacles.append(_("Signed statements are not paid: %(refs)s.") % {"refs": ", ".join(refs[:5])})
    return obstacles


def _unexplained(row: Clearing) -> str:
    shown = Money(row.amount_minor, row.currency).display()
    if row.code == Code.SUSPENSE:
        return _("Unmatched bank lines are open on the suspense account: %(amount)s.") % {"amount": shown}
    return _("%(code)s %(name)s is %(amount)s and not explained.") % {
        "code": row.code,
        "name": row.label,
        "amount": shown,
    }
