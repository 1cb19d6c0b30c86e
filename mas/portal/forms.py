"""Forms of the portal; every check of substance is in the operations, so that APIs and imports share it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backoffice.ui.forms import CountryField, DateField, Form
from mas.models import AcceptanceMode, BankScheme, DocumentType, TaxNumber


class RegistrationForm(Form):
    """Name and password of a new person, or the password of somebody who has an account."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; a sentence is fine. Not one you use elsewhere."),
    )

    def __init__(self, *args: Any, has_account: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_account:
            del self.fields["name"]
            password = self.fields["password"]
            password.label = _("Your password")
            password.help_text = _("You have an account with this e-mail address already.")
            password.widget.attrs["autocomplete"] = "current-password"


class CompanyForm(Form):
    legal_name = forms.CharField(
        label=_("Legal name"),
        max_length=200,
        help_text=_("Exactly as in the register; this is the name on invoices."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    legal_form = forms.CharField(
        label=_("Legal form"), max_length=60, required=False, help_text=_("Such as GmbH, Ltd or sole trader.")
    )
    country = CountryField(label=_("Country of the company"))
    registration_number = forms.CharField(
        label=_("Registration number"), max_length=60, required=False, help_text=_("Such as HRB 12345.")
    )
    register_name = forms.CharField(label=_("Register or court"), max_length=120, required=False)
    representative_name = forms.CharField(
        label=_("Legal representative"),
        max_length=150,
        required=False,
        help_text=_("Who may sign for the company."),
    )


class AddressForm(Form):
    name = forms.CharField(
        label=_("Name on the label"),
        max_length=150,
        required=False,
        help_text=_("If it differs from the company."),
    )
    line1 = forms.CharField(
        label=_("Street and number"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    line2 = forms.CharField(label=_("Address supplement"), max_length=150, required=False)
    postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=16,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "class": "bo-input-short"}),
    )
    city = forms.CharField(
        label=_("City"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    region = forms.CharField(label=_("State or region"), max_length=100, required=False)
    country = CountryField(label=_("Country"))


class TaxNumberForm(Form):
    country = CountryField(label=_("Country of the tax number"))
    kind = forms.ChoiceField(label=_("Kind"), choices=TaxNumber.Kind.choices, initial=TaxNumber.Kind.VAT)
    number = forms.CharField(
        label=_("Tax number"),
        max_length=40,
        help_text=_("With or without blanks. Such as DE136695976."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "bo-input-code"}),
    )


class BankAccountForm(Form):
    holder = forms.CharField(
        label=_("Account holder"), max_length=140, help_text=_("As the bank knows it; usually your company.")
    )
    scheme = forms.ChoiceField(
        label=_("Kind of account"), choices=BankScheme.choices, initial=BankScheme.IBAN
    )
    account_number = forms.CharField(
        label=_("IBAN or account number"),
        max_length=42,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "bo-input-code", "data-bo-iban": ""}
        ),
    )
    routing_code = forms.CharField(
        label=_("Routing number or sort code"),
        max_length=12,
        required=False,
        help_text=_("Only for accounts in the USA and the United Kingdom without an IBAN."),
    )
    bic = forms.CharField(
        label=_("BIC"),
        max_length=11,
        required=False,
        help_text=_("Found from the IBAN if you leave it empty."),
    )


class DocumentForm(Form):
    file = forms.FileField(label=_("File"))
    expires_on = DateField(label=_("Valid until"), required=False)

    def __init__(self, *args: Any, document_type: DocumentType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [str(kind) for kind in document_type.file_types]
        self.fields["file"].help_text = _("%(kinds)s, at most %(size)d MB.") % {
            "kinds": ", ".join(kinds).upper(),
            "size": document_type.max_megabytes,
        }
        self.fields["file"].widget.attrs["accept"] = ",".join(f".{kind}" for kind in kinds)
        if document_type.has_expiry:
            self.fields["expires_on"].required = True
        else:
            del self.fields["expires_on"]


class AttestationForm(Form):
    confirmed = forms.BooleanField(
        label=_("I confirm this"), error_messages={"required": _("Tick the box to confirm the statement.")}
    )


class TermsForm(Form):
    version = forms.CharField(widget=forms.HiddenInput)
    accepted = forms.BooleanField(
        label=_("I have read these terms and accept them for the company"),
        error_messages={"required": _("Tick the box to accept the terms.")},
    )


class ProfileForm(Form):
    name = forms.CharField(label=_("Shop name"), max_length=120, help_text=_("Buyers see it on every offer."))
    email = forms.EmailField(label=_("Contact e-mail"), help_text=_("Where buyers' and our messages go."))
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    website_url = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    language = forms.ChoiceField(label=_("Language of our mails"), choices=settings.LANGUAGES)
    acceptance_mode = forms.ChoiceField(label=_("Orders"), choices=AcceptanceMode.choices)
    external_id = forms.CharField(
        label=_("Number in your own systems"),
        max_length=60,
        required=False,
        help_text=_("Shown on statements."),
    )


class RepresentativeForm(Form):
    name = forms.CharField(label=_("Name of the representative"), max_length=200)
    country = CountryField(label=_("Country"))
    tax_number = forms.CharField(label=_("Tax number"), max_length=40)
    address = forms.CharField(label=_("Address"), widget=forms.Textarea(attrs={"rows": 3}))


class HolidayForm(Form):
    first = DateField(label=_("First day"), required=False)
    last = DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty if you do not know yet when you are back."),
    )


class ShopTextForm(Form):
    tagline = forms.CharField(
        label=_("One line about you"), max_length=160, required=False, help_text=_("Shown under your name.")
    )
    description = forms.CharField(
        label=_("About the shop"), required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    shipping_policy = forms.CharField(
        label=_("Delivery"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    returns_policy = forms.CharField(
        label=_("Returns"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    legal_notice = forms.CharField(
        label=_("Legal notice"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )


class LogoForm(Form):
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("Square pictures look best; at least 320 × 320 pixels."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )
    remove = forms.BooleanField(label=_("Show no logo"), required=False)
