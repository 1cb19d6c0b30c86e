"""The span of local days a report covers, both ends included, with the half-open UTC interval behind it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone


@dataclass(frozen=True, slots=True)
class Period:
    first_on: date
    last_on: date

    @property
    def start(self) -> datetime:
        return _midnight(self.first_on)

    @property
    def end(self) -> datetime:
        """The moment after the last day: a 23 or 25 hour day is as long as the clock says."""
        return _midnight(self.last_on + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first_on + timedelta(days=n) for n in range((self.last_on - self.first_on).days + 1)]

    def previous(self) -> "Period":
        """The same number of days just before."""
        length = (self.last_on - self.first_on).days + 1
        return Period(self.first_on - timedelta(days=length), self.first_on - timedelta(days=1))


def last_days(count: int, today: date) -> Period:
    """The `count` days that end today."""
    return Period(today - timedelta(days=count - 1), today)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)
