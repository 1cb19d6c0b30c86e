"""When a merchant works and which of its orders accept themselves; the holidays that count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from mas.selectors.merchants import lock_merchant
from mms.operations.versions import announce_change
from oms.models import END_OF_DAY, MONDAY_TO_FRIDAY, FulfilmentTerms, Holiday
from oms.permissions import MANAGE_FULFILMENT, MANAGE_TIME_LIMITS
from oms.selectors.calendars import CALENDARS, get_terms


@dataclass(frozen=True, slots=True)
class WorkingTerms:
    """Weekdays as ISO numbers, the full hour after which the next working day counts, and what accepts itself."""

    weekdays: str = MONDAY_TO_FRIDAY
    cut_off_hour: int = END_OF_DAY
    holiday_country: str = ""
    time_zone: str = ""
    auto_accept_up_to_minor: int | None = None
    auto_accept_needs_stock: bool = True
    auto_accept_needs_payment: bool = False


@transaction.atomic
def change_terms(merchant_ref: str, terms: WorkingTerms, *, actor: Actor) -> FulfilmentTerms:
    """State when a merchant works; clocks that run keep their moment. Raises `NotFound`, `InvalidInput`."""
    merchant = lock_merchant(merchant_ref, actor=actor)
    actor.require(MANAGE_FULFILMENT, merchant_id=merchant.pk)
    _check(terms)
    values = {name: getattr(terms, name) for name in terms.__dataclass_fields__}
    return _save(merchant.pk, values, actor)


@transaction.atomic
def assign_fulfilment_centre(merchant_ref: str, code: str, *, actor: Actor) -> FulfilmentTerms:
    """Let a centre of the marketplace ship this merchant's coming orders; an empty code gives them back to it."""
    merchant = lock_merchant(merchant_ref, actor=actor)
    actor.require(MANAGE_TIME_LIMITS)
    code = code.strip()
    if len(code) > 40:
        message = _("At most 40 characters.")
        raise InvalidInput(message, fields={"fulfilment_centre": message})
    return _save(merchant.pk, {"fulfilment_centre": code}, actor)


def _save(merchant_id: int, values: dict[str, object], actor: Actor) -> FulfilmentTerms:
    row = get_terms(merchant_id)
    changes = {
        name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value
    }
    if row.pk and not changes:
        return row
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = clock.now()
    row.save()
    audit.record("oms.fulfilment_terms.changed", actor=actor, subject=row, changes=changes)
    announce_change(CALENDARS)
    return row


def _check(terms: WorkingTerms) -> None:
    fields = {}
    if not terms.weekdays or "".join(sorted(set(terms.weekdays) & set("1234567"))) != terms.weekdays:
        fields["weekdays"] = _("Choose at least one working day.")
    if not 0 < terms.cut_off_hour <= END_OF_DAY:
        fields["cut_off_hour"] = _("Choose an hour from 1 to 24.")
    if terms.time_zone and terms.time_zone not in available_timezones():
        fields["time_zone"] = _("There is no such time zone. Write it like Europe/Berlin.")
    if terms.holiday_country and not (terms.holiday_country.isalpha() and len(terms.holiday_country) == 2):
        fields["holiday_country"] = _("Use two-letter codes such as DE.")
    if terms.auto_accept_up_to_minor is not None and terms.auto_accept_up_to_minor < 0:
        fields["auto_accept_up_to_minor"] = _("Enter an amount of zero or more.")
    if fields:
        raise InvalidInput(" ".join(fields.values()), fields=fields)


HolidayRow = tuple[str, date, str]


@transaction.atomic
def add_holidays(rows: Iterable[HolidayRow], *, actor: Actor) -> int:
    """Enter days off as (country, day, name); days that are known keep one row and take the new name.

    Safe to repeat; returns how many were new.
    """
    actor.require(MANAGE_TIME_LIMITS)
    new = 0
    for country, day, name in rows:
        _row, is_new = Holiday.objects.update_or_create(
            country=country.upper(), on=day, defaults={"name": name[:120]}
        )
        if is_new:
            new += 1
            audit.record("oms.holiday.added", actor=actor, subject=_row)
    if new:
        announce_change(CALENDARS)
    return new


@transaction.atomic
def delete_holiday(holiday_id: int, *, actor: Actor) -> bool:
    """Work on this day after all; False when it was gone already."""
    actor.require(MANAGE_TIME_LIMITS)
    row = Holiday.objects.select_for_update().filter(pk=holiday_id).first()
    if row is None:
        return False
    audit.record("oms.holiday.deleted", actor=actor, subject=row, note=str(row))
    row.delete()
    announce_change(CALENDARS)
    return True


def read_holiday_lines(lines: Sequence[str]) -> list[HolidayRow]:
    """Lines “DE 2026-12-25 Christmas Day” as rows, all or nothing. Raises `InvalidInput` naming the line."""
    rows, wrong = [], []
    for number, line in enumerate(lines, start=1):
        parts = line.replace(";", " ").replace(",", " ").split(None, 2)
        try:
            country, day = parts[0].upper(), date.fromisoformat(parts[1])
        except (IndexError, ValueError):
            wrong.append(number)
            continue
        if len(country) != 2 or not country.isalpha():
            wrong.append(number)
            continue
        rows.append((country, day, parts[2] if len(parts) > 2 else ""))
    if wrong:
        message = _(
            "Write each line as country, day and name, such as “DE 2026-12-25 Christmas”: line %(n)s."
        ) % {"n": ", ".join(str(number) for number in wrong[:10])}
        raise InvalidInput(message, fields={"lines": message})
    return rows
