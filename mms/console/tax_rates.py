from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.filters import ChoiceFilter, FilterSet, SearchFilter
from backoffice.ui.forms import CountryField, DateField, Form, PercentField
from backoffice.ui.pages import ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from mms.models import TaxClass
from mms.operations.taxes import enter_tax_rate
from mms.permissions import MANAGE_TAXES
from mms.selectors.taxes import list_tax_rates


class TaxRateTable(Table):
    columns = (
        Column("country", gettext_lazy("Country"), sort=True),
        Column("get_tax_class_display", gettext_lazy("Tax class"), sort="tax_class"),
        Column("rate_bps", gettext_lazy("Rate"), kind="percent", sort=True),
        Column("valid_from", gettext_lazy("Valid from"), kind="date", sort=True),
        Column("created_at", gettext_lazy("Entered"), kind="when", priority=3),
    )
    default_sort = "country"


class TaxRateFilter(FilterSet):
    q = SearchFilter(fields=["country__iexact"], label=gettext_lazy("Country code"))
    tax_class = ChoiceFilter(label=gettext_lazy("Tax class"), choices=TaxClass.choices)


class TaxRateListView(ConsolePage, IndexPage):
    grant = MANAGE_TAXES
    title = gettext_lazy("Tax rates")
    intro = gettext_lazy(
        "Rates are never changed: a new row takes over from its day on, and old orders keep theirs."
    )
    table_class = TaxRateTable
    filter_class = TaxRateFilter
    empty_title = gettext_lazy("No tax rate yet")
    empty_text = gettext_lazy(
        "Enter the rates of every country you sell from; without them no order can be placed."
    )

    def get_rows(self) -> Any:
        return list_tax_rates()

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("Enter rate"), reverse("console:mms-tax-rate-create"))


class TaxRateForm(Form):
    country = CountryField(label=gettext_lazy("Country"))
    tax_class = forms.ChoiceField(label=gettext_lazy("Tax class"), choices=TaxClass.choices)
    rate_bps = PercentField(label=gettext_lazy("Rate in percent"))
    valid_from = DateField(label=gettext_lazy("Valid from"))


class EnterTaxRateView(ConsolePage, FormPage):
    grant = MANAGE_TAXES
    title = gettext_lazy("Enter tax rate")
    form_class = TaxRateForm
    success_message = gettext_lazy("Tax rate entered.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Tax rates"), reverse("console:mms-tax-rate-list"))]

    def perform(self, form: Any) -> None:
        enter_tax_rate(**form.cleaned_data, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:mms-tax-rate-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()
