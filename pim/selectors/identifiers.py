"""Numbers the outside world knows products by, in the one form they are compared in (GS1 General Specifications)."""

import re
import unicodedata
from functools import lru_cache

from backoffice.kernel.phrases import gettext as _
from pim.errors import InvalidIdentifier

GTIN_LENGTHS = (8, 12, 13, 14)
# First three digits of the 13-digit form: restricted circulation (in-store, company) and coupons.
RESTRICTED = (range(20, 30), range(40, 60), range(200, 300), range(980, 1000))
RESTRICTED_GTIN8 = (range(100), range(200, 300))
SPACING = re.compile(r"[\s-]")
NOT_ALNUM = re.compile(r"[^0-9A-Z]")


def _has_valid_check_digit(digits: str) -> bool:
    # From the right, the digits before the check digit weigh 3, 1, 3, 1 and so on.
    total = 3 * sum(map(int, digits[-2::-2])) + sum(map(int, digits[-3::-2]))
    return (10 - total % 10) % 10 == int(digits[-1])


# A file asks for each number when its row is checked and again when it is matched.
@lru_cache(maxsize=4096)
def normalise_gtin(text: str) -> str:
    """The GTIN as 14 digits; refuses wrong lengths, check digits, in-store and coupon numbers. `InvalidIdentifier`."""
    digits = SPACING.sub("", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) not in GTIN_LENGTHS:
        raise InvalidIdentifier(
            _("“%(text)s” is not a GTIN: it has 8, 12, 13 or 14 digits.") % {"text": text[:40]}
        )
    if not _has_valid_check_digit(digits):
        raise InvalidIdentifier(
            _("The check digit of GTIN %(text)s is wrong; compare it with the barcode.") % {"text": digits}
        )
    full = digits.zfill(14)
    if not full.strip("0"):
        raise InvalidIdentifier(_("A GTIN of zeros only names no product."))
    is_short = full.startswith("000000")
    prefix = int(full[6:9]) if is_short else int(full[1:4])
    restricted = any(prefix in numbers for numbers in (RESTRICTED_GTIN8 if is_short else RESTRICTED))
    if restricted or full[0] == "9":
        raise InvalidIdentifier(
            _("GTIN %(text)s is an in-store or coupon number and names no product outside one shop.")
            % {"text": digits}
        )
    return full


def normalise_mpn(text: str) -> str:
    """A manufacturer's number in capitals without blanks and punctuation.

    Raises `InvalidIdentifier` when nothing is left.
    """
    plain = NOT_ALNUM.sub("", _ascii(text).upper())
    if not plain:
        raise InvalidIdentifier(_("“%(text)s” is not a manufacturer's number.") % {"text": text[:40]})
    return plain[:80]


def normalise_name(text: str) -> str:
    """A brand's spelling as it is compared: capitals and digits only, accents dropped; other scripts stay."""
    plain = "".join(letter for letter in _ascii(text).upper() if letter.isalnum())
    return plain[:120]


def _ascii(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
