"""Account numbers as people type them; the check itself is schwifty's."""

from django.utils.translation import gettext as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from backoffice.kernel.errors import InvalidInput


def compact(text: str) -> str:
    return "".join(text.split()).upper()


def grouped(text: str) -> str:
    """In blocks of four, as on paper: `DE89 3704 0044 0532 0130 00`."""
    plain = compact(text)
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def masked(text: str) -> str:
    """Only country and last four digits: `DE•• •••• 3000`."""
    plain = compact(text)
    return f"{plain[:2]}•• •••• {plain[-4:]}" if plain else ""


def checked(text: str) -> str:
    """The compact number; raises `InvalidInput` where length or check digits are wrong."""
    try:
        return str(IBAN(compact(text)))
    except SchwiftyException as error:
        raise InvalidInput(
            _(
                "This is not a valid IBAN: a digit is missing or mistyped. Compare it with your bank statement."
            )
        ) from error
