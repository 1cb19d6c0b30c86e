"""Payouts, one by one."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit
from backoffice.ui import badges, formats
from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter, YesNoFilter
from backoffice.ui.forms import Form, MoneyField
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage
from billing.models import AT_THE_BANK, PayoutState
from billing.operations.payouts import (
    cancel_payout,
    execute_payout,
    lose_track_of_payout,
    reject_payout,
    return_payout,
)
from billing.permissions import SEND_PAYOUTS, VIEW_FINANCE
from billing.selectors.balances import find_merchant_balance
from billing.selectors.bank_lines import list_lines_of_payout
from billing.selectors.late_holds import find_late_holds, is_held_since_file
from billing.selectors.payout_blocks import Block, list_obstacles
from billing.selectors.payouts import get_payout, list_payouts


class PayoutTable(Table):
    columns = (
        Column("ref", _("Payout"), kind="ref", link=True, sort=True),
        Column("merchant.name", _("Merchant"), sort="merchant__name"),
        Column("created_at", _("Created"), kind="when", sort=True, priority=2),
        Column("amount_minor", _("Amount"), kind="money", sort=True),
        Column("batch.ref", _("Bank file"), priority=3),
        Column("state", _("State"), kind="badge", states="billing.Payout", sort=True),
    )
    default_sort = "-created_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-payout-detail", args=[record.ref])


class PayoutFilter(FilterSet):
    q = SearchFilter(fields=["ref__icontains", "merchant__name__icontains"], label=_("Payout or merchant"))
    state = MultipleChoiceFilter(label=_("State"), choices=PayoutState.choices)
    held = YesNoFilter(label=_("Held since its file was written"), yes=is_held_since_file)


class PayoutListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Payouts")
    table_class = PayoutTable
    filter_class = PayoutFilter
    empty_title = _("No payouts yet")
    empty_text = _("A payout appears when a statement is approved.")

    def get_rows(self) -> Any:
        return list_payouts(self.actor)

    def get_main_action(self) -> Any:
        if not self.actor.can(SEND_PAYOUTS):
            return None
        return (_("Write a bank file"), reverse("console:billing-batch-create"))


class PayoutDetailView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/payout.html"
    object_name = "payout"

    def get_object(self) -> Any:
        return get_payout(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Payouts"), reverse("console:billing-payout-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.Payout")

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(_("Merchant"), row.merchant.name),
            Fact(_("Amount"), formats.money(row.amount_minor, row.currency)),
            Fact(
                _("Statement"),
                row.settlement.ref,
                url=reverse("console:billing-settlement-detail", args=[row.settlement.ref]),
            ),
            Fact(_("Attempt"), row.attempt),
        ]

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            blocks=self._obstacles(),
            can_send=self.actor.can(SEND_PAYOUTS),
            at_the_bank=self.object.state in AT_THE_BANK,
            late_holds=find_late_holds([self.object]).get(self.object.ref, []),
            bank_lines=list(list_lines_of_payout(self.object)),
            **kwargs,
        )

    def _obstacles(self) -> list[Block]:
        row = self.object
        if row.state not in (PayoutState.CREATED, PayoutState.CLAIMED):
            return []
        balance = find_merchant_balance(row.entity_id, row.merchant_id, row.currency)
        return list_obstacles(row, available_minor=balance.available_minor)


class _PayoutAction(ConsolePage, ActionPage):
    grant = SEND_PAYOUTS

    def get_success_url(self) -> str:
        return reverse("console:billing-payout-detail", args=[self.kwargs["ref"]])


class ExecutePayoutView(_PayoutAction):
    success_message = _("Recorded: the bank executed this payout.")

    def perform(self) -> None:
        execute_payout(self.kwargs["ref"], actor=self.actor)


class LosePayoutView(_PayoutAction):
    success_message = _("Recorded: no answer. The money stays in transit until you know more.")

    def perform(self) -> None:
        lose_track_of_payout(self.kwargs["ref"], actor=self.actor)


class RejectPayoutView(_PayoutAction):
    success_message = _("Recorded: the bank refused it. The amount is available to the merchant again.")

    def perform(self) -> None:
        reject_payout(self.kwargs["ref"], reason=self.request.POST.get("reason", ""), actor=self.actor)


class CancelPayoutView(_PayoutAction):
    success_message = _("Cancelled before anything moved.")

    def perform(self) -> None:
        cancel_payout(self.kwargs["ref"], reason=self.request.POST.get("reason", ""), actor=self.actor)


class ReturnForm(Form):
    reason = forms.CharField(label=_("What the bank says"), max_length=300)
    bank_fee = MoneyField(label=_("Fee of the bank"), currency="EUR", required=False)


class ReturnPayoutView(ConsolePage, FormPage):
    grant = SEND_PAYOUTS
    title = _("The payout came back")
    form_class = ReturnForm
    success_message = _("Recorded: the balance is restored.")

    def get_breadcrumbs(self) -> Sequence[Any]:
        payout = get_payout(self.kwargs["ref"], actor=self.actor)
        return [(payout.ref, reverse("console:billing-payout-detail", args=[payout.ref]))]

    def perform(self, form: Any) -> None:
        return_payout(
            self.kwargs["ref"],
            bank_fee_minor=form.cleaned_data["bank_fee"] or 0,
            reason=form.cleaned_data["reason"],
            actor=self.actor,
        )

    def get_success_url(self) -> str:
        return reverse("console:billing-payout-detail", args=[self.kwargs["ref"]])
