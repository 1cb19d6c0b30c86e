"""Adjustments: proposed by one person, decided by another."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, BulkAction, ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.console.pages import money_of
from billing.models import AdjustmentKind, AdjustmentState
from billing.operations.adjustments import approve_adjustment, propose_adjustment, refuse_adjustment
from billing.permissions import ADJUST_BALANCE, APPROVE_ADJUSTMENT, VIEW_FINANCE
from billing.selectors.adjustments import list_adjustments
from billing.selectors.entities import get_entity, list_entities


class AdjustmentTable(Table):
    columns = (
        Column("ref", _("Adjustment"), kind="ref"),
        Column("merchant.name", _("Merchant"), sort="merchant__name", sub="reason"),
        Column("get_kind_display", _("Kind"), value=lambda record: record.get_kind_display(), priority=2),
        Column("amount_minor", _("Amount"), kind="money", sort=True),
        Column("proposed_by_label", _("Proposed by"), priority=3),
        Column("created_at", _("Proposed"), kind="when", sort=True, priority=2),
        Column("decided_by_label", _("Decided by"), priority=3),
        Column("state", _("State"), kind="badge", states="billing.Adjustment", sort=True),
    )
    default_sort = "-created_at"


class AdjustmentFilter(FilterSet):
    q = SearchFilter(
        fields=["ref__icontains", "merchant__name__icontains", "reason__icontains"], label=_("Search")
    )
    state = MultipleChoiceFilter(label=_("State"), choices=AdjustmentState.choices)


class AdjustmentListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Adjustments")
    table_class = AdjustmentTable
    filter_class = AdjustmentFilter
    empty_title = _("No adjustments yet")
    empty_text = _("Goodwill, fees and write-offs appear here; a second person decides on each.")
    bulk_actions = (
        BulkAction("approve", _("Approve"), "approve_rows", icon="check", grant=APPROVE_ADJUSTMENT),
        BulkAction("refuse", _("Refuse"), "refuse_rows", icon="x", grant=APPROVE_ADJUSTMENT),
    )

    def get_rows(self) -> Any:
        return list_adjustments(self.actor)

    def get_main_action(self) -> Any:
        if not self.actor.can(ADJUST_BALANCE):
            return None
        return (_("Propose an adjustment"), reverse("console:billing-adjustment-create"))

    def approve_rows(self, rows: Any) -> str:
        refs = list(rows.values_list("ref", flat=True))
        for ref in refs:
            approve_adjustment(ref, actor=self.actor)
        return str(_("%(count)s adjustments approved and booked.") % {"count": len(refs)})

    def refuse_rows(self, rows: Any) -> str:
        refs = list(rows.values_list("ref", flat=True))
        for ref in refs:
            refuse_adjustment(ref, actor=self.actor)
        return str(_("%(count)s adjustments refused.") % {"count": len(refs)})


class AdjustmentForm(Form):
    entity = forms.ChoiceField(label=_("Company"))
    merchant = forms.CharField(label=_("Merchant"), help_text=_("Its reference, such as MER-…"))
    kind = forms.ChoiceField(label=_("Kind"), choices=AdjustmentKind.choices)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3, initial="EUR")
    amount = forms.CharField(label=_("Amount"))
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The merchant reads it on the statement.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity"].choices = [(row.code, row.name) for row in list_entities()]  # type: ignore[attr-defined]


class ProposeAdjustmentView(ConsolePage, FormPage):
    grant = ADJUST_BALANCE
    title = _("Propose an adjustment")
    intro = _("Nothing moves before another person approves.")
    form_class = AdjustmentForm
    success_message = _("Proposed. Another person decides.")

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Adjustments"), reverse("console:billing-adjustment-list"))]

    def get_initial(self) -> dict[str, Any]:
        return {"merchant": self.request.GET.get("merchant", ""), "currency": "EUR"}

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        currency = data["currency"].upper()
        propose_adjustment(
            data["merchant"].strip(),
            entity=get_entity(data["entity"]),
            kind=data["kind"],
            amount=money_of(data["amount"], currency, "amount"),
            reason=data["reason"],
            actor=self.actor,
        )

    def get_success_url(self) -> str:
        return reverse("console:billing-adjustment-list")


class _AdjustmentAction(ConsolePage, ActionPage):
    grant = APPROVE_ADJUSTMENT

    def get_success_url(self) -> str:
        return reverse("console:billing-adjustment-list")


class ApproveAdjustmentView(_AdjustmentAction):
    success_message = _("Approved and booked.")

    def perform(self) -> None:
        approve_adjustment(self.kwargs["ref"], actor=self.actor)


class RefuseAdjustmentView(_AdjustmentAction):
    success_message = _("Refused.")

    def perform(self) -> None:
        refuse_adjustment(self.kwargs["ref"], actor=self.actor)
