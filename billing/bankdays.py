"""The days on which banks move money: TARGET for the euro, the Federal Reserve for the dollar, Monday to Friday else.

TARGET closes on the days named by the ECB (1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December); the
Federal Reserve on its eleven holidays, one that falls on a Sunday being kept on Monday.
"""

from datetime import date, timedelta

TARGET_FIXED = {(1, 1), (5, 1), (12, 25), (12, 26)}
FED_FIXED = {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}
# Month, weekday (Monday = 0) and which of them; -1 is the last.
FED_FLOATING = ((1, 0, 3), (2, 0, 3), (5, 0, -1), (9, 0, 1), (10, 0, 2), (11, 3, 4))


def is_bank_day(day: date, currency: str) -> bool:
    """Whether transfers in this currency are settled on a day."""
    if day.weekday() >= 5:
        return False
    if currency == "EUR":
        easter = easter_sunday(day.year)
        moving = (easter - timedelta(days=2), easter + timedelta(days=1))
        return (day.month, day.day) not in TARGET_FIXED and day not in moving
    if currency == "USD":
        return not _is_fed_holiday(day)
    return True


def next_bank_day(day: date, currency: str) -> date:
    """The day itself when banks work, else the first one after it on which they do."""
    while not is_bank_day(day, currency):
        day += timedelta(days=1)
    return day


def easter_sunday(year: int) -> date:
    """By the Gregorian computus (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _is_fed_holiday(day: date) -> bool:
    if (day.month, day.day) in FED_FIXED:
        return True
    yesterday = day - timedelta(days=1)
    if day.weekday() == 0 and (yesterday.month, yesterday.day) in FED_FIXED:
        return True
    return any(day == _nth(day.year, *rule) for rule in FED_FLOATING if rule[0] == day.month)


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    if which > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)
