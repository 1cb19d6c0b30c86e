"""Accounting periods: calendar months that close softly, then hard, and reopen only by two people."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from backoffice.kernel.hashing import sha256_of
from billing.entries.drafts import Draft
from billing.errors import PeriodClosed, PeriodNotClosable, SamePerson
from billing.models import ClearingNote, LegalEntity, Period, PeriodClosing, PeriodState
from billing.operations.second_person import require_second_person
from billing.permissions import CLOSE_PERIOD
from billing.selectors.closing import get_closing_figures, list_clearing, list_closing_obstacles
from billing.selectors.periods import lock_period


def month_of(day: date) -> tuple[date, date]:
    """The half-open calendar month around a day."""
    start = day.replace(day=1)
    end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return start, end


class PeriodBook:
    """Finds the period of each draft, asking the database once per entity; used for one batch of entries."""

    def __init__(self, since: datetime) -> None:
        """`since` is when the batch's first event happened: months that ended before it take none of them."""
        # Its date in any zone is at most a day away from the one in UTC.
        self._since = (since - timedelta(days=1)).astimezone(UTC).date()
        self._periods: dict[int, list[Period]] = {}
        self._zones: dict[int, ZoneInfo] = {}

    def find(self, draft: Draft, now: datetime) -> Period:
        """The month the event happened in; a late event of a closed month lands in the next open one, date kept."""
        if draft.entity_id not in self._periods:
            self._load(draft.entity_id)
        day = draft.occurred_at.astimezone(self._zones[draft.entity_id]).date()
        takes = {PeriodState.OPEN, PeriodState.SOFT_CLOSED} if draft.is_adjustment else {PeriodState.OPEN}
        periods = self._periods[draft.entity_id]
        own = next((period for period in periods if period.starts_on <= day < period.ends_on), None)
        closed = [p for p in periods if p.state == PeriodState.HARD_CLOSED and p.starts_on > day]
        if own is None and not closed:
            own = self._open_month(draft.entity_id, day)
        # A month before a closed one is never opened any more: it would move the balances that were closed.
        if own is not None and own.state in takes:
            return own
        later = next((p for p in periods if p.starts_on > day and p.state in takes), None)
        if later is not None:
            return later
        today = now.astimezone(self._zones[draft.entity_id]).date()
        after_last = max(period.ends_on for period in periods)
        return self._open_month(draft.entity_id, max(today, after_last))

    def _load(self, entity_id: int) -> None:
        periods = Period.objects.filter(entity_id=entity_id, ends_on__gt=self._since)
        rows = list(periods.select_related("entity").order_by("starts_on"))
        self._periods[entity_id] = rows
        entity = rows[0].entity if rows else LegalEntity.objects.get(pk=entity_id)
        self._zones[entity_id] = ZoneInfo(entity.time_zone)

    def _open_month(self, entity_id: int, day: date) -> Period:
        starts_on, ends_on = month_of(day)
        period, _created = Period.objects.get_or_create(
            entity_id=entity_id, starts_on=starts_on, defaults={"ends_on": ends_on}
        )
        rows = [row for row in self._periods[entity_id] if row.pk != period.pk]
        self._periods[entity_id] = sorted([*rows, period], key=lambda row: row.starts_on)
        return period


@transaction.atomic
def soft_close_period(period_id: int, *, actor: Actor) -> Period:
    """Stop automatic entries into a month; adjustments by people stay possible. Safe to repeat."""
    actor.require(CLOSE_PERIOD)
    period = lock_period(period_id)
    if period.state == PeriodState.OPEN:
        _set_state(period, PeriodState.SOFT_CLOSED, actor)
    return period


@transaction.atomic
def hard_close_period(period_id: int, *, actor: Actor) -> Period:
    """Close a month for good; refused with `PeriodNotClosable` while anything in it is unfinished. Safe to repeat.

    The trial balance of the moment is kept beside it, so that doctor can prove that nothing changed afterwards.
    """
    actor.require(CLOSE_PERIOD)
    period = lock_period(period_id)
    if period.state == PeriodState.HARD_CLOSED:
        return period
    obstacles = list_closing_obstacles(period)
    if obstacles:
        raise PeriodNotClosable(
            _("%(period)s cannot be closed yet: %(reasons)s")
            % {"period": period.ref, "reasons": " ".join(obstacles)},
            obstacles=obstacles,
        )
    figures = get_closing_figures(period)
    PeriodClosing.objects.create(
        period=period, closed_by_label=actor.label, figures=figures, figures_sha256=sha256_of(figures)
    )
    _set_state(period, PeriodState.HARD_CLOSED, actor)
    return period


@transaction.atomic
def explain_clearing(period_id: int, *, code: str, currency: str, text: str, actor: Actor) -> ClearingNote:
    """Say why a clearing account is not zero at a month's end; holds for the amount it has now and no other."""
    actor.require(CLOSE_PERIOD)
    period = lock_period(period_id)
    if period.state == PeriodState.HARD_CLOSED:
        raise PeriodClosed(_("%(period)s is closed already.") % {"period": period.ref})
    if not text.strip():
        raise InvalidInput(
            _("Explain what is open."), fields={"text": _("The auditor reads this explanation.")}
        )
    amount = next(
        (row.amount_minor for row in list_clearing(period) if (row.code, row.currency) == (code, currency)), 0
    )
    if not amount:
        raise InvalidInput(_("Nothing is open on this account at the end of the month."))
    note, _created = ClearingNote.objects.update_or_create(
        period=period,
        code=code,
        currency=currency,
        defaults={
            "amount_minor": amount,
            "text": text.strip(),
            "noted_at": clock.now(),
            "noted_by_label": actor.label,
        },
    )
    audit.record(
        "billing.period.clearing_explained",
        actor=actor,
        subject=period,
        note=f"{code} {currency} {amount}: {text.strip()}",
    )
    return note


@transaction.atomic
def ask_to_reopen_period(period_id: int, *, reason: str, actor: Actor) -> Period:
    """First of two people: ask for a closed month to be opened again, with the reason the second one decides by."""
    actor.require(CLOSE_PERIOD)
    period = lock_period(period_id)
    if period.state == PeriodState.OPEN:
        raise StateRefused(_("%(period)s is open.") % {"period": period.ref})
    if not reason.strip():
        raise InvalidInput(
            _("Give the reason."), fields={"reason": _("The second person decides by this reason.")}
        )
    period.reopen_asked_by_user_id = actor.user_id
    period.reopen_reason = reason
    period.save(update_fields=["reopen_asked_by_user_id", "reopen_reason"])
    audit.record("billing.period.reopen_asked", actor=actor, subject=period, note=reason)
    return period


@transaction.atomic
def reopen_period(period_id: int, *, actor: Actor) -> Period:
    """Second of two people: open the month again. The one who asked is refused with `SamePerson`."""
    actor.require(CLOSE_PERIOD)
    period = lock_period(period_id)
    if period.state == PeriodState.OPEN:
        return period
    later = Period.objects.filter(entity_id=period.entity_id, starts_on__gt=period.starts_on)
    if later.filter(state=PeriodState.HARD_CLOSED).exists():
        raise StateRefused(_("A later month is closed. Open the latest one first."))
    two_people = _("A month is reopened by two people: one asks with a reason, another one opens it.")
    if period.reopen_asked_by_user_id is None:
        raise SamePerson(two_people)
    require_second_person(actor, period.reopen_asked_by_user_id, two_people)
    _set_state(period, PeriodState.OPEN, actor)
    period.reopen_asked_by_user_id = None
    period.save(update_fields=["reopen_asked_by_user_id"])
    return period


def _set_state(period: Period, state: PeriodState, actor: Actor) -> None:
    before = period.state
    period.state = state
    period.closed_at = None if state == PeriodState.OPEN else clock.now()
    period.closed_by_user_id = None if state == PeriodState.OPEN else actor.user_id
    period.save(update_fields=["state", "closed_at", "closed_by_user_id"])
    audit.record(
        "billing.period.state_changed", actor=actor, subject=period, changes={"state": [before, str(state)]}
    )
