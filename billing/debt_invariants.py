"""Promises about merchants' debts, proved on live data by `manage.py doctor`."""

from collections.abc import Iterator

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.invariants import invariant
from billing.models import Balance, DebtReminder


@invariant("billing.debts", _("A balance has a day it went below zero exactly while it is below zero"))
def debts_have_their_day() -> Iterator[str]:
    wrong = Balance.objects.filter(Q(posted_minor__gt=0) ^ Q(below_zero_since__isnull=False))
    for row in wrong.order_by("pk"):
        yield f"account {row.pk}: balance {-row.posted_minor}, below zero since {row.below_zero_since}"


@invariant("billing.reminders", _("No debt was reminded of before it began"))
def reminders_come_later() -> Iterator[str]:
    early = DebtReminder.objects.filter(sent_at__lt=F("debt__since")).select_related("debt")
    for row in early.order_by("pk"):
        yield f"{row.debt.ref}: level {row.level} was sent at {row.sent_at}, the debt began {row.debt.since}"
