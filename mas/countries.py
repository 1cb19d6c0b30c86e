"""Country codes of ISO 3166 and their names, from the CLDR data that Babel brings."""

from functools import cache

from babel import Locale
from django.utils.translation import get_language

# Territories of the CLDR that are no countries one can register a company in.
_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language, sep="-").territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }


def _current() -> dict[str, str]:
    return _names((get_language() or "en").split("-")[0])


def is_country(code: str) -> bool:
    return code in _names("en")


def country_name(code: str) -> str:
    """The name in the reader's language; an unknown code comes back as it is."""
    return _current().get(code, code)
