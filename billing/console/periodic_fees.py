"""Monthly fees: what was charged, each explained to the cent, and charging a month that was missed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.ui import formats
from backoffice.ui.filters import ChoiceFilter, FilterSet, SearchFilter
from backoffice.ui.forms import DateField, Form
from backoffice.ui.pages import ConsolePage, DetailPage, Fact, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage
from billing.models import FeeKind
from billing.operations.periodic_fees import KINDS, charge_periodic_fees
from billing.permissions import CHARGE_FEES, VIEW_FINANCE
from billing.selectors.entities import list_entities
from billing.selectors.periodic_fees import explain_periodic_fee, get_periodic_fee, list_periodic_fees


class PeriodicFeeTable(Table):
    columns = (
        Column("ref", _("Fee"), kind="ref", link=True),
        Column("merchant.name", _("Merchant"), sort="merchant__name"),
        Column("get_fee_kind_display", _("Kind"), value=lambda record: record.get_fee_kind_display()),
        Column("month", _("Month"), value=lambda record: f"{record.month:%Y-%m}", sort=True),
        Column("fee_minor", _("Fee"), kind="money", sort=True),
        Column("tax_minor", _("Tax"), kind="money", priority=2),
        Column("charged_at", _("Charged"), kind="when", sort=True, priority=3),
    )
    default_sort = "-charged_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-periodic-fee-detail", args=[record.ref])


class PeriodicFeeFilter(FilterSet):
    q = SearchFilter(fields=["merchant__name__icontains", "ref__icontains"], label=_("Merchant"))
    fee_kind = ChoiceFilter(label=_("Kind"), choices=[(kind.value, FeeKind(kind).label) for kind in KINDS])


class PeriodicFeeListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Monthly fees")
    intro = _("Charged once per merchant and month by the rule that held when the month began.")
    table_class = PeriodicFeeTable
    filter_class = PeriodicFeeFilter
    empty_title = _("No monthly fees yet")
    empty_text = _("Publish a subscription or listing rule; it is charged from the next month on.")

    def get_rows(self) -> Any:
        return list_periodic_fees(self.actor)

    def get_main_action(self) -> Any:
        if not self.actor.can(CHARGE_FEES):
            return None
        return (_("Charge a month"), reverse("console:billing-periodic-fee-charge"))


class PeriodicFeeDetailView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/periodic_fee.html"
    object_name = "fee"

    def get_object(self) -> Any:
        return get_periodic_fee(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Monthly fees"), reverse("console:billing-periodic-fee-list"))]

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(
                _("Merchant"),
                row.merchant.name,
                url=reverse("console:billing-merchant-detail", args=[row.merchant.ref]),
            ),
            Fact(_("Kind"), row.get_fee_kind_display()),
            Fact(_("Month"), f"{row.month:%Y-%m}"),
            Fact(_("Rule"), row.rule.name, url=reverse("console:billing-fee-detail", args=[row.rule.ref])),
            Fact(_("Fee"), formats.money(row.fee_minor, row.currency)),
            Fact(_("Tax"), formats.money(row.tax_minor, row.currency)),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sentences=explain_periodic_fee(self.object), **kwargs)


class ChargeMonthForm(Form):
    entity = forms.ChoiceField(label=_("Company"))
    month = DateField(label=_("A day of the month"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity"].choices = [(row.code, row.name) for row in list_entities()]  # type: ignore[attr-defined]


class ChargeMonthView(ConsolePage, FormPage):
    grant = CHARGE_FEES
    title = _("Charge a month")
    intro = _(
        "The clock charges each month by itself. Use this when a rule was published late or work was down."
    )
    form_class = ChargeMonthForm

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Monthly fees"), reverse("console:billing-periodic-fee-list"))]

    def get_initial(self) -> dict[str, Any]:
        return {"month": clock.today()}

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        charged = charge_periodic_fees(data["entity"], data["month"], actor=self.actor)
        told = gettext("%(count)s fees charged.") % {"count": charged.count}
        return " ".join([told, *charged.problems[:5]])

    def get_success_url(self) -> str:
        return reverse("console:billing-periodic-fee-list")
