"""Running clocks: started with a waiting state, settled when it ends, acted on by a sweep when they run out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from oms.models import MerchantOrder, Order, TimeLimit, TimeLimitKind, TimeRule
from oms.permissions import MANAGE_TIME_LIMITS
from oms.selectors.time_limits import hours_of


def time_limit(
    kind: TimeLimitKind,
    order_id: int,
    *,
    merchant_order: MerchantOrder | None = None,
    due_at: datetime | None = None,
    hours: dict[str, int] | None = None,
) -> TimeLimit:
    """An unsaved clock, for bulk writing; due by the rule of its kind unless a moment is given."""
    if due_at is None:
        due_at = clock.now() + timedelta(hours=(hours or hours_of())[kind])
    return TimeLimit(kind=kind, order_id=order_id, merchant_order=merchant_order, due_at=due_at)


def start(kind: TimeLimitKind, merchant_order: MerchantOrder, *, due_at: datetime | None = None) -> TimeLimit:
    """Start one clock of a merchant order in the caller's transaction."""
    row = time_limit(kind, merchant_order.order_id, merchant_order=merchant_order, due_at=due_at)
    row.save()
    return row


def settle(merchant_order: MerchantOrder, kinds: Iterable[TimeLimitKind] | None = None) -> None:
    """Stop the clocks of a merchant order (all, or these kinds)."""
    rows = TimeLimit.objects.filter(merchant_order=merchant_order, settled_at=None)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    rows.update(settled_at=clock.now())


def settle_order(order: Order, kinds: Iterable[TimeLimitKind]) -> None:
    """Stop clocks of the order itself."""
    TimeLimit.objects.filter(order=order, merchant_order=None, settled_at=None, kind__in=list(kinds)).update(
        settled_at=clock.now()
    )


@transaction.atomic
def change_time_rule(kind: str, hours: int, *, actor: Actor) -> TimeRule:
    """Set how long a waiting state may last; clocks that run already keep their moment."""
    actor.require(MANAGE_TIME_LIMITS)
    if kind not in TimeLimitKind.values or not 1 <= hours <= 24 * 365:
        message = _("Give a number of hours between 1 and 8760.")
        raise InvalidInput(message, fields={"hours": message})
    rule, _created = TimeRule.objects.update_or_create(
        kind=kind, defaults={"hours": hours, "updated_at": clock.now()}
    )
    return rule
