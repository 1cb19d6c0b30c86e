"""What the checkout asks: who, where to, how to pay."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import CountryField, Form
from oms.ports import PaymentProvider


class DetailsForm(Form):
    """Contact and address; the billing address only if it differs."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("For the confirmation and to follow your order."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    company = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    street = forms.CharField(
        label=gettext_lazy("Street and number"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    street2 = forms.CharField(
        label=gettext_lazy("Address addition"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    postcode = forms.CharField(
        label=gettext_lazy("Postcode"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=gettext_lazy("City"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    region = forms.CharField(
        label=gettext_lazy("State or region"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    country = CountryField(label=gettext_lazy("Country"))
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For questions about the delivery."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    fieldsets = (
        (gettext_lazy("Contact"), ("email", "name", "phone")),
        (
            gettext_lazy("Delivery address"),
            ("company", "street", "street2", "postcode", "city", "region", "country"),
        ),
    )

    def __init__(self, *args: Any, countries: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = CountryField(label=_("Country"), countries=countries)

    def address(self) -> dict[str, str]:
        """The delivery address as orders keep it."""
        names = ("name", "company", "street", "street2", "postcode", "city", "region", "country")
        return {name: self.cleaned_data[name] for name in names}


class PaymentForm(Form):
    """The way of payment with the fields its provider asks for."""

    def __init__(self, *args: Any, providers: Sequence[PaymentProvider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {provider.code: provider for provider in providers}
        self.fields["provider"] = forms.ChoiceField(
            label=_("Payment"),
            choices=[(provider.code, provider.label) for provider in providers],
            widget=forms.RadioSelect,
            initial=next(iter(self.providers), None),
        )
        for provider in providers:
            for name, label in provider.fields:
                self.fields[name] = forms.CharField(
                    label=label,
                    required=self.is_chosen(provider.code),
                    max_length=40,
                    help_text=provider.help_text,
                    widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                )
        self.fields["may_reroute"] = forms.BooleanField(
            label=_(
                "If a shop cannot send something, another shop may send it at the same or a lower price."
            ),
            required=False,
        )
        self.fields["expected_total"] = forms.IntegerField(widget=forms.HiddenInput)

    def is_chosen(self, code: str) -> bool:
        """Whether this way of payment is ticked: only then its fields must be filled."""
        first = next(iter(self.providers), "")
        return code == (self.data.get("provider", "") if self.is_bound else first)

    def choices(self) -> list[tuple[PaymentProvider, list[forms.BoundField]]]:
        """Each way of payment with the fields it asks for, for the template."""
        return [
            (provider, [self[name] for name, _label in provider.fields])
            for provider in self.providers.values()
        ]

    def provider(self) -> PaymentProvider:
        return self.providers[self.cleaned_data["provider"]]

    def instrument_values(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name, _label in self.provider().fields}
