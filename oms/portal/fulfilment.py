"""When a merchant works, and which of its orders accept themselves."""

from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import CountryField, Form, MoneyField
from backoffice.ui.pages import FormPage, PortalPage
from mas.selectors.merchants import get_merchant, get_own_merchant
from oms.operations.fulfilment_terms import WorkingTerms, change_terms
from oms.permissions import MANAGE_FULFILMENT
from oms.selectors.calendars import get_terms

WEEKDAYS = [
    ("1", gettext_lazy("Monday")),
    ("2", gettext_lazy("Tuesday")),
    ("3", gettext_lazy("Wednesday")),
    ("4", gettext_lazy("Thursday")),
    ("5", gettext_lazy("Friday")),
    ("6", gettext_lazy("Saturday")),
    ("7", gettext_lazy("Sunday")),
]


class TermsForm(Form):
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Working days"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    cut_off_hour = forms.IntegerField(
        label=gettext_lazy("Orders count for the same day until"),
        min_value=1,
        max_value=24,
        help_text=gettext_lazy("Full hour, such as 14. With 24 the whole day counts."),
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Such as Europe/Berlin. Empty = the marketplace's."),
    )
    holiday_country = CountryField(label=gettext_lazy("Holidays of"), required=False)
    auto_accept_needs_stock = forms.BooleanField(
        label=gettext_lazy("All pieces lie on the shelf"), required=False
    )
    auto_accept_needs_payment = forms.BooleanField(
        label=gettext_lazy("The money is there already"), required=False
    )
    fieldsets = (
        (
            gettext_lazy("Working time"),
            ("weekdays", "cut_off_hour", "time_zone", "holiday_country"),
        ),
        (
            gettext_lazy("Orders that accept themselves (when your profile says “by rules”)"),
            ("auto_accept_up_to_minor", "auto_accept_needs_stock", "auto_accept_needs_payment"),
        ),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["auto_accept_up_to_minor"] = MoneyField(
            label=gettext_lazy("Up to a total of"),
            currency=currency,
            min_minor=0,
            required=False,
            help_text=gettext_lazy("Empty = any total."),
        )


class TermsAct(FormPage):
    grant = MANAGE_FULFILMENT
    title = gettext_lazy("Working time and acceptance")
    intro = gettext_lazy("The time to ship is counted by it. Orders that run keep their moment.")
    form_class = TermsForm
    success_message = gettext_lazy("Saved; it holds for orders from now on.")

    def get_merchant_ref(self) -> str:
        return str(get_own_merchant(self.merchant_id or 0, actor=self.actor).ref)

    @cached_property
    def merchant(self) -> Any:
        return get_merchant(self.get_merchant_ref(), actor=self.actor)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"currency": self.merchant.currency}

    def get_subject(self) -> Any:
        return get_terms(self.merchant.pk)

    def get_initial(self) -> dict[str, Any]:
        terms = get_terms(self.merchant.pk)
        names = [name for name in WorkingTerms.__dataclass_fields__ if name != "weekdays"]
        return {"weekdays": list(terms.weekdays)} | {name: getattr(terms, name) for name in names}

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        terms = WorkingTerms(**{**data, "weekdays": "".join(sorted(data["weekdays"]))})
        change_terms(self.merchant.ref, terms, actor=self.actor)


class TermsEditView(PortalPage, TermsAct):
    def get_success_url(self) -> str:
        return reverse("portal:oms-terms")
