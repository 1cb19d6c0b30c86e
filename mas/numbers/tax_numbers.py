"""Tax numbers, checked by the rules of their country (python-stdnum)."""

from typing import Any

from stdnum import exceptions as stdnum_errors
from stdnum import get_cc_module

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _
from mas.countries import country_name, is_country

# The prefix a VAT number is written with where it differs from the country's code.
_PREFIXES = {"GR": "EL"}
# These write VAT numbers with their prefix; elsewhere the number stands alone.
_PREFIXED = {
    "GB",
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
}


def check_tax_number(country: str, kind: str, number: str) -> tuple[str, bool]:
    """The number in its normal form, and whether a check for that country exists.

    `kind` is `vat` or `national`. Raises `InvalidInput` at the field `number` (or `country`) saying what is wrong.
    """
    if not is_country(country):
        raise InvalidInput(
            _("Choose the country of the tax number."),
            fields={"country": _("Choose a country from the list.")},
        )
    number = number.strip().upper()
    if not number:
        raise _wrong(_("Enter the tax number."))
    module = _module(country, kind)
    if module is None:
        compact = "".join(character for character in number if character.isalnum())
        if not 4 <= len(compact) <= 20:
            raise _wrong(
                _("A tax number has between 4 and 20 letters and digits. Check it for missing parts.")
            )
        return compact, False
    try:
        normal = str(module.validate(number))
    except stdnum_errors.InvalidLength as error:
        raise _wrong(
            _(
                "This is too short or too long for a tax number of %(country)s. Compare it with your tax notice."
            )
            % {"country": country_name(country)}
        ) from error
    except stdnum_errors.InvalidChecksum as error:
        raise _wrong(
            _(
                "The check digit does not fit: probably one character is mistyped. Compare it with your tax notice."
            )
        ) from error
    except stdnum_errors.ValidationError as error:
        raise _wrong(
            _("This is not how a tax number of %(country)s is written. Compare it with your tax notice.")
            % {"country": country_name(country)}
        ) from error
    return _with_prefix(country, kind, normal), True


def _module(country: str, kind: str) -> Any:
    names = ("vat",) if kind == "vat" else ("tin", "vat")
    for name in names:
        module = get_cc_module(country.lower(), name)
        if module is not None:
            return module
    return None


def _with_prefix(country: str, kind: str, number: str) -> str:
    prefix = _PREFIXES.get(country, country)
    if kind == "vat" and country in _PREFIXED and not number.startswith(prefix):
        return f"{prefix}{number}"
    return number


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"number": message})
