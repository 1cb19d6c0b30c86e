"""When merchants work: their terms, and the holidays of the countries they work in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from backoffice.kernel import clock
from mas.selectors.merchants import get_merchants_by_id
from mms.selectors.versions import VersionedMap
from oms.business_time import DAY, WorkingTime
from oms.models import FulfilmentTerms, Holiday


def find_terms(merchant_id: int) -> FulfilmentTerms | None:
    found: FulfilmentTerms | None = FulfilmentTerms.objects.filter(merchant_id=merchant_id).first()
    return found


def get_terms(merchant_id: int) -> FulfilmentTerms:
    """The merchant's terms, or the ones everybody starts with (unsaved)."""
    return find_terms(merchant_id) or FulfilmentTerms(merchant_id=merchant_id)


def get_terms_by_merchant(merchant_ids: Iterable[int]) -> dict[int, FulfilmentTerms]:
    """Terms of several merchants in one statement; those without a row get the common ones."""
    ids = set(merchant_ids)
    found = {row.merchant_id: row for row in FulfilmentTerms.objects.filter(merchant_id__in=ids)}
    return {key: found.get(key) or FulfilmentTerms(merchant_id=key) for key in ids}


def working_times(merchant_ids: Iterable[int]) -> dict[int, WorkingTime]:
    """The calendars of several merchants; from memory, with one statement where the holidays of their country count."""
    held = _calendars.get()
    terms = {key: held.terms.get(key) or FulfilmentTerms(merchant_id=key) for key in set(merchant_ids)}
    at_home = [key for key, row in terms.items() if not row.holiday_country] if held.holidays else []
    merchants = get_merchants_by_id(at_home) if at_home else {}
    found = {}
    for key, row in terms.items():
        country = row.holiday_country or (merchants[key].country if key in merchants else "")
        found[key] = _working_time(row, held.holidays.get(country, frozenset()))
    return found


def working_time_of(merchant_id: int) -> WorkingTime:
    return working_times([merchant_id])[merchant_id]


def _working_time(terms: FulfilmentTerms, holidays: frozenset[date]) -> WorkingTime:
    zone = ZoneInfo(terms.time_zone or settings.TIME_ZONE)
    return WorkingTime(terms.weekdays, terms.cut_off_hour, zone, holidays)


CALENDARS = "oms.calendars"


@dataclass(frozen=True, slots=True)
class _Calendars:
    """Stated terms by merchant, days off by country."""

    terms: dict[int, FulfilmentTerms]
    holidays: dict[str, frozenset[date]]


def _load() -> _Calendars:
    days: dict[str, set[date]] = {}
    for country, day in Holiday.objects.filter(on__gte=clock.today() - DAY).values_list("country", "on"):
        days.setdefault(country, set()).add(day)
    return _Calendars(
        {row.merchant_id: row for row in FulfilmentTerms.objects.all()},
        {country: frozenset(found) for country, found in days.items()},
    )


_calendars = VersionedMap(CALENDARS, _load)


def list_holidays() -> QuerySet[Holiday]:
    return Holiday.objects.order_by("country", "on")
