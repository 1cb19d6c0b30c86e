"""The operator's companies and their accounting periods."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.errors import NotFound
from backoffice.ui.forms import Form, IbanField
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.operations.entities import change_entity
from billing.operations.periods import (
    ask_to_reopen_period,
    hard_close_period,
    reopen_period,
    soft_close_period,
)
from billing.permissions import CLOSE_PERIOD, EDIT_ENTITY, VIEW_FINANCE
from billing.selectors.entities import get_entity, list_entities
from billing.selectors.periods import get_period, list_periods


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
    time_zone = forms.CharField(label=_("Time zone of cut-offs"), max_length=40)
    minimum_payout_minor = forms.IntegerField(label=_("Smallest payout in minor units"), min_value=0)
    second_approver_above_minor = forms.IntegerField(
        label=_("Two approvers above, in minor units"), min_value=0, required=False
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

    def get_initial(self) -> dict[str, Any]:
        entity = get_entity(self.kwargs["code"])
        return {name: getattr(entity, name) for name in CompanyForm.base_fields}

    def perform(self, form: Any) -> None:
        change_entity(self.kwargs["code"], changes=dict(form.cleaned_data), actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:billing-company-list")


class PeriodTable(Table):
    columns = (
        Column("ref", _("Month"), sort="starts_on"),
        Column("entity.name", _("Company")),
        Column("closed_at", _("Closed"), kind="when", priority=2),
        Column("state", _("State"), kind="badge", states="billing.Period", sort=True),
        Column("pk", _("Next step"), template="billing/console/period_actions.html"),
    )
    default_sort = "-ref"


class PeriodListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Periods")
    intro = _(
        "A closed month takes no more entries; late events land in the next open one with their own date."
    )
    table_class = PeriodTable
    empty_title = _("No months yet")
    empty_text = _("The first entry opens its month.")

    def get_rows(self) -> Any:
        return list_periods()


class _PeriodAction(ConsolePage, ActionPage):
    grant = CLOSE_PERIOD

    @property
    def period(self) -> Any:
        period = get_period(self.kwargs["code"], self.kwargs["month"])
        if period is None:
            raise NotFound("There is no such period.")
        return period

    def get_success_url(self) -> str:
        return reverse("console:billing-period-list")


class SoftClosePeriodView(_PeriodAction):
    success_message = _("Closed for automatic entries.")

    def perform(self) -> None:
        soft_close_period(self.period.pk, actor=self.actor)


class HardClosePeriodView(_PeriodAction):
    success_message = _("The month is closed.")

    def perform(self) -> None:
        hard_close_period(self.period.pk, actor=self.actor)


class AskToReopenPeriodView(_PeriodAction):
    success_message = _("Asked. Another person must open the month.")

    def perform(self) -> None:
        ask_to_reopen_period(self.period.pk, reason=self.request.POST.get("reason", ""), actor=self.actor)


class ReopenPeriodView(_PeriodAction):
    success_message = _("The month is open again.")

    def perform(self) -> None:
        reopen_period(self.period.pk, actor=self.actor)
