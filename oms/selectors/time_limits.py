"""The clocks of orders and the rules they follow."""

from datetime import datetime

from django.db.models import QuerySet

from backoffice.kernel import clock
from oms.models import MerchantOrder, TimeLimit, TimeLimitKind, TimeRule

DEFAULT_HOURS: dict[str, int] = {
    TimeLimitKind.PAYMENT_ANSWER: 1,
    TimeLimitKind.UNPAID: 7 * 24,
    TimeLimitKind.ACCEPT: 48,
    TimeLimitKind.CAPTURE: 72,
    TimeLimitKind.DUE: 14 * 24,
    TimeLimitKind.SHIP: 48,
    TimeLimitKind.RECEIVED: 14 * 24,
    TimeLimitKind.CLOSED: 30 * 24,
}


def hours_of() -> dict[str, int]:
    """Hours per kind: the edited rules over the ones the product ships with."""
    return DEFAULT_HOURS | dict(TimeRule.objects.values_list("kind", "hours"))


def list_due(limit: int = 200) -> list[TimeLimit]:
    """Clocks that ran out, oldest first; those that failed before come after the others."""
    due = TimeLimit.objects.filter(settled_at=None, due_at__lte=clock.now())
    return list(due.order_by("attempts", "due_at", "id")[:limit])


def list_running(merchant_order: MerchantOrder) -> QuerySet[TimeLimit]:
    return TimeLimit.objects.filter(merchant_order=merchant_order, settled_at=None).order_by("due_at")


def find_due_at(merchant_order: MerchantOrder, kind: TimeLimitKind) -> datetime | None:
    """When the running clock of this kind ends, if there is one."""
    row = TimeLimit.objects.filter(merchant_order=merchant_order, kind=kind, settled_at=None).first()
    return row.due_at if row else None
