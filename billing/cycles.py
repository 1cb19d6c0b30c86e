"""When a settlement cycle is cut: local midnights as UTC instants, half-open, through summer and winter time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAILY, WEEKLY, FORTNIGHTLY = "daily", "weekly", "fortnightly"
HALF_MONTHLY, MONTHLY, ON_DEMAND = "half_monthly", "monthly", "on_demand"
# Fortnights are counted from this Monday, so they fall on the same days for everybody and in every year.
FIRST_FORTNIGHT = date(2024, 1, 1)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant a local day begins, in UTC; a day may be 23 or 25 hours long."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def is_cut_day(cycle: str, day: date) -> bool:
    """Whether a cycle ends at the beginning of this local day."""
    if cycle == DAILY:
        return True
    if cycle == WEEKLY:
        return day.weekday() == 0
    if cycle == FORTNIGHTLY:
        return (day - FIRST_FORTNIGHT).days % 14 == 0
    if cycle == HALF_MONTHLY:
        return day.day in (1, 16)
    if cycle == MONTHLY:
        return day.day == 1
    return False


def last_cut(cycle: str, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The latest cut at or before a moment; None for cycles that are only cut when asked for."""
    day = at.astimezone(zone).date()
    for back in range(32):
        candidate = day - timedelta(days=back)
        if is_cut_day(cycle, candidate) and midnight(candidate, zone) <= at:
            return midnight(candidate, zone)
    return None


def next_cut(cycle: str, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The first cut after a moment; None for cycles that are only cut when asked for."""
    day = at.astimezone(zone).date()
    for ahead in range(33):
        candidate = day + timedelta(days=ahead)
        if is_cut_day(cycle, candidate) and midnight(candidate, zone) > at:
            return midnight(candidate, zone)
    return None
