"""Incidents of the merchant's orders: the list, one incident with its story, the answer. The console builds on them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import clock
from backoffice.ui import badges, formats
from backoffice.ui.filters import DateRangeFilter, FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import DetailPage, Fact, FormPage, IndexPage, Page, PortalPage, Tab
from backoffice.ui.tables import Column, Table
from oms.models import Incident, IncidentReason, IncidentState, Resolution
from oms.operations.incidents import MAX_TEXT, Answer, resolve_incident
from oms.permissions import RESOLVE_INCIDENTS, VIEW_ORDERS
from oms.selectors.incidents import get_incident, list_incidents, list_steps
from oms.timelines import entries

LIVE_QUERY = "state=open&state=resolved"


def text_field(label: Any, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class IncidentFilter(FilterSet):
    q = SearchFilter(
        fields=["ref__icontains", "merchant_order__ref__icontains", "line__title__icontains"],
        label=gettext_lazy("Incident, order or article"),
        ref_prefix="INC",
    )
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=IncidentState.choices)
    reason = MultipleChoiceFilter(label=gettext_lazy("Reason"), choices=IncidentReason.choices)
    opened = DateRangeFilter(field_name="opened_at", label=gettext_lazy("Opened"))


def age(record: Incident) -> str:
    """For how long it has been waiting; empty once it is closed."""
    if not record.is_live:
        return ""
    return formats.span_text(clock.now() - record.opened_at)


COLUMNS = (
    Column("ref", gettext_lazy("Incident"), kind="ref", link=True, sort=True),
    Column("line.title", gettext_lazy("Article"), sub="merchant_order.ref"),
    Column("get_reason_display", gettext_lazy("Reason"), value=lambda record: record.get_reason_display()),
    Column("state", gettext_lazy("State"), kind="badge", states="oms.Incident", sort=True),
    Column("opened_at", gettext_lazy("Opened"), kind="when", sort=True, priority=2),
    Column("age", gettext_lazy("Waiting for"), value=age, priority=2),
)


class IncidentTable(Table):
    columns: ClassVar[tuple[Column, ...]] = COLUMNS
    default_sort = "-opened_at"

    def row_url(self, record: Incident) -> str:
        return reverse("portal:oms-incident-detail", args=[record.ref])


class IncidentIndex(IndexPage):
    grant = VIEW_ORDERS
    title = gettext_lazy("Incidents")
    filter_class = IncidentFilter
    empty_title = gettext_lazy("No incidents here")
    empty_text = gettext_lazy("Problems that buyers or the marketplace report about one article appear here.")
    empty_icon = "flag"

    def get_tabs(self) -> Sequence[Tab]:
        return [
            Tab(_("All")),
            Tab(_("Not closed"), LIVE_QUERY),
            Tab(_("To answer"), "state=open"),
            Tab(_("Answered"), "state=resolved"),
            Tab(_("Closed"), "state=closed"),
        ]


class IncidentListView(PortalPage, IncidentIndex):
    intro = gettext_lazy(
        "While an incident is not closed, the payout of its article is held; the rest is paid as usual."
    )
    table_class = IncidentTable

    def get_rows(self) -> QuerySet[Incident]:
        return list_incidents(self.actor).filter(merchant_order__merchant_id=self.merchant_id or 0)


class IncidentDetail(DetailPage):
    grant = VIEW_ORDERS
    object_name = "incident"

    def get_object(self) -> Incident:
        return get_incident(self.kwargs["ref"], actor=self.actor)

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "oms.Incident")

    def get_order_url(self) -> str:
        return reverse("portal:oms-order-detail", args=[self.object.merchant_order.ref])

    def get_facts(self) -> list[Fact]:
        row = self.object
        facts = [
            Fact(_("Order"), row.merchant_order.ref, url=self.get_order_url()),
            Fact(_("Reason"), row.get_reason_display()),
            Fact(_("Opened"), formats.when(row.opened_at)),
        ]
        if row.is_live:
            facts.append(Fact(_("Waiting for"), age(row)))
        return facts

    def get_timeline(self) -> Any:
        return entries(list_steps([self.object])[self.object.line_id], self.object.merchant_order.currency)


class IncidentDetailView(PortalPage, IncidentDetail):
    template_name = "oms/portal/incident.html"

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Incidents"), reverse("portal:oms-incident-list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        part = self.object.merchant_order
        can_resolve = self.actor.can(RESOLVE_INCIDENTS, merchant_id=part.merchant_id)
        return super().get_context_data(can_resolve=can_resolve, part=part, **kwargs)


class OneIncident(Page):
    """Acts on the incident of the address and goes back to its page."""

    @cached_property
    def incident(self) -> Incident:
        return get_incident(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse(f"{self.audience}:oms-incident-detail", args=[self.kwargs["ref"]])

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Incidents"), reverse(f"{self.audience}:oms-incident-list")),
            (self.incident.ref, self.get_success_url()),
        ]


class AnswerForm(Form):
    resolution = forms.ChoiceField(
        label=gettext_lazy("What you did"), choices=Resolution.choices, widget=forms.RadioSelect
    )
    text = text_field(gettext_lazy("Explanation"), gettext_lazy("The buyer reads it."))


class ResolveIncidentView(PortalPage, OneIncident, FormPage):
    grant = RESOLVE_INCIDENTS
    title = gettext_lazy("Answer the incident")
    intro = gettext_lazy(
        "To give the whole price back, refund the article on the page of the order; that closes the incident at once."
    )
    form_class = AnswerForm
    submit_label = gettext_lazy("Send answer")
    success_message = gettext_lazy("Your answer is sent; the incident closes when nobody objects.")

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        resolve_incident(self.kwargs["ref"], Answer(data["resolution"], data["text"]), actor=self.actor)
