"""Running clocks: started with a waiting state, settled when it ends, acted on by a sweep when they run out."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from mms.operations.tasks import close_tasks
from mms.operations.versions import announce_change
from oms.models import Counting, MerchantOrder, Order, TimeLimit, TimeLimitKind, TimeRule
from oms.permissions import MANAGE_TIME_LIMITS
from oms.selectors.calendars import working_time_of
from oms.selectors.time_limits import DUTIES, TIME_RULES, Rule, duty_task, rules


def time_limit(
    kind: TimeLimitKind,
    order_id: int,
    *,
    merchant_order: MerchantOrder | None = None,
    due_at: datetime | None = None,
    rule: Rule | None = None,
) -> TimeLimit:
    """An unsaved clock, for bulk writing; due by the rule of its kind unless a moment is given.

    A clock that is a merchant's duty reminds it on the way, at the shares of the time that the rule names.
    """
    now = clock.now()
    if rule is None and (due_at is None or kind in DUTIES):
        rule = rules()[kind]
    if due_at is None:
        due_at = _end(rule or rules()[kind], now, merchant_order)
    row = TimeLimit(kind=kind, order_id=order_id, merchant_order=merchant_order, due_at=due_at)
    if kind in DUTIES and rule is not None:
        first, second = (now + (due_at - now) * share / 100 if share else None for share in rule.nudges)
        row.nudge_at, row.second_nudge_at = (first, second) if first else (second, None)
    return row


def _end(rule: Rule, now: datetime, merchant_order: MerchantOrder | None) -> datetime:
    if rule.counting != Counting.WORKING_DAYS or merchant_order is None:
        return rule.end_of(now, None)
    return rule.end_of(now, working_time_of(merchant_order.merchant_id))


def start(kind: TimeLimitKind, merchant_order: MerchantOrder, *, due_at: datetime | None = None) -> TimeLimit:
    """Start one clock of a merchant order in the caller's transaction."""
    row = time_limit(kind, merchant_order.order_id, merchant_order=merchant_order, due_at=due_at)
    row.save()
    return row


def settle(merchant_order: MerchantOrder, kinds: Iterable[TimeLimitKind] | None = None) -> None:
    """Stop the clocks of a merchant order (all, or these kinds), and close the merchant's tasks about them."""
    rows = TimeLimit.objects.filter(merchant_order=merchant_order, settled_at=None)
    stopped = set(TimeLimitKind if kinds is None else kinds)
    if kinds is not None:
        rows = rows.filter(kind__in=list(stopped))
    rows.update(settled_at=clock.now())
    for kind in DUTIES:
        if kind in stopped:
            close_tasks(duty_task(kind), merchant_order.ref)


def settle_order(order: Order, kinds: Iterable[TimeLimitKind]) -> None:
    """Stop clocks of the order itself."""
    TimeLimit.objects.filter(order=order, merchant_order=None, settled_at=None, kind__in=list(kinds)).update(
        settled_at=clock.now()
    )


@transaction.atomic
def change_time_rule(kind: str, rule: Rule, *, actor: Actor) -> TimeRule:
    """Set how long a waiting state may last; clocks that run already keep their moment."""
    actor.require(MANAGE_TIME_LIMITS)
    if kind not in TimeLimitKind.values or not 1 <= rule.hours <= 24 * 365:
        message = _("Give a number of hours between 1 and 8760.")
        raise InvalidInput(message, fields={f"{kind}_hours": message})
    if rule.counting not in Counting.values:
        message = _("Choose which hours count.")
        raise InvalidInput(message, fields={f"{kind}_counting": message})
    first, second = rule.nudges
    if not 0 <= first < 100 or not 0 <= second < 100 or (first and second and first >= second):
        message = _("Reminders come at two rising shares below 100 percent; 0 sends none.")
        raise InvalidInput(message, fields={f"{kind}_first": message})
    before = rules()[kind]
    saved, _created = TimeRule.objects.update_or_create(
        kind=kind,
        defaults={
            "hours": rule.hours,
            "counting": rule.counting,
            "first_nudge_percent": first,
            "second_nudge_percent": second,
            "updated_at": clock.now(),
        },
    )
    changes = {
        "hours": [before.hours, rule.hours],
        "counting": [str(before.counting), str(rule.counting)],
        "nudges": [list(before.nudges), list(rule.nudges)],
    }
    audit.record("oms.time_rule.changed", actor=actor, subject=saved, changes=changes)
    announce_change(TIME_RULES)
    return saved
