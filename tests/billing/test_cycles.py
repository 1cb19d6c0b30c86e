"""Cut-offs at local midnight: days of 23 and 25 hours, no gap, no overlap."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from backoffice.kernel import clock
from billing.cycles import last_cut, midnight, next_cut
from billing.models import PayoutTerms, Settlement
from billing.operations.settlement_run import run_settlements
from tests.factories.billing import ACTOR, entity, funded

MONDAY = datetime(2026, 6, 22, 6, tzinfo=UTC)
# ---- cycles

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_days_have_23_24_or_25_hours(day, hours):
    length = midnight(day + timedelta(days=1), BERLIN) - midnight(day, BERLIN)

    assert length == timedelta(hours=hours)


@pytest.mark.django_db
@pytest.mark.parametrize(("sunday", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_statements_of_days_around_a_clock_change_take_every_hour_once(seller, sunday, hours):
    """One movement in the middle of every hour from Saturday to Monday; each day is settled after it ended."""
    books = entity()
    PayoutTerms.objects.create(merchant=seller, cycle="daily")
    at = midnight(sunday - timedelta(days=1), BERLIN)
    for day in (sunday, sunday + timedelta(days=1), sunday + timedelta(days=2)):
        end = midnight(day, BERLIN)
        while at < end:
            with clock.frozen_at(at + timedelta(minutes=30)):
                funded(books, seller.pk, 1)
            at += timedelta(hours=1)
        with clock.frozen_at(end + timedelta(minutes=5)):
            run_settlements(books.code, actor=ACTOR)

    saturday, changed, monday = Settlement.objects.order_by("from_at")
    assert [row.n_lines for row in (saturday, changed, monday)] == [24, hours, 24]
    assert (saturday.to_at, changed.to_at) == (changed.from_at, monday.from_at)
    assert changed.to_at - changed.from_at == timedelta(hours=hours)
    assert changed.time_zone == "Europe/Berlin"


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
