"""Holidays per country, and which merchants' orders a fulfilment centre ships."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.ui.filters import CharFilter, FilterSet
from backoffice.ui.forms import Form, LinesField
from backoffice.ui.pages import BulkAction, ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from mas.selectors.merchants import get_merchant
from oms.models import Holiday
from oms.operations.fulfilment_terms import (
    add_holidays,
    assign_fulfilment_centre,
    delete_holiday,
    read_holiday_lines,
)
from oms.permissions import MANAGE_TIME_LIMITS
from oms.portal.fulfilment import TermsAct
from oms.selectors.calendars import get_terms, list_holidays


class HolidayTable(Table):
    columns = (
        Column("on", gettext_lazy("Day"), kind="date", sort=True),
        Column("country", gettext_lazy("Country"), sort=True),
        Column("name", gettext_lazy("Name")),
    )
    key = "id"
    default_sort = "on"


class HolidayFilter(FilterSet):
    country = CharFilter(field_name="country", lookup_expr="iexact", label=gettext_lazy("Country"))


class HolidayListView(ConsolePage, IndexPage):
    grant = MANAGE_TIME_LIMITS
    title = gettext_lazy("Public holidays")
    intro = gettext_lazy("Days that do not count as working days of merchants in these countries.")
    table_class = HolidayTable
    filter_class = HolidayFilter
    bulk_actions = (BulkAction("delete", gettext_lazy("Delete"), "delete_rows", icon="x"),)
    empty_title = gettext_lazy("No holidays yet")
    empty_text = gettext_lazy("Until some are entered, every weekday of a merchant is a working day.")
    empty_icon = "clock"

    def get_rows(self) -> QuerySet[Holiday]:
        return list_holidays()

    def get_main_action(self) -> tuple[Any, str]:
        return _("Enter holidays"), reverse("console:oms-holiday-create")

    def delete_rows(self, rows: QuerySet[Holiday]) -> str:
        done = sum(delete_holiday(key, actor=self.actor) for key in list(rows.values_list("pk", flat=True)))
        return ngettext("%(n)s day deleted.", "%(n)s days deleted.", done) % {"n": done}


class HolidayForm(Form):
    lines = LinesField(
        label=gettext_lazy("Days"),
        help_text=gettext_lazy(
            "One per line: country, day, name. For example “DE 2026-12-25 Christmas Day”. Paste a whole year at once."
        ),
    )


class HolidayCreateView(ConsolePage, FormPage):
    grant = MANAGE_TIME_LIMITS
    title = gettext_lazy("Enter holidays")
    form_class = HolidayForm

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Public holidays"), reverse("console:oms-holiday-list"))]

    def perform(self, form: Any) -> str:
        new = add_holidays(read_holiday_lines(form.cleaned_data["lines"]), actor=self.actor)
        return ngettext("%(n)s day entered.", "%(n)s days entered.", new) % {"n": new}

    def get_success_url(self) -> str:
        return reverse("console:oms-holiday-list")

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class MerchantTermsView(ConsolePage, TermsAct):
    """The operator may set what a merchant set, too."""

    def get_merchant_ref(self) -> str:
        return str(self.kwargs["ref"])

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(self.merchant.name, reverse("console:mas-merchant-detail", args=[self.kwargs["ref"]]))]


class CentreForm(Form):
    fulfilment_centre = forms.CharField(
        label=gettext_lazy("Code of the fulfilment centre"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "Coming orders are shipped by it, not by the merchant. Empty = the merchant ships."
        ),
    )


class CentreEditView(ConsolePage, FormPage):
    grant = MANAGE_TIME_LIMITS
    title = gettext_lazy("Fulfilment centre")
    form_class = CentreForm
    success_message = gettext_lazy("Saved.")

    def get_subject(self) -> Any:
        return get_terms(get_merchant(self.kwargs["ref"], actor=self.actor).pk)

    def get_initial(self) -> dict[str, Any]:
        merchant = get_merchant(self.kwargs["ref"], actor=self.actor)
        return {"fulfilment_centre": get_terms(merchant.pk).fulfilment_centre}

    def perform(self, form: Any) -> None:
        code = form.cleaned_data["fulfilment_centre"]
        assign_fulfilment_centre(self.kwargs["ref"], code, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:mas-merchant-detail", args=[self.kwargs["ref"]])

    def get_cancel_url(self) -> str:
        return self.get_success_url()
