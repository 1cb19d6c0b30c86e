"""One booking day of a company's journal: its lines, and the figures they must add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.hashing import sha256_of
from billing.chart import Code
from billing.cycles import midnight
from billing.models import JournalEntry, LegalEntity, Posting
from mas.selectors.merchants import get_merchants_by_id


@dataclass(frozen=True, slots=True)
class DayFigure:
    """What one account code and currency held before the day and what the day moved; balances are debit > 0."""

    code: str
    currency: str
    opening_minor: int
    debit_minor: int
    credit_minor: int

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.debit_minor - self.credit_minor

    @property
    def label(self) -> str:
        return str(Code(self.code).label)


@dataclass(frozen=True, slots=True)
class JournalDay:
    """A day by the company's clock on the booked axis: `[from_at, to_at)` in UTC, with its control figures."""

    entity: LegalEntity
    day: date
    from_at: datetime
    to_at: datetime
    n_entries: int
    n_lines: int
    figures: tuple[DayFigure, ...]

    @property
    def external_id(self) -> str:
        """The same for the same day and figures, so that a program which took the day knows it again."""
        figures = [
            [row.code, row.currency, row.opening_minor, row.debit_minor, row.credit_minor]
            for row in self.figures
        ]
        digest = sha256_of({"figures": figures, "count": [self.n_entries, self.n_lines]})
        return f"{self.entity.code}:{self.day}:{digest[:16]}"


def get_journal_day(entity: LegalEntity, day: date) -> JournalDay:
    """The control figures of one day. Raises `InvalidInput` for a day that is not over: it could still change."""
    zone = ZoneInfo(entity.time_zone)
    from_at, to_at = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    if to_at > clock.now():
        text = _("%(day)s is not over yet, so its journal could still change. Choose an earlier day.") % {
            "day": day
        }
        raise InvalidInput(text, fields={"day": text})
    today = Q(entry__booked_at__gte=from_at)
    rows = (
        Posting.objects.filter(account__entity=entity, entry__booked_at__lt=to_at)
        .values("account__code", "currency")
        .annotate(
            opening=Coalesce(Sum("amount_minor", filter=~today), 0),
            debit=Coalesce(Sum("amount_minor", filter=today & Q(amount_minor__gt=0)), 0),
            credit=Coalesce(Sum("amount_minor", filter=today & Q(amount_minor__lt=0)), 0),
        )
        .order_by("account__code", "currency")
    )
    found = JournalEntry.objects.filter(entity=entity, booked_at__gte=from_at, booked_at__lt=to_at).aggregate(
        entries=Count("pk"), lines=Coalesce(Sum("n_lines"), 0)
    )
    figures = tuple(
        DayFigure(row["account__code"], row["currency"], row["opening"], row["debit"], -row["credit"])
        for row in rows
        if row["opening"] or row["debit"] or row["credit"]
    )
    return JournalDay(entity, day, from_at, to_at, found["entries"], found["lines"], figures)


def list_journal_lines(day: JournalDay) -> QuerySet[Posting]:
    """Every posting booked on the day, in the order of booking."""
    return (
        Posting.objects.filter(
            entry__entity=day.entity, entry__booked_at__gte=day.from_at, entry__booked_at__lt=day.to_at
        )
        .select_related("entry__seal", "account")
        .order_by("entry__booked_at", "entry_id", "line_no")
    )


def attach_owners(postings: Iterable[Any]) -> None:
    """Name the owner of each posting's account as `posting.owner`: a merchant's ref, `psp:card`, or empty."""
    rows = list(postings)
    merchants = get_merchants_by_id(
        {row.account.owner_id for row in rows if row.account.owner_type == "merchant"}
    )
    for row in rows:
        known = merchants.get(row.account.owner_id) if row.account.owner_type == "merchant" else None
        row.owner = known.ref if known else row.account.owner_label
