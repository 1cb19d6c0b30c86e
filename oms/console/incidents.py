"""Incidents over all merchants: what is open and for how long; opened, closed and taken up again by operators."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.filters import SearchFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import ConsolePage, FormPage
from backoffice.ui.tables import Column
from oms.console.acts import OnOrderPage
from oms.models import Incident, IncidentReason, OrderLine
from oms.operations.incidents import Report, close_incident, open_incident, reopen_incident
from oms.permissions import MANAGE_INCIDENTS
from oms.portal.incidents import (
    COLUMNS,
    IncidentDetail,
    IncidentFilter,
    IncidentIndex,
    IncidentTable,
    OneIncident,
    text_field,
)
from oms.selectors.incidents import can_report, list_incidents, list_reportable


class ConsoleIncidentFilter(IncidentFilter):
    merchant = SearchFilter(
        fields=["merchant_order__merchant_name__icontains"], label=gettext_lazy("Merchant")
    )


class ConsoleIncidentTable(IncidentTable):
    columns: ClassVar[tuple[Column, ...]] = (
        *COLUMNS[:2],
        Column(
            "merchant_order.merchant_name", gettext_lazy("Merchant"), sort="merchant_order__merchant_name"
        ),
        *COLUMNS[2:],
    )

    def row_url(self, record: Incident) -> str:
        return reverse("console:oms-incident-detail", args=[record.ref])


class IncidentListView(ConsolePage, IncidentIndex):
    by_place = True
    table_class = ConsoleIncidentTable
    filter_class = ConsoleIncidentFilter

    def get_rows(self) -> QuerySet[Incident]:
        return list_incidents(self.actor)


class IncidentDetailView(ConsolePage, IncidentDetail):
    by_place = True
    template_name = "oms/console/incident.html"

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Incidents"), reverse("console:oms-incident-list"))]

    def get_order_url(self) -> str:
        part = self.object.merchant_order
        return reverse("console:oms-order-detail", args=[part.order.ref]) + f"#part-{part.position}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        part = self.object.merchant_order
        can_manage = self.actor.can(MANAGE_INCIDENTS, merchant_id=part.merchant_id, places=part.order.places)
        return super().get_context_data(
            can_manage=can_manage, can_reopen=can_report(self.object.line, part), part=part, **kwargs
        )


class OpenIncidentForm(Form):
    position = forms.TypedChoiceField(label=gettext_lazy("Article"), coerce=int)
    reason = forms.ChoiceField(label=gettext_lazy("What is wrong"), choices=IncidentReason.choices)
    text = text_field(gettext_lazy("Description"), gettext_lazy("Buyer and merchant read it."))

    def __init__(self, *args: Any, lines: list[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].choices = [(line.position, line.title) for line in lines]  # type: ignore[attr-defined]


class OpenIncidentView(OnOrderPage, FormPage):
    grant = MANAGE_INCIDENTS
    title = gettext_lazy("Open an incident")
    intro = gettext_lazy(
        "The merchant is asked to answer, and the payout of the article is held until it is closed."
    )
    form_class = OpenIncidentForm
    submit_label = gettext_lazy("Open the incident")
    success_message = gettext_lazy("The incident is open; merchant and buyer are told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"lines": list_reportable(self.part)}

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        open_incident(
            self.kwargs["ref"], data["position"], Report(data["reason"], data["text"]), actor=self.actor
        )


class ReasonForm(Form):
    reason = text_field(gettext_lazy("Reason"), gettext_lazy("Buyer and merchant read it."), required=True)


class _DecisionView(ConsolePage, OneIncident, FormPage):
    grant = MANAGE_INCIDENTS
    by_place = True
    form_class = ReasonForm


class CloseIncidentView(_DecisionView):
    title = gettext_lazy("Close the incident")
    intro = gettext_lazy("The payout of the article is free from then on.")
    submit_label = gettext_lazy("Close the incident")
    success_message = gettext_lazy("Closed; buyer and merchant are told.")

    def perform(self, form: Any) -> None:
        close_incident(self.kwargs["ref"], reason=form.cleaned_data["reason"], actor=self.actor)


class ReopenIncidentView(_DecisionView):
    title = gettext_lazy("Open the incident again")
    intro = gettext_lazy(
        "The merchant has to answer again, and the payout of the article is held as far as it has not left."
    )
    submit_label = gettext_lazy("Open it again")
    success_message = gettext_lazy("The incident is open again; the merchant is told.")

    def perform(self, form: Any) -> None:
        reopen_incident(self.kwargs["ref"], reason=form.cleaned_data["reason"], actor=self.actor)
