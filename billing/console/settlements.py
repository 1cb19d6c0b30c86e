"""Settlements: the list, the run, and the review by a second person."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit
from backoffice.ui import badges, formats
from backoffice.ui.filters import DateRangeFilter, FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, FormPage, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage
from billing.exports.statement_pdf import statement_pdf
from billing.exports.statements import statement_csv
from billing.models import SettlementState
from billing.operations.payouts import retry_payout
from billing.operations.settlement_review import (
    approvals_needed,
    approve_settlement,
    reject_settlement,
    release_held_settlements,
)
from billing.operations.settlement_run import recalculate_settlement, run_settlements
from billing.permissions import APPROVE_SETTLEMENT, PREPARE_SETTLEMENT, SEND_PAYOUTS, VIEW_FINANCE
from billing.selectors.earnings import attach_order_refs
from billing.selectors.entities import list_entities
from billing.selectors.payout_blocks import list_payout_blocks
from billing.selectors.settlements import (
    get_settlement,
    get_totals,
    list_settlements,
    list_statement_lines,
)

SHOWN_LINES = 200


class SettlementTable(Table):
    columns = (
        Column("ref", _("Settlement"), kind="ref", link=True, sort=True, sub="number"),
        Column("merchant.name", _("Merchant"), sort="merchant__name"),
        Column("to_at", _("Until"), kind="when", sort=True),
        Column("n_lines", _("Lines"), kind="count", priority=3),
        Column("opening_minor", _("Opening"), kind="money", priority=3),
        Column("closing_minor", _("Closing"), kind="money", priority=2),
        Column("payable_minor", _("To pay"), kind="money", sort=True),
        Column("state", _("State"), kind="badge", states="billing.Settlement", sort=True),
    )
    default_sort = "-to_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-settlement-detail", args=[record.ref])


class SettlementFilter(FilterSet):
    q = SearchFilter(
        fields=["ref__icontains", "number__iexact", "merchant__name__icontains"],
        label=_("Settlement, number or merchant"),
    )
    state = MultipleChoiceFilter(label=_("State"), choices=SettlementState.choices)
    until = DateRangeFilter(field_name="to_at", label=_("Until"))


class SettlementListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Settlements")
    table_class = SettlementTable
    filter_class = SettlementFilter
    empty_title = _("No settlements yet")
    empty_text = _("Cut a cycle to write the first statements; money must have become available before.")

    def get_rows(self) -> Any:
        return list_settlements(self.actor)

    def get_tabs(self) -> list[Tab]:
        states = (
            SettlementState.IN_REVIEW,
            SettlementState.ON_HOLD,
            SettlementState.PAYABLE,
            SettlementState.PAID,
        )
        return [Tab(_("All")), *(Tab(state.label, f"state={state.value}") for state in states)]

    def get_main_action(self) -> Any:
        if not self.actor.can(PREPARE_SETTLEMENT):
            return None
        return (_("Cut a cycle"), reverse("console:billing-settlement-run"))


class RunForm(Form):
    entity = forms.ChoiceField(
        label=_("Company"), help_text=_("Every merchant whose cycle ended gets a statement.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity"].choices = [(row.code, row.name) for row in list_entities()]  # type: ignore[attr-defined]


class RunSettlementsView(ConsolePage, FormPage):
    grant = PREPARE_SETTLEMENT
    title = _("Cut a cycle")
    form_class = RunForm
    once = False

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Settlements"), reverse("console:billing-settlement-list"))]

    def perform(self, form: Any) -> str:
        made = run_settlements(form.cleaned_data["entity"], actor=self.actor)
        return gettext("%(review)s statements to review, %(rolled)s carried forward.") % {
            "review": made.in_review,
            "rolled": made.rolled_over,
        }

    def get_success_url(self) -> str:
        return reverse("console:billing-settlement-list") + "?state=in_review"


class SettlementDetailView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/settlement.html"
    object_name = "settlement"

    def get_object(self) -> Any:
        return get_settlement(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Settlements"), reverse("console:billing-settlement-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.Settlement")

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(_("Number"), row.number or _("Given at approval")),
            Fact(
                _("Merchant"),
                row.merchant.name,
                url=reverse("console:billing-merchant-detail", args=[row.merchant.ref]),
            ),
            Fact(_("From"), formats.when(row.from_at), hint=row.time_zone),
            Fact(_("Until"), formats.when(row.to_at), hint=row.time_zone),
            Fact(_("To pay"), formats.money(row.payable_minor, row.currency)),
            Fact(_("Prepared by"), row.prepared_by_label or "–"),
            Fact(_("Approved by"), row.approved_by_label or "–"),
        ]

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        lines = list(list_statement_lines(row)[:SHOWN_LINES])
        attach_order_refs(line.posting for line in lines)
        signatures = list(row.approvals.filter(statement_sha256=row.statement_sha256).order_by("at"))
        own = row.prepared_by_user_id is not None and row.prepared_by_user_id == self.actor.user_id
        return super().get_context_data(
            totals=get_totals(row),
            lines=lines,
            shown_lines=SHOWN_LINES,
            findings=list(row.findings.order_by("-is_blocking", "kind")),
            payouts=list(row.payouts.order_by("-attempt")),
            blocks=list_payout_blocks(row.merchant_id),
            signatures=signatures,
            signatures_needed=approvals_needed(row),
            can_approve=self.actor.can(APPROVE_SETTLEMENT),
            own_statement=own,
            can_prepare=self.actor.can(PREPARE_SETTLEMENT),
            can_send=self.actor.can(SEND_PAYOUTS),
            **kwargs,
        )


class _SettlementAction(ConsolePage, ActionPage):
    def get_success_url(self) -> str:
        return reverse("console:billing-settlement-detail", args=[self.kwargs["ref"]])


class ApproveSettlementView(_SettlementAction):
    grant = APPROVE_SETTLEMENT

    def perform(self) -> str:
        found = approve_settlement(
            self.kwargs["ref"],
            statement_sha256=self.request.POST.get("statement_sha256", ""),
            actor=self.actor,
        )
        if found.state == SettlementState.IN_REVIEW:
            return gettext("Signed. A second approver must sign as well.")
        if found.state == SettlementState.ON_HOLD:
            return gettext("Approved, but payouts to this merchant are held.")
        return gettext("Approved. The payout can be sent.")


class RejectSettlementView(_SettlementAction):
    grant = APPROVE_SETTLEMENT
    success_message = _("Sent back to the preparer.")

    def perform(self) -> None:
        reject_settlement(self.kwargs["ref"], reason=self.request.POST.get("reason", ""), actor=self.actor)


class RecalculateSettlementView(_SettlementAction):
    grant = PREPARE_SETTLEMENT
    success_message = _("Calculated again with everything up to now.")

    def perform(self) -> None:
        recalculate_settlement(self.kwargs["ref"], actor=self.actor)


class ReleaseSettlementView(_SettlementAction):
    grant = PREPARE_SETTLEMENT

    def perform(self) -> str:
        get_settlement(self.kwargs["ref"], actor=self.actor)
        released = release_held_settlements()
        return gettext("Released.") if released else gettext("Payouts to this merchant are still held.")


class RetryPayoutView(_SettlementAction):
    grant = SEND_PAYOUTS
    success_message = _("A new payout waits to be sent.")

    def perform(self) -> None:
        retry_payout(self.kwargs["ref"], actor=self.actor)


class SettlementCsvView(FinancePage, DetailPage):
    """The statement with all its lines as a file."""

    grant = VIEW_FINANCE

    def get_object(self) -> Any:
        return get_settlement(self.kwargs["ref"], actor=self.actor)

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return statement_csv(self.object)


class SettlementPdfView(FinancePage, DetailPage):
    """The statement on paper, as the merchant gets it."""

    grant = VIEW_FINANCE

    def get_object(self) -> Any:
        return get_settlement(self.kwargs["ref"], actor=self.actor)

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return statement_pdf(self.object)
