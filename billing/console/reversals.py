"""Reversals: asked for at the entry by one person, decided by another."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import ActionPage, ConsolePage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.models import ReversalState
from billing.operations.reversals import ask_to_reverse_entry, confirm_reversal, refuse_reversal
from billing.permissions import APPROVE_REVERSAL, REVERSE_ENTRY, VIEW_FINANCE
from billing.selectors.reversals import get_reversal, list_reversals


class ReversalTable(Table):
    columns = (
        Column("ref", _("Reversal"), kind="ref", link=True),
        Column("entry.event_label", _("Entry"), value=lambda record: record.entry.event_label, sub="reason"),
        Column("asked_by_label", _("Asked by"), priority=2),
        Column("asked_at", _("Asked"), kind="when", sort=True, priority=2),
        Column("decided_by_label", _("Decided by"), priority=3),
        Column("state", _("State"), kind="badge", states="billing.ReversalRequest", sort=True),
    )
    default_sort = "-asked_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-entry-detail", args=[record.entry_id])


class ReversalFilter(FilterSet):
    q = SearchFilter(fields=["ref__icontains", "reason__icontains"], label=_("Search"))
    state = MultipleChoiceFilter(label=_("State"), choices=ReversalState.choices)


class ReversalListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Reversals")
    table_class = ReversalTable
    filter_class = ReversalFilter
    empty_title = _("No reversals yet")
    empty_text = _("Whoever finds an entry booked by mistake asks at the entry; a second person decides.")

    def get_rows(self) -> Any:
        return list_reversals()


class AskToReverseEntryView(ConsolePage, ActionPage):
    grant = REVERSE_ENTRY
    success_message = _("Asked. Another person must confirm the reversal.")

    def perform(self) -> None:
        ask_to_reverse_entry(
            self.kwargs["entry_id"], reason=self.request.POST.get("reason", ""), actor=self.actor
        )

    def get_success_url(self) -> str:
        return reverse("console:billing-entry-detail", args=[self.kwargs["entry_id"]])


class _ReversalAction(ConsolePage, ActionPage):
    grant = APPROVE_REVERSAL

    def get_success_url(self) -> str:
        entry = get_reversal(self.kwargs["ref"], actor=self.actor).entry_id
        return reverse("console:billing-entry-detail", args=[entry])


class ConfirmReversalView(_ReversalAction):
    success_message = _("Reversed: the opposite entry is booked.")

    def perform(self) -> None:
        confirm_reversal(self.kwargs["ref"], actor=self.actor)


class RefuseReversalView(_ReversalAction):
    grant = VIEW_FINANCE
    success_message = _("Refused: the entry stays.")

    def perform(self) -> None:
        refuse_reversal(self.kwargs["ref"], actor=self.actor)
