"""Debts of merchants: available balances below zero, by age, with what was done about them."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from backoffice.kernel.money import Money
from billing.chart import Code
from billing.models import (
    Adjustment,
    AdjustmentKind,
    AdjustmentState,
    Balance,
    BankLine,
    Debt,
    DebtAge,
    DebtReminder,
    Dispute,
    DisputeState,
    LegalEntity,
)
from billing.selectors.accounts import get_account
from mas.selectors.merchants import list_merchants

MERCHANT_REF = re.compile(r"\b(MER-[0-9A-Z]{10})\b")
SHOWN_PAYERS = 20
# A debt is in the first bucket until its 31st day is over.
DAYS = ((DebtAge.UP_TO_30, 31), (DebtAge.UP_TO_60, 61), (DebtAge.UP_TO_90, 91))


def list_owing() -> QuerySet[Any]:
    """Every available balance below zero, with its bucket of age."""
    now = clock.now()
    younger = [
        When(below_zero_since__gt=now - timedelta(days=days), then=Value(age.value)) for age, days in DAYS
    ]
    age = Case(*younger, default=Value(DebtAge.OLDER.value), output_field=CharField())
    rows = Balance.objects.filter(account__code=Code.AVAILABLE, account__owner_type="merchant")
    found: QuerySet[Any] = rows.filter(below_zero_since__isnull=False).annotate(
        age=age, currency=F("account__currency")
    )
    return found


def with_reminders(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Debts with the last reminder, the pause, and what stops reminders, as columns."""
    of_account = {"account_id": OuterRef("pk"), "since": OuterRef("below_zero_since")}
    sent = DebtReminder.objects.filter(**{f"debt__{name}": value for name, value in of_account.items()})
    sent = sent.order_by("-level")
    debts = Debt.objects.filter(**of_account)
    owner = {
        "entity_id": OuterRef("account__entity_id"),
        "merchant_id": OuterRef("account__owner_id"),
        "currency": OuterRef("account__currency"),
    }
    write_offs = Adjustment.objects.filter(
        kind=AdjustmentKind.WRITE_OFF, state=AdjustmentState.PROPOSED, **owner
    )
    found: QuerySet[Any] = rows.annotate(
        level=Subquery(sent.values("level")[:1]),
        level_at=Subquery(sent.values("sent_at")[:1]),
        paused_until=Subquery(debts.values("paused_until")[:1]),
        pause_reason=Subquery(debts.values("pause_reason")[:1]),
        has_dispute=Exists(Dispute.objects.filter(state=DisputeState.OPEN, **owner)),
        has_write_off=Exists(write_offs),
    )
    return found


def list_debts(actor: Actor) -> QuerySet[Any]:
    """The debts of the merchants the actor may see, oldest first, with names and reminders; one statement."""
    merchants = list_merchants(actor).order_by().filter(pk=OuterRef("account__owner_id"))
    rows = with_reminders(list_owing()).select_related("account__entity")
    found: QuerySet[Any] = rows.annotate(
        merchant_name=Subquery(merchants.values("name")[:1]),
        merchant_ref=Subquery(merchants.values("ref")[:1]),
    )
    return found.filter(merchant_ref__isnull=False).order_by("below_zero_since", "pk")


def get_debt(ref: str, *, actor: Actor) -> Any:
    """One debt by the ref of its account. Raises `NotFound`, also when the balance is not below zero."""
    account = get_account(ref, actor=actor)
    found = list_debts(actor).filter(pk=account.pk).first()
    if found is None:
        raise NotFound(_("This merchant owes nothing now."))
    return found


@dataclass(slots=True)
class DebtAges:
    """What merchants owe in one currency, as positive minor units, and how many they are, by age."""

    currency: str
    owed_minor: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DebtAge.values, 0))
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DebtAge.values, 0))

    @property
    def buckets(self) -> list[tuple[str, str, int, int]]:
        """(age, its label, amount, debts) in order of age."""
        ages = DebtAge.choices
        return [(age, str(label), self.owed_minor[age], self.counts[age]) for age, label in ages]


def list_debt_ages() -> list[DebtAges]:
    """One row per currency with debts, in one statement."""
    found: dict[str, DebtAges] = {}
    rows = list_owing().order_by().values("currency", "age")
    for row in rows.annotate(owed=Sum("posted_minor"), debts=Count("pk")).order_by("currency"):
        ages = found.setdefault(row["currency"], DebtAges(row["currency"]))
        ages.owed_minor[row["age"]] = row["owed"]
        ages.counts[row["age"]] = row["debts"]
    return list(found.values())


def list_remindable() -> list[Any]:
    """Debts that may be reminded of now: large enough, not paused, nothing about them undecided."""
    rows = with_reminders(list_owing()).filter(has_dispute=False, has_write_off=False)
    rows = rows.filter(posted_minor__gte=F("account__entity__reminder_minimum_minor"))
    rows = rows.filter(Q(paused_until__isnull=True) | Q(paused_until__lte=clock.now()))
    return list(rows.select_related("account__entity").order_by("pk"))


@dataclass(frozen=True, slots=True)
class Payer:
    """A merchant that a transfer may have come from; `owed_minor` > 0 = its debt."""

    ref: str
    name: str
    owed_minor: int
    is_named: bool


def list_payers(line: BankLine, actor: Actor) -> list[Payer]:
    """Merchants named in a line that came in, then those that owe at least as much, smallest debt first."""
    if line.amount_minor <= 0:
        return []
    debts = list_debts(actor).filter(account__entity_id=line.entity_id, account__currency=line.currency)
    named = list_merchants(actor).filter(ref__in=MERCHANT_REF.findall(line.text))
    found = {row.ref: Payer(row.ref, row.name, 0, True) for row in named}
    fitting = debts.filter(
        Q(posted_minor__gte=line.amount_minor) | Q(account__owner_id__in=[m.pk for m in named])
    )
    for row in fitting.order_by("posted_minor", "pk")[:SHOWN_PAYERS]:
        is_named = row.merchant_ref in found
        found[row.merchant_ref] = Payer(row.merchant_ref, row.merchant_name, row.posted_minor, is_named)
    return sorted(found.values(), key=lambda payer: not payer.is_named)


def names_merchant(line: BankLine, merchant_ref: str) -> bool:
    """Whether the text of a transfer says whose it is."""
    return merchant_ref in MERCHANT_REF.findall(line.text)


@dataclass(frozen=True, slots=True)
class OwnDebt:
    """A merchant's debt as its people read it: how much, since which day of the company, and where to pay it."""

    amount: Money
    since_on: date
    reference: str
    payee: str
    iban: str

    def owed(self) -> str:
        """In the language of whoever reads."""
        return self.amount.display()


def own_debt(entity: LegalEntity, amount: Money, since: datetime, reference: str) -> OwnDebt:
    return OwnDebt(
        amount, since.astimezone(ZoneInfo(entity.time_zone)).date(), reference, entity.name, entity.iban
    )


def list_own_debts(actor: Actor, merchant_id: int) -> list[OwnDebt]:
    """What one merchant of the actor owes, in one statement; its ref is what it writes on a transfer."""
    return [
        own_debt(
            row.account.entity, Money(row.posted_minor, row.currency), row.below_zero_since, row.merchant_ref
        )
        for row in list_debts(actor).filter(account__owner_id=merchant_id)
    ]
