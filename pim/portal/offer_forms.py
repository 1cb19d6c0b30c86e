"""The forms of an offer: terms and prices, and a dated discount."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import Money
from backoffice.ui.forms import DateTimeField, Form, MoneyField
from pim.models import Condition


class OfferForm(Form):
    price = MoneyField(label=gettext_lazy("Price"), required=False, min_minor=1)
    list_price = MoneyField(
        label=gettext_lazy("Struck price"),
        required=False,
        help_text=gettext_lazy("Shown struck through; above the price."),
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("Stock"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Empty leaves the stock as it is."),
    )
    condition = forms.ChoiceField(label=gettext_lazy("Condition"), choices=Condition.choices)
    condition_note = forms.CharField(
        label=gettext_lazy("About the condition"), required=False, max_length=250
    )
    lead_time_days = forms.IntegerField(label=gettext_lazy("Days until dispatch"), min_value=0, max_value=365)
    min_quantity = forms.IntegerField(label=gettext_lazy("Smallest order quantity"), min_value=1)
    max_quantity = forms.IntegerField(
        label=gettext_lazy("Largest order quantity"), required=False, min_value=1
    )
    pack_size = forms.IntegerField(label=gettext_lazy("Sold in packs of"), min_value=1)
    tiers = forms.CharField(
        label=gettext_lazy("Price steps"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One per line: quantity and unit price, such as 10: 8.90"),
    )
    fieldsets = (
        (gettext_lazy("Price and stock"), ("price", "list_price", "tiers", "quantity")),
        (gettext_lazy("Condition and dispatch"), ("condition", "condition_note", "lead_time_days")),
        (gettext_lazy("Quantities"), ("min_quantity", "max_quantity", "pack_size")),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        for name in ("price", "list_price"):
            self.fields[name].currency = currency  # type: ignore[attr-defined]

    def clean_tiers(self) -> tuple[tuple[int, int], ...]:
        steps = []
        for line in self.cleaned_data["tiers"].splitlines():
            quantity, _colon, amount = line.partition(":")
            if not line.strip():
                continue
            if not quantity.strip().isdigit():
                raise forms.ValidationError(_("Write each step like 10: 8.90."))
            try:
                steps.append((int(quantity), Money.parse(amount.replace(",", "."), self.currency).minor))
            except InvalidInput as error:
                raise forms.ValidationError(error.message) from error
        return tuple(sorted(steps))


class DiscountForm(Form):
    price = MoneyField(label=gettext_lazy("Discount price"), min_minor=1)
    valid_from = DateTimeField(label=gettext_lazy("From"))
    valid_to = DateTimeField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["price"].currency = currency  # type: ignore[attr-defined]
