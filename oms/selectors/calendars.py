"""When merchants work: their terms, and the holidays of the countries they work in."""

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from backoffice.kernel import clock
from mas.selectors.merchants import get_merchants_by_id
from oms.business_time import FARTHEST, WorkingTime
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
    """The calendars of several merchants from today on, in three statements."""
    terms = get_terms_by_merchant(merchant_ids)
    merchants = get_merchants_by_id(terms)
    countries = {key: row.holiday_country or merchants[key].country for key, row in terms.items()}
    days = _holidays(set(countries.values()))
    return {key: _working_time(row, days.get(countries[key], frozenset())) for key, row in terms.items()}


def working_time_of(merchant_id: int) -> WorkingTime:
    return working_times([merchant_id])[merchant_id]


def _working_time(terms: FulfilmentTerms, holidays: frozenset[date]) -> WorkingTime:
    zone = ZoneInfo(terms.time_zone or settings.TIME_ZONE)
    return WorkingTime(terms.weekdays, terms.cut_off_hour, zone, holidays)


def _holidays(countries: set[str]) -> dict[str, frozenset[date]]:
    today = clock.today()
    rows = Holiday.objects.filter(
        country__in=countries, on__gte=today - timedelta(days=1), on__lte=today + FARTHEST
    ).values_list("country", "on")
    found: dict[str, set[date]] = {}
    for country, day in rows:
        found.setdefault(country, set()).add(day)
    return {country: frozenset(days) for country, days in found.items()}


def list_holidays() -> QuerySet[Holiday]:
    return Holiday.objects.order_by("country", "on")
