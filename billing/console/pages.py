"""What the finance pages share."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import make_aware

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.ui.forms import MoneyField, plain_decimal
from backoffice.ui.pages import ConsolePage


class FinancePage(ConsolePage):
    """A page of the Finance menu."""


def in_currency(form: Any, currency: str) -> Any:
    """The form with its amounts in a currency that is known only now."""
    for field in form.fields.values():
        if isinstance(field, MoneyField):
            field.currency = currency
    return form


def money_of(text: str, currency: str, field: str) -> Money:
    """An amount typed in a form whose currency is known only now; the refusal lands at the field."""
    try:
        return Money.parse(plain_decimal(text), currency)
    except InvalidInput as error:
        raise InvalidInput(error.message, fields={field: error.message}) from error


def end_of(day: date) -> datetime:
    """The moment a day that counts as a whole is over."""
    return make_aware(datetime.combine(day + timedelta(days=1), time(0)))
