"""Why a bank refuses or returns a payout: the codes of ISO 20022 and Nacha in words."""

from django.utils.translation import gettext_noop

from backoffice.kernel.phrases import Phrase

_CLOSED = gettext_noop("The account is closed (%(code)s).")
_WRONG_NUMBER = gettext_noop("The account number is wrong (%(code)s).")
_BLOCKED = gettext_noop("The account is blocked (%(code)s).")
_NO_TRANSFERS = gettext_noop("This kind of transfer is not allowed to the account (%(code)s).")
_WRONG_BANK = gettext_noop("The code of the bank is wrong (%(code)s).")
_UNSAID = gettext_noop("No reason was given (%(code)s).")

_WORDS = {
    "AC01": _WRONG_NUMBER,
    "AC03": _WRONG_NUMBER,
    "AC04": _CLOSED,
    "AC06": _BLOCKED,
    "AG01": _NO_TRANSFERS,
    "AG02": _NO_TRANSFERS,
    "AM04": gettext_noop("There was not enough money on the paying account (%(code)s)."),
    "AM05": gettext_noop("The bank took it for a duplicate (%(code)s)."),
    "BE01": gettext_noop("The name does not belong to the account (%(code)s)."),
    "MD07": gettext_noop("The account holder has died (%(code)s)."),
    "MS02": _UNSAID,
    "MS03": _UNSAID,
    "RC01": _WRONG_BANK,
    "RC03": _WRONG_BANK,
    "RR04": gettext_noop("A legal rule forbids the transfer (%(code)s)."),
    "R02": _CLOSED,
    "R03": _WRONG_NUMBER,
    "R04": _WRONG_NUMBER,
    "R13": _WRONG_BANK,
    "R16": _BLOCKED,
    "R20": _NO_TRANSFERS,
}


def bank_reason_text(reason: str) -> str:
    """A code alone as a sentence that keeps the code; whatever a person or a bank wrote in words stays as it is."""
    code = reason.strip().upper()
    words = _WORDS.get(code)
    return Phrase(words, {"code": code}) if words else reason
