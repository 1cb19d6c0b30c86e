"""Values as people read them, in the language and units of a store view or of a back-office person."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from backoffice.kernel.money import Money
from backoffice.kernel.phrases import gettext as _
from pim.models import AttributeType
from pim.selectors.rich_text import plain_text
from pim.selectors.scopes import locale_chain
from pim.selectors.structure import AttributeSpec
from pim.selectors.units import shown_measure

# Countries that use US customary units, and what they read metric measures in, by base unit.
CUSTOMARY_COUNTRIES = frozenset({"US", "LR", "MM"})
CUSTOMARY_UNITS = {
    "millimetre": "inch",
    "gram": "pound",
    "millilitre": "us-fluid-ounce",
    "square-metre": "square-foot",
}


def value_text(spec: AttributeSpec, value: Any, language: str, country: str = "") -> str:
    """One value as plain text: option names, local number formats, measures in the units the country reads."""
    if value is None:
        return ""
    languages = locale_chain(language)
    locale = language.replace("-", "_")
    if spec.has_options:
        return ", ".join(
            _option_name(spec, code, languages) for code in (value if isinstance(value, list) else [value])
        )
    if spec.type == AttributeType.MEASURE:
        return _measure_text(spec, value, locale, country)
    if spec.type in (AttributeType.INTEGER, AttributeType.DECIMAL):
        return str(format_decimal(str(value), locale=locale))
    if spec.type == AttributeType.BOOLEAN:
        return _("Yes") if value else _("No")
    if spec.type == AttributeType.DATE:
        return str(format_date(date.fromisoformat(value), locale=locale))
    if spec.type == AttributeType.PRICE:
        return ", ".join(Money.parse(amount, currency).display(locale) for amount, currency in value)
    if spec.type == AttributeType.RICH:
        return plain_text(str(value))
    return str(value)


def _measure_text(spec: AttributeSpec, value: Sequence[str], locale: str, country: str) -> str:
    wanted = CUSTOMARY_UNITS.get(spec.base_unit, "") if country in CUSTOMARY_COUNTRIES else ""
    amount, symbol = shown_measure(spec, value, wanted)
    return f"{format_decimal(amount, locale=locale)} {symbol}"


def _option_name(spec: AttributeSpec, code: str, languages: Sequence[str]) -> str:
    option = spec.options.get(code)
    if option is None:
        return code
    return next((option.names[language] for language in languages if option.names.get(language)), code)
