"""The operator's companies."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.ui.forms import Form, IbanField, MoneyField
from backoffice.ui.pages import ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.console.pages import in_currency
from billing.operations.entities import change_entity
from billing.permissions import EDIT_ENTITY, VIEW_FINANCE
from billing.selectors.entities import get_entity, list_entities


class CompanyTable(Table):
    columns = (
        Column("name", _("Company"), link=True, sort=True),
        Column("country", _("Country")),
        Column("currency", _("Currency")),
        Column("time_zone", _("Time zone"), priority=3),
        Column("iban", _("Pays from"), priority=2),
    )
    default_sort = "name"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-company-edit", args=[record.code])


class CompanyListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Companies")
    table_class = CompanyTable
    empty_title = _("No company yet")
    empty_text = _("The first order of a website opens the books of its company.")

    def get_rows(self) -> Any:
        return list_entities()


class CompanyForm(Form):
    name = forms.CharField(label=_("Name"), max_length=70, help_text=_("As the bank knows it."))
    vat_number = forms.CharField(label=_("VAT number"), max_length=20, required=False)
    iban = IbanField(label=_("IBAN payouts are sent from"), required=False)
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)
    us_routing_number = forms.CharField(
        label=_("US routing number"),
        max_length=9,
        required=False,
        help_text=_("For ACH files in US dollars."),
    )
    us_company_id = forms.CharField(
        label=_("ACH company id"), max_length=10, required=False, help_text=_("Your US bank gave it to you.")
    )
    us_bank_name = forms.CharField(label=_("US bank"), max_length=23, required=False)
    time_zone = forms.CharField(label=_("Time zone of cut-offs"), max_length=40)
    minimum_payout_minor = MoneyField(label=_("Smallest payout"), min_minor=0)
    second_approver_above_minor = MoneyField(label=_("Two approvers above"), min_minor=0, required=False)
    suspense_limit_minor = MoneyField(label=_("Suspense accepted at a month's end"), min_minor=0)

    reminder_1_days = forms.IntegerField(
        label=_("First reminder of a debt after days"),
        min_value=0,
        max_value=3650,
        help_text=_("Days a merchant's balance is below zero; 0 = this reminder is not sent."),
    )
    reminder_2_days = forms.IntegerField(label=_("Second reminder after days"), min_value=0, max_value=3650)
    reminder_3_days = forms.IntegerField(
        label=_("Last reminder after days"),
        min_value=0,
        max_value=3650,
        help_text=_("Finance gets a task with it."),
    )
    reminder_minimum_minor = MoneyField(
        label=_("Smallest debt reminded of"), min_minor=0, help_text=_("The same number in every currency.")
    )

    def clean_time_zone(self) -> str:
        from zoneinfo import available_timezones

        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("Use a name such as Europe/Berlin."))
        return zone


class EditCompanyView(ConsolePage, FormPage):
    grant = EDIT_ENTITY
    title = _("Company")
    form_class = CompanyForm
    success_message = _("Saved.")

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Companies"), reverse("console:billing-company-list"))]

    def get_subject(self) -> Any:
        return get_entity(self.kwargs["code"])

    def get_initial(self) -> dict[str, Any]:
        entity = get_entity(self.kwargs["code"])
        return {name: getattr(entity, name) for name in CompanyForm.base_fields}

    def get_form(self, *, bound: bool) -> Any:
        return in_currency(super().get_form(bound=bound), self.get_subject().currency)

    def perform(self, form: Any) -> None:
        change_entity(self.kwargs["code"], changes=dict(form.cleaned_data), actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:billing-company-list")
