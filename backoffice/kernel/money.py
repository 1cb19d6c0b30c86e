"""Money as integer minor units: exact on both engines, rounded in one place.

The currency table (exponents, names) is py-moneyed's, formatting is Babel's; both are wrapped here only.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Self

import moneyed
from babel.numbers import format_currency
from django.utils.translation import get_language

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _

CODE_BEFORE_FIGURE = re.compile(r"(?<=[A-Za-z])(?=\d)")


class UnknownCurrency(InvalidInput):
    """The code is not an ISO 4217 currency."""

    code = "unknown_currency"


class CurrencyMismatch(InvalidInput):
    """Amounts of two currencies were mixed without a rate."""

    code = "currency_mismatch"


@cache
def exponent(currency: str) -> int:
    """Digits after the decimal point by ISO 4217: EUR 2, JPY 0, KWD 3. Raises `UnknownCurrency`."""
    try:
        sub_unit = moneyed.get_currency(currency).sub_unit
    except moneyed.CurrencyDoesNotExist as error:
        raise UnknownCurrency(
            _("%(code)s is not a currency code. Use a code of ISO 4217 such as EUR.") % {"code": currency}
        ) from error
    return len(str(sub_unit)) - 1


def round_half_up(amount: Decimal, digits: int = 0) -> Decimal:
    """Round half away from zero, symmetric for negative amounts (EU changeover practice)."""
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def allocate(total_minor: int, weights: Sequence[int | Decimal]) -> list[int]:
    """Split `total_minor` in proportion to `weights` by largest remainder; the shares sum to the total exactly.

    Leftover units go to the largest fractions, ties to the lowest index. Negative totals split like their absolute
    value. All-zero weights share equally.
    """
    if not weights:
        if total_minor:
            raise ValueError("cannot allocate an amount over nothing")
        return []
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    sign = -1 if total_minor < 0 else 1
    units = abs(total_minor)
    exact = [Decimal(weight) for weight in weights]
    total_weight = sum(exact)
    if not total_weight:
        exact = [Decimal(1)] * len(weights)
        total_weight = Decimal(len(weights))
    # Integer arithmetic over a common scale: Decimal division would round long fractions.
    scale = max(0, *(-int(weight.as_tuple().exponent) for weight in exact))
    scaled = [int(weight.scaleb(scale)) for weight in exact]
    whole = sum(scaled)
    shares = [units * weight // whole for weight in scaled]
    remainders = [units * weight % whole for weight in scaled]
    leftover = units - sum(shares)
    for index in sorted(range(len(scaled)), key=lambda i: (-remainders[i], i))[:leftover]:
        shares[index] += 1
    return [sign * share for share in shares]


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency in its minor units (cents, yen, fils)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise TypeError(f"minor units must be an integer, not {type(self.minor).__name__}")
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str) -> Self:
        """Round `amount` (major units) half-up at the currency's exponent."""
        return cls(int(round_half_up(amount.scaleb(exponent(currency)))), currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Read a plain decimal such as `12.50`; refuses more digits than the currency has. Raises `InvalidInput`."""
        try:
            amount = Decimal(text.strip())
        except InvalidOperation as error:
            raise InvalidInput(
                _("“%(text)s” is not an amount. Write it like 12.50.") % {"text": text}
            ) from error
        if not amount.is_finite() or abs(amount) >= Decimal(10) ** 12:
            raise InvalidInput(_("“%(text)s” is too large for an amount.") % {"text": text})
        if amount != round_half_up(amount, exponent(currency)):
            raise InvalidInput(
                _("“%(text)s” has more decimals than %(currency)s allows.")
                % {"text": text, "currency": currency}
            )
        return cls.from_decimal(amount, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(
                _("%(one)s and %(other)s cannot be added without an exchange rate.")
                % {"one": self.currency, "other": other.currency}
            )
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(self.minor * factor, self.currency)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def times(self, factor: Decimal) -> "Money":
        """Multiply by a rate and round half-up once."""
        return Money(int(round_half_up(Decimal(self.minor) * factor)), self.currency)

    def allocate(self, weights: Sequence[int | Decimal]) -> list["Money"]:
        """Split by largest remainder; see `allocate`."""
        return [Money(share, self.currency) for share in allocate(self.minor, weights)]

    def __str__(self) -> str:
        """For logs, files and APIs: `12.50 EUR`. Pages use `display()`."""
        return f"{self.amount:.{exponent(self.currency)}f} {self.currency}"

    def display(self, locale: str | None = None) -> str:
        """For people, by locale: `€12.50`, `12,50 €`."""
        return _display(self.amount, self.currency, locale)


def _display(amount: Decimal, currency: str, locale: str | None = None, *, rounded: bool = True) -> str:
    code = (locale or get_language() or "en").replace("-", "_")
    language, _sep, territory = code.partition("_")
    shown = format_currency(
        amount,
        currency,
        locale=f"{language}_{territory.upper()}" if territory else language,
        currency_digits=True,
        decimal_quantization=rounded,
    )
    # CLDR wants a space between a code of letters and the figure; Babel leaves it out.
    return CODE_BEFORE_FIGURE.sub("\N{NO-BREAK SPACE}", shown)


def display_unrounded(minor: Decimal, currency: str) -> str:
    """An amount before it is rounded, given in minor units, with every digit it has: 682.5 cents are `€6.825`."""
    return _display(minor.scaleb(-exponent(currency)).normalize(), currency, rounded=False)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts of one currency, zero for none."""
    result = Money.zero(currency)
    for amount in amounts:
        result = result + amount
    return result
