"""Exchange rates by day: direct, inverse, or crossed through the euro, at full precision."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from django.db.models import QuerySet

from backoffice.kernel.phrases import gettext as _
from mms.selectors.versions import VersionedMap
from pim.errors import RateMissing
from pim.models import Rate

RATES = "pim.rates"
PIVOT = "EUR"
MANUAL = "manual"
PRECISION = 28


@dataclass(frozen=True, slots=True)
class RateInfo:
    """How many `quote` one `base` costs; `on` is the day of the oldest published rate it was made from."""

    base: str
    quote: str
    on: date
    value: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class _Series:
    days: tuple[date, ...]
    values: tuple[tuple[Decimal, str], ...]

    def at(self, on: date) -> tuple[date, Decimal, str] | None:
        """The last rate of the day or before: weekends and holidays use the last business day."""
        index = bisect_right(self.days, on) - 1
        return (self.days[index], *self.values[index]) if index >= 0 else None


Book = Mapping[tuple[str, str], _Series]


def _load() -> Book:
    rows: dict[tuple[str, str], dict[date, tuple[Decimal, str]]] = {}
    # Sources are read in order, so that what a person entered for a day wins over what was loaded.
    for rate in Rate.objects.order_by("on", "id"):
        days = rows.setdefault((rate.base, rate.quote), {})
        if rate.on not in days or rate.source == MANUAL:
            days[rate.on] = (rate.decimal, rate.source)
    return {
        pair: _Series(tuple(sorted(days)), tuple(days[day] for day in sorted(days)))
        for pair, days in rows.items()
    }


_book = VersionedMap(RATES, _load)


def find_rate(base: str, quote: str, on: date) -> RateInfo | None:
    """The rate of the day or the last one before it; None when the pair was never published."""
    if base == quote:
        return RateInfo(base, quote, on, Decimal(1), "identity")
    book = _book.get()
    direct = _leg(book, base, quote, on)
    if direct is not None:
        return direct
    first, second = _leg(book, base, PIVOT, on), _leg(book, PIVOT, quote, on)
    if first is None or second is None:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        value = first.value * second.value
    return RateInfo(base, quote, min(first.on, second.on), value, f"{first.source}, {second.source}")


def _leg(book: Book, base: str, quote: str, on: date) -> RateInfo | None:
    if base == quote:
        return RateInfo(base, quote, on, Decimal(1), "identity")
    found = []
    if (base, quote) in book:
        hit = book[base, quote].at(on)
        if hit:
            found.append((hit[0], hit[1], hit[2]))
    if (quote, base) in book:
        hit = book[quote, base].at(on)
        if hit:
            with localcontext() as context:
                context.prec = PRECISION
                found.append((hit[0], 1 / hit[1], hit[2]))
    if not found:
        return None
    day, value, source = max(found, key=lambda item: item[0])
    return RateInfo(base, quote, day, value, source)


def get_rate(base: str, quote: str, on: date) -> RateInfo:
    """How many `quote` one `base` costs on a day. Raises `RateMissing` until an operator enters one."""
    rate = find_rate(base, quote, on)
    if rate is None:
        raise RateMissing(
            _(
                "There is no exchange rate from %(base)s to %(quote)s for %(day)s or before. "
                "An operator can enter one under Catalogue, Exchange rates."
            )
            % {"base": base, "quote": quote, "day": on.isoformat()},
            base=base,
            quote=quote,
            on=on.isoformat(),
        )
    return rate


def list_rates() -> QuerySet[Rate]:
    """Every stored rate, newest day first."""
    return Rate.objects.order_by("-on", "base", "quote")
