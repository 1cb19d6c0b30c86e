"""The clocks of orders and the rules they follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from backoffice.kernel import audit, clock
from mms.selectors.versions import VersionedMap
from oms.business_time import WorkingTime
from oms.models import Counting, MerchantOrder, TimeLimit, TimeLimitKind, TimeRule


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a waiting state may last, which hours count, and when the merchant is reminded (percent, 0 = not)."""

    hours: int
    counting: str = Counting.HOURS
    nudges: tuple[int, int] = (50, 80)

    def end_of(self, moment: datetime, working: WorkingTime | None) -> datetime:
        """When a limit that starts at `moment` runs out; every hour counts where no calendar is given."""
        if self.counting == Counting.WORKING_DAYS and working is not None:
            return working.add_hours(moment, self.hours)
        return moment + timedelta(hours=self.hours)


# Limits that are a merchant's duty: it is reminded before they run out.
DUTIES = (TimeLimitKind.ACCEPT, TimeLimitKind.SHIP, TimeLimitKind.INVOICE)


def duty_task(kind: str) -> str:
    """The kind of the merchant's task about a duty that runs out."""
    return f"oms.{kind}_due"


# Limits that end by the lead time and the invoice days of the store, not after a number of hours.
PROMISED = (TimeLimitKind.SHIP, TimeLimitKind.DUE)

DEFAULTS: dict[str, Rule] = {
    TimeLimitKind.PAYMENT_ANSWER: Rule(1),
    TimeLimitKind.UNPAID: Rule(7 * 24),
    TimeLimitKind.ACCEPT: Rule(48),
    TimeLimitKind.CAPTURE: Rule(72),
    TimeLimitKind.DUE: Rule(14 * 24),
    TimeLimitKind.SHIP: Rule(48),
    TimeLimitKind.RECEIVED: Rule(14 * 24),
    TimeLimitKind.CLOSED: Rule(30 * 24),
    TimeLimitKind.INVOICE: Rule(72),
}


TIME_RULES = "oms.time_rules"


def _load() -> dict[str, Rule]:
    return DEFAULTS | {
        row.kind: Rule(row.hours, row.counting, (row.first_nudge_percent, row.second_nudge_percent))
        for row in TimeRule.objects.all()
    }


_rules = VersionedMap(TIME_RULES, _load)


def rules() -> dict[str, Rule]:
    """The rule of every kind: the edited ones over those the product ships with; read from memory."""
    return _rules.get()


def find_last_rule_change(kinds: Iterable[str]) -> tuple[str, datetime] | None:
    """Who last changed the rule of one of these kinds, and when."""
    found = [audit.list_entries(TimeRule(kind=kind)).first() for kind in kinds]
    last = max((entry for entry in found if entry is not None), key=lambda entry: entry.pk, default=None)
    return (last.actor_label, last.at) if last is not None else None


def hours_of() -> dict[str, int]:
    """Hours per kind."""
    return {kind: rule.hours for kind, rule in rules().items()}


def list_due(limit: int = 200) -> list[TimeLimit]:
    """Clocks that ran out, oldest first; those that failed before come after the others."""
    due = TimeLimit.objects.filter(settled_at=None, due_at__lte=clock.now())
    return list(due.order_by("attempts", "due_at", "id")[:limit])


def list_due_nudges(limit: int = 200) -> list[TimeLimit]:
    """Running clocks whose merchant should be reminded now."""
    now = clock.now()
    due = TimeLimit.objects.filter(settled_at=None, nudge_at__lte=now, due_at__gt=now)
    return list(due.select_related("merchant_order__order").order_by("nudge_at", "id")[:limit])


def list_running(merchant_order: MerchantOrder) -> QuerySet[TimeLimit]:
    return TimeLimit.objects.filter(merchant_order=merchant_order, settled_at=None).order_by("due_at")


def find_due_at(merchant_order: MerchantOrder, kind: TimeLimitKind) -> datetime | None:
    """When the running clock of this kind ends, if there is one."""
    row = TimeLimit.objects.filter(merchant_order=merchant_order, kind=kind, settled_at=None).first()
    return row.due_at if row else None


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What a changed rule would mean for a clock that starts now, and how many run under the old one."""

    kind: str
    label: str
    before: datetime
    after: datetime
    running: int


def preview_rules(changed: dict[str, Rule]) -> list[RuleEffect]:
    """The effect of rules that are not saved yet, only of those that differ; two statements."""
    now, current = clock.now(), rules()
    example = WorkingTime()
    running = TimeLimit.objects.filter(settled_at=None).order_by().values_list("kind")
    counts = dict(running.annotate(n=Count("pk")))
    return [
        RuleEffect(
            kind,
            str(TimeLimitKind(kind).label),
            current[kind].end_of(now, example),
            rule.end_of(now, example),
            counts.get(kind, 0),
        )
        for kind, rule in changed.items()
        if rule != current[kind]
    ]
