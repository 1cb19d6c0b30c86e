"""When banks move money: published calendars of TARGET and the Federal Reserve."""

from datetime import date

import pytest

from billing.bankdays import easter_sunday, is_bank_day, next_bank_day


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
    ],
)
def test_easter(year, sunday):
    assert easter_sunday(year) == sunday


# The ECB's list for 2026.
@pytest.mark.parametrize("day", [(1, 1), (4, 3), (4, 6), (5, 1), (12, 25)])
def test_target_rests(day):
    assert not is_bank_day(date(2026, *day), "EUR")


@pytest.mark.parametrize("day", [(5, 14), (5, 25), (6, 4), (10, 3 + 2), (12, 24)])
def test_target_works_on_holidays_of_one_country(day):
    assert is_bank_day(date(2026, *day), "EUR")


# The Federal Reserve's list for 2026, and 2027 where Independence Day is a Sunday.
FED = [(1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (9, 7), (10, 12), (11, 11), (11, 26), (12, 25)]


@pytest.mark.parametrize("day", [date(2026, *day) for day in FED] + [date(2027, 7, 5)])
def test_the_federal_reserve_rests(day):
    assert not is_bank_day(day, "USD")


# A holiday on a Saturday is not made up for on Friday.
@pytest.mark.parametrize("day", [date(2026, 7, 3), date(2026, 4, 3), date(2026, 5, 1)])
def test_the_federal_reserve_works(day):
    assert is_bank_day(day, "USD")


def test_money_waits_over_a_long_weekend():
    assert next_bank_day(date(2026, 4, 3), "EUR") == date(2026, 4, 7)
    assert next_bank_day(date(2026, 4, 2), "EUR") == date(2026, 4, 2)
    assert next_bank_day(date(2026, 6, 20), "PLN") == date(2026, 6, 22)
