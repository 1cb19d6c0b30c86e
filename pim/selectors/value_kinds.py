"""What a value of each attribute type may look like, and the one JSON form it is stored in.

Numbers are decimal text, measures `[amount, unit, base amount]`, price sets `[[amount, currency], …]` by
currency, dates ISO,
several options a sorted list of codes. Equal values have equal JSON, so "nothing changed" is a plain comparison.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from backoffice.kernel.errors import DomainError, InvalidInput
from backoffice.kernel.money import Money
from backoffice.kernel.phrases import gettext as _
from pim.models import FACET_SCALE, AttributeType
from pim.selectors.rich_text import clean_rich_text
from pim.selectors.structure import AttributeSpec, folded

TRUE_WORDS = {"1", "true", "yes", "y", "on", "ja", "wahr"}
FALSE_WORDS = {"0", "false", "no", "n", "off", "nein", "falsch"}
MAX_TEXT = 10_000
# The facet index holds millionths in 64 bits.
MAX_NUMBER = Decimal(2**63 // FACET_SCALE - 1)
# A measure as people type it: "12.5 cm".
MEASURE = re.compile(r"^\s*([-+]?[\d.]+)\s*(\D.*?)\s*$")


def plain_decimal(number: Decimal) -> str:
    """Decimal text without exponent or trailing zeros: one spelling per number."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def clean_value(spec: AttributeSpec, raw: Any) -> Any:
    """The stored form of a value somebody gave; None and blank text mean "blank".

    Raises `InvalidInput` with a sentence.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()) or raw == []:
        return None
    return CLEANERS[spec.type](spec, raw)


def _text(spec: AttributeSpec, raw: Any) -> str:
    if not isinstance(raw, str | int):
        raise InvalidInput(_("Give a text."))
    text = str(raw).strip().replace("\x00", "")
    limit = int(spec.validation.get("max_length") or MAX_TEXT)
    if len(text) > limit:
        raise InvalidInput(
            _("This text has %(length)s characters; at most %(limit)s fit.")
            % {"length": len(text), "limit": limit}
        )
    pattern = spec.validation.get("pattern")
    if pattern and not re.fullmatch(pattern, text):
        raise InvalidInput(_("“%(text)s” does not have the required form.") % {"text": text[:60]})
    return text


def _rich(spec: AttributeSpec, raw: Any) -> str | None:
    return clean_rich_text(_text(spec, raw)) or None


def _url(spec: AttributeSpec, raw: Any) -> str:
    text = _text(spec, raw)
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise InvalidInput(
            _("“%(text)s” is not a web address; it starts with https://.") % {"text": text[:60]}
        )
    return text


def read_number(raw: Any) -> Decimal:
    """A finite number from text, int or Decimal (never float). Raises `InvalidInput`."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise InvalidInput(_("Give a number."))
    try:
        number = Decimal(raw.strip() if isinstance(raw, str) else raw)
    except InvalidOperation as error:
        raise InvalidInput(
            _("“%(text)s” is not a number. Write it like 12.5.") % {"text": str(raw)[:40]}
        ) from error
    if not number.is_finite() or abs(number) > MAX_NUMBER:
        raise InvalidInput(_("“%(text)s” is too large.") % {"text": str(raw)[:40]})
    return number


def _within(spec: AttributeSpec, number: Decimal) -> Decimal:
    low, high, decimals = (spec.validation.get(key) for key in ("min", "max", "decimals"))
    if low not in (None, "") and number < Decimal(str(low)):
        raise InvalidInput(
            _("%(number)s is below the smallest allowed value %(limit)s.") % {"number": number, "limit": low}
        )
    if high not in (None, "") and number > Decimal(str(high)):
        raise InvalidInput(
            _("%(number)s is above the largest allowed value %(limit)s.") % {"number": number, "limit": high}
        )
    if -int(number.normalize().as_tuple().exponent) > int(6 if decimals in (None, "") else decimals):
        raise InvalidInput(_("%(number)s has too many decimals.") % {"number": number})
    return number


def _integer(spec: AttributeSpec, raw: Any) -> int:
    number = _within(spec, read_number(raw))
    if number != number.to_integral_value():
        raise InvalidInput(_("%(number)s is not a whole number.") % {"number": number})
    return int(number)


def _decimal(spec: AttributeSpec, raw: Any) -> str:
    return plain_decimal(_within(spec, read_number(raw)))


def _measure(spec: AttributeSpec, raw: Any) -> list[str]:
    if isinstance(raw, str):
        match = MEASURE.match(raw)
        if not match:
            raise InvalidInput(
                _("“%(text)s” needs a number and a unit, such as 12.5 cm.") % {"text": raw[:40]}
            )
        raw = match.groups()
    if not isinstance(raw, list | tuple) or len(raw) not in (2, 3):
        raise InvalidInput(_("Give a number and a unit."))
    unit = spec.units.get(folded(str(raw[1])))
    if unit is None:
        raise InvalidInput(_("“%(unit)s” is not a unit of this attribute.") % {"unit": str(raw[1])[:20]})
    amount = read_number(raw[0])
    base = _within_range_of_facets(amount * unit.factor + unit.offset)
    low_high_only = {key: value for key, value in spec.validation.items() if key in ("min", "max")}
    if low_high_only:
        _within(spec, base.quantize(Decimal("0.000001")) if int(base.as_tuple().exponent) < -6 else base)
    return [plain_decimal(amount), unit.code, plain_decimal(base)]


def _within_range_of_facets(number: Decimal) -> Decimal:
    if abs(number) > MAX_NUMBER:
        raise InvalidInput(_("“%(text)s” is too large.") % {"text": str(number)[:40]})
    return number


def _price(spec: AttributeSpec, raw: Any) -> list[list[str]]:
    if isinstance(raw, dict):
        raw = [[amount, currency] for currency, amount in raw.items()]
    if not isinstance(raw, list | tuple) or not all(
        isinstance(item, list | tuple) and len(item) == 2 for item in raw
    ):
        raise InvalidInput(_("Give an amount per currency."))
    prices = {}
    for amount, currency in raw:
        money = Money.parse(str(amount), str(currency).upper())
        if money.minor < 0:
            raise InvalidInput(_("A price must not be negative."))
        prices[money.currency] = plain_decimal(money.amount)
    return [[prices[currency], currency] for currency in sorted(prices)]


def _boolean(spec: AttributeSpec, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = folded(str(raw))
    if word in TRUE_WORDS or word in FALSE_WORDS:
        return word in TRUE_WORDS
    raise InvalidInput(_("“%(text)s” is neither yes nor no.") % {"text": str(raw)[:40]})


def _date(spec: AttributeSpec, raw: Any) -> str:
    try:
        return (raw if isinstance(raw, date) else date.fromisoformat(str(raw).strip())).isoformat()[:10]
    except ValueError as error:
        raise InvalidInput(
            _("“%(text)s” is not a date. Write it like 2026-03-01.") % {"text": str(raw)[:40]}
        ) from error


def _option(spec: AttributeSpec, raw: Any) -> str:
    code = spec.option_lookup.get(folded(str(raw)))
    if code is None:
        raise InvalidInput(_("“%(text)s” is not one of the options.") % {"text": str(raw)[:60]})
    return code


def _options(spec: AttributeSpec, raw: Any) -> list[str]:
    items = raw.split("|") if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple | set):
        raise InvalidInput(_("Give a list of options."))
    return sorted({_option(spec, item) for item in items if str(item).strip()})


def _uuids(spec: AttributeSpec, raw: Any) -> str:
    try:
        return str(UUID(str(raw)))
    except ValueError as error:
        raise InvalidInput(_("Choose a file.")) from error


def check_value(spec: AttributeSpec, raw: Any) -> tuple[Any, str]:
    """`(stored value, "")`, or `(None, sentence)` when it does not fit; for bulk paths that collect errors."""
    try:
        return clean_value(spec, raw), ""
    except DomainError as error:
        return None, str(error)


CLEANERS: dict[str, Callable[[AttributeSpec, Any], Any]] = {
    AttributeType.TEXT: _text,
    AttributeType.RICH: _rich,
    AttributeType.INTEGER: _integer,
    AttributeType.DECIMAL: _decimal,
    AttributeType.MEASURE: _measure,
    AttributeType.PRICE: _price,
    AttributeType.BOOLEAN: _boolean,
    AttributeType.DATE: _date,
    AttributeType.SELECT: _option,
    AttributeType.MULTI: _options,
    AttributeType.RECORD: _text,
    AttributeType.MEDIA: _uuids,
    AttributeType.FILE: _uuids,
    AttributeType.IDENTIFIER: _text,
    AttributeType.URL: _url,
}
