"""Bank accounts by scheme: IBAN by its check digits, US and UK numbers by theirs."""

from dataclasses import dataclass

from schwifty import BIC, IBAN
from schwifty.exceptions import InvalidChecksumDigits, InvalidCountryCode, InvalidLength, SchwiftyException
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.us import rtn

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.phrases import gettext as _


@dataclass(frozen=True, slots=True)
class BankNumber:
    """A checked account: numbers without spaces, and what the numbers themselves say about the bank."""

    scheme: str
    account_number: str
    routing_code: str
    bic: str
    bank_name: str
    country: str


def check_bank_number(scheme: str, account_number: str, routing_code: str = "", bic: str = "") -> BankNumber:
    """The account in its normal form. Raises `InvalidInput` naming the field that is wrong."""
    account_number = "".join(account_number.split()).upper()
    routing_code = "".join(character for character in routing_code if character.isalnum())
    if scheme == "iban":
        return _check_iban(account_number, bic)
    if scheme == "us_aba":
        return _check_us(account_number, routing_code)
    if scheme == "gb_sort_code":
        return _check_gb(account_number, routing_code)
    raise InvalidInput(
        _("Choose how the account is numbered."), fields={"scheme": _("Choose one of the schemes.")}
    )


def _check_iban(text: str, bic: str) -> BankNumber:
    if not text:
        raise _wrong("account_number", _("Enter the IBAN."))
    try:
        iban = IBAN(text)
    except InvalidChecksumDigits as error:
        raise _wrong(
            "account_number",
            _("The check digits of this IBAN do not fit: probably one character is mistyped or missing."),
        ) from error
    except InvalidLength as error:
        raise _wrong(
            "account_number",
            _("This IBAN has %(count)d characters, which is not the length of an IBAN of its country.")
            % {"count": len(text)},
        ) from error
    except InvalidCountryCode as error:
        raise _wrong(
            "account_number", _("An IBAN starts with the two letters of its country, such as DE.")
        ) from error
    except SchwiftyException as error:
        raise _wrong(
            "account_number",
            _(
                "This is not an IBAN. It starts with two letters and two digits, such as DE89 3704 0044 0532 0130 00."
            ),
        ) from error
    return BankNumber(
        scheme="iban",
        account_number=str(iban.compact),
        routing_code="",
        bic=_check_bic(bic, iban),
        bank_name=str(iban.bank_name or ""),
        country=str(iban.country_code),
    )


def _check_bic(text: str, iban: IBAN) -> str:
    text = "".join(text.split()).upper()
    if not text:
        return str(iban.bic or "")
    try:
        bic = BIC(text)
    except SchwiftyException as error:
        raise _wrong(
            "bic", _("A BIC has 8 or 11 characters, such as COBADEFFXXX. Leave it empty if you are not sure.")
        ) from error
    if bic.country_code != iban.country_code:
        raise _wrong(
            "bic", _("This BIC belongs to another country than the IBAN. Leave it empty if you are not sure.")
        )
    return str(bic.compact)


def _check_us(account_number: str, routing_code: str) -> BankNumber:
    try:
        routing = str(rtn.validate(routing_code))
    except StdnumError as error:
        raise _wrong(
            "routing_code",
            _(
                "A US routing number has nine digits, the last of which is a check digit. This one does not fit."
            ),
        ) from error
    if not (account_number.isdigit() and 4 <= len(account_number) <= 17):
        raise _wrong("account_number", _("A US account number has 4 to 17 digits."))
    return BankNumber("us_aba", account_number, routing, "", "", "US")


def _check_gb(account_number: str, routing_code: str) -> BankNumber:
    if not (routing_code.isdigit() and len(routing_code) == 6):
        raise _wrong("routing_code", _("A UK sort code has six digits, such as 20-20-15."))
    if not (account_number.isdigit() and 6 <= len(account_number) <= 8):
        raise _wrong("account_number", _("A UK account number has six to eight digits."))
    return BankNumber("gb_sort_code", account_number.zfill(8), routing_code, "", "", "GB")


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={field: message})
