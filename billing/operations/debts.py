"""Reminding merchants of debts: level by level, paused by finance, over when the balance is no longer below zero."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.kernel.periodic import periodic
from backoffice.kernel.phrases import gettext as _
from billing.dunning import due_level
from billing.models import LEVELS, Balance, Debt, DebtReminder
from billing.permissions import REMIND_DEBTORS
from billing.selectors.debts import get_debt, list_remindable, own_debt
from mas.operations.notices import tell_owners
from mas.selectors.merchants import find_merchant_by_id
from mms.operations.tasks import close_tasks, open_task

TASK = "billing.debt"


@periodic("billing.remind_debtors", every=timedelta(hours=1))
def remind_debtors() -> int:
    """End the debts that were settled, then send what is due; returns how many were reminded.

    Safe to repeat and beside another worker: the database takes each level of a debt once.
    """
    end_settled_debts()
    now, sent = clock.now(), 0
    for row in list_remindable():
        last = (row.level, row.level_at) if row.level else None
        level = due_level(row.account.entity.reminder_days, row.below_zero_since, now, last)
        if level is not None:
            sent += _remind(row, level)
    return sent


def end_settled_debts() -> int:
    """Close the tasks of debts that no longer stand, also of those that came back since; returns how many ended."""
    stands = Q(account__balance__below_zero_since=F("since"))
    ended = 0
    for debt in list(Debt.objects.filter(ended_at__isnull=True).exclude(stands).order_by("pk")):
        ended += _end(debt)
    return ended


@transaction.atomic
def _end(debt: Debt) -> int:
    ended = Debt.objects.filter(pk=debt.pk, ended_at__isnull=True).update(ended_at=clock.now())
    if ended:
        close_tasks(TASK, debt.ref)
    return ended


@transaction.atomic
def _remind(row: Any, level: int) -> bool:
    """Send one level in one transaction with the note that it was sent; False when somebody else did."""
    # Under its lock: a payment that comes in meanwhile is either seen or comes after the mail.
    still = Balance.objects.select_for_update(of=("self",)).filter(
        pk=row.pk, below_zero_since=row.below_zero_since
    )
    owed = still.values_list("posted_minor", flat=True).first()
    merchant = find_merchant_by_id(row.account.owner_id)
    if owed is None or merchant is None:
        return False
    debt = _ensure_debt(row)
    try:
        with transaction.atomic():
            DebtReminder.objects.create(debt=debt, level=level, amount_minor=owed)
    except IntegrityError:
        return False
    own = own_debt(row.account.entity, Money(owed, row.account.currency), row.below_zero_since, merchant.ref)
    tell_owners(merchant, "billing.debt_reminder", debt=own, level=level, is_last=level == LEVELS[-1])
    if level == LEVELS[-1]:
        _ask_finance(debt, merchant)
    return True


def _ensure_debt(row: Any) -> Debt:
    debt, _made = Debt.objects.get_or_create(account_id=row.pk, since=row.below_zero_since)
    return debt


def _ask_finance(debt: Debt, merchant: Any) -> None:
    open_task(
        kind=TASK,
        title=_("%(merchant)s was reminded of its debt for the last time") % {"merchant": merchant.name},
        url_name="console:billing-merchant-detail",
        url_args=[merchant.ref],
        subject_ref=debt.ref,
        merchant_id=merchant.pk,
    )


@transaction.atomic
def pause_reminders(account_ref: str, *, until: datetime, reason: str, actor: Actor) -> Any:
    """Send no reminder of this debt before `until`; a later call replaces the pause. Returns the debt as listed.

    Raises `InvalidInput` at the field, `NotFound` when nothing is owed.
    """
    actor.require(REMIND_DEBTORS)
    if not reason.strip():
        raise InvalidInput(
            _("Say why reminders pause."), fields={"reason": _("Colleagues read this reason.")}
        )
    if until <= clock.now():
        raise InvalidInput(_("A pause ends in the future."), fields={"until": _("Choose a later day.")})
    row = get_debt(account_ref, actor=actor)
    _set_pause(row, until, reason.strip(), actor)
    return get_debt(account_ref, actor=actor)


@transaction.atomic
def resume_reminders(account_ref: str, *, actor: Actor) -> Any:
    """End the pause of a debt; what is due is sent with the next run. Safe to repeat. Raises `NotFound`."""
    actor.require(REMIND_DEBTORS)
    row = get_debt(account_ref, actor=actor)
    if row.paused_until is not None:
        _set_pause(row, None, "", actor)
    return get_debt(account_ref, actor=actor)


def _set_pause(row: Any, until: datetime | None, reason: str, actor: Actor) -> None:
    debt = _ensure_debt(row)
    debt.paused_until, debt.pause_reason, debt.paused_by_label = until, reason[:300], actor.label
    debt.save(update_fields=["paused_until", "pause_reason", "paused_by_label"])
    action = "billing.debt.paused" if until else "billing.debt.resumed"
    audit.record(action, actor=actor, subject=debt, note=reason)
