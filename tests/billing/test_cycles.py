"""Cut-offs at local midnight: days of 23 and 25 hours, no gap, no overlap."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from billing.cycles import last_cut, midnight, next_cut

MONDAY = datetime(2026, 6, 22, 6, tzinfo=UTC)
# ---- cycles

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_days_have_23_24_or_25_hours(day, hours):
    length = midnight(day + timedelta(days=1), BERLIN) - midnight(day, BERLIN)

    assert length == timedelta(hours=hours)


@pytest.mark.parametrize("cycle", ["daily", "weekly", "fortnightly", "half_monthly", "monthly"])
def test_cycles_tile_the_year_without_gap_or_overlap(cycle):
    at = midnight(date(2026, 1, 1), BERLIN)
    cuts = [last_cut(cycle, BERLIN, at)]
    while cuts[-1] < midnight(date(2027, 1, 1), BERLIN):
        cuts.append(next_cut(cycle, BERLIN, cuts[-1]))

    for earlier, later in pairwise(cuts):
        assert last_cut(cycle, BERLIN, later - timedelta(microseconds=1)) == earlier
        assert last_cut(cycle, BERLIN, later) == later


def test_a_merchant_on_demand_has_no_cut():
    assert last_cut("on_demand", BERLIN, MONDAY) is None
    assert next_cut("on_demand", BERLIN, MONDAY) is None
