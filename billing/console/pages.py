"""What the finance pages share."""

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.ui.forms import plain_decimal
from backoffice.ui.pages import ConsolePage


class FinancePage(ConsolePage):
    """A page of the Finance menu."""


def money_of(text: str, currency: str, field: str) -> Money:
    """An amount typed in a form whose currency is known only now; the refusal lands at the field."""
    try:
        return Money.parse(plain_decimal(text), currency)
    except InvalidInput as error:
        raise InvalidInput(error.message, fields={field: error.message}) from error
