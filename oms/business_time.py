"""Working time of a merchant: weekdays, holidays, cut-off hour; pure arithmetic on moments and days."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A calendar without one working day in a year is a mistake, not a reason to search for ever.
FARTHEST = timedelta(days=400)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When a merchant works: ISO weekdays, days off, and the full hour after which today no longer counts."""

    weekdays: str = "12345"
    cut_off_hour: int = 24
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    holidays: AbstractSet[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        return str(day.isoweekday()) in self.weekdays and day not in self.holidays

    def next_working_day(self, day: date, days: int = 1) -> date:
        """The `days`-th working day after `day`."""
        last = day + FARTHEST + days * DAY
        while days > 0:
            day += DAY
            if self.is_working_day(day):
                days -= 1
            elif day > last:
                raise ValueError("this calendar has no working days")
        return day

    def first_counted_day(self, moment: datetime) -> date:
        """The working day an order of this moment belongs to: today before the cut-off, else the next one."""
        local = moment.astimezone(self.zone)
        day = local.date()
        if self.is_working_day(day) and local.hour < self.cut_off_hour:
            return day
        return self.next_working_day(day)

    def ship_by(self, moment: datetime, lead_days: int) -> datetime:
        """The end of the working day, `lead_days` after the one that `moment` counts for."""
        day = self.ready_on(moment, lead_days)
        return datetime.combine(day, time(23, 59, 59), tzinfo=self.zone).astimezone(UTC)

    def ready_on(self, moment: datetime, lead_days: int) -> date:
        """The day on which goods ordered at `moment` can leave, `lead_days` after the day the order belongs to."""
        return self.next_working_day(self.first_counted_day(moment), lead_days)

    def arrives_on(self, day: date, way_days: int) -> date:
        """The day of arrival: carriers move Monday to Friday, whenever the merchant works, but not on its holidays."""
        return WorkingTime(holidays=self.holidays).next_working_day(day, way_days)

    def add_hours(self, moment: datetime, hours: int) -> datetime:
        """`hours` later when only the hours of working days count."""
        local, left = moment.astimezone(self.zone), timedelta(hours=hours)
        last = local + FARTHEST + left * 7
        while True:
            midnight = datetime.combine(local.date() + DAY, time.min, tzinfo=self.zone)
            # Through UTC, so that the day of a clock change has its real length.
            today = midnight.astimezone(UTC) - local.astimezone(UTC)
            if self.is_working_day(local.date()):
                if left <= today:
                    return local.astimezone(UTC) + left
                left -= today
            elif local > last:
                raise ValueError("this calendar has no working days")
            local = midnight
