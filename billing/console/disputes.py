"""Chargebacks: list, open one on a captured order, record how the bank decided, bear a loss as two people."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit, clock
from backoffice.ui import badges, formats
from backoffice.ui.filters import ChoiceFilter, FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.forms import DateField, Form
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage, money_of
from billing.models import DisputeReason, DisputeState
from billing.operations.disputes import (
    Case,
    absorb_dispute,
    ask_to_absorb_dispute,
    lose_dispute,
    open_dispute,
    win_dispute,
)
from billing.permissions import APPROVE_ADJUSTMENT, HANDLE_DISPUTES, VIEW_FINANCE
from billing.selectors.disputes import get_dispute, list_disputes
from billing.selectors.earnings import get_earning
from billing.selectors.journal import list_entries_of_source


class DisputeTable(Table):
    columns = (
        Column("ref", _("Chargeback"), kind="ref", link=True, sub="case_number"),
        Column("merchant.name", _("Merchant"), sort="merchant__name"),
        Column("earning.merchant_order_ref", _("Order"), priority=2),
        Column(
            "get_reason_display", _("Reason"), value=lambda record: record.get_reason_display(), priority=3
        ),
        Column("amount_minor", _("Amount"), kind="money", sort=True),
        Column("answer_by", _("Answer until"), kind="date", sort=True, priority=2),
        Column("opened_at", _("Opened"), kind="when", sort=True, priority=3),
        Column("state", _("State"), kind="badge", states="billing.Dispute", sort=True),
    )
    default_sort = "-opened_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-dispute-detail", args=[record.ref])


class DisputeFilter(FilterSet):
    q = SearchFilter(
        fields=[
            "ref__icontains",
            "case_number__icontains",
            "merchant__name__icontains",
            "earning__merchant_order_ref__icontains",
        ],
        label=_("Case, order or merchant"),
    )
    state = MultipleChoiceFilter(label=_("State"), choices=DisputeState.choices)
    reason = ChoiceFilter(label=_("Reason"), choices=DisputeReason.choices)


class DisputeListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Chargebacks")
    intro = _("What a buyer's bank took back. The merchant's share is held until the case is decided.")
    table_class = DisputeTable
    filter_class = DisputeFilter
    empty_title = _("No chargebacks")
    empty_text = _("Open one when the payment provider reports that a buyer's bank took money back.")

    def get_rows(self) -> Any:
        return list_disputes(self.actor)

    def get_main_action(self) -> Any:
        if not self.actor.can(HANDLE_DISPUTES):
            return None
        return (_("Open a chargeback"), reverse("console:billing-dispute-create"))


class DisputeForm(Form):
    order = forms.CharField(
        label=_("Merchant order"), max_length=40, help_text=_("Such as ORD-7K2F4M-1: one merchant's part.")
    )
    line = forms.IntegerField(
        label=_("Order line"),
        min_value=1,
        required=False,
        help_text=_("Its number, when the case names one."),
    )
    case_number = forms.CharField(label=_("Case number of the provider"), max_length=80)
    amount = forms.CharField(label=_("Disputed amount"), help_text=_("In the currency of the order."))
    fee = forms.CharField(label=_("Fee of the provider"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=DisputeReason.choices)
    occurred_on = DateField(label=_("Taken back on"))
    answer_by = DateField(label=_("Answer until"), required=False)
    fieldsets = (
        (_("What"), ("order", "line", "reason")),
        (_("Case"), ("case_number", "amount", "fee", "occurred_on", "answer_by")),
    )


class OpenDisputeView(ConsolePage, FormPage):
    grant = HANDLE_DISPUTES
    title = _("Open a chargeback")
    intro = _("Books what the provider took and holds it from the merchant: reserve first, then its balance.")
    form_class = DisputeForm

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Chargebacks"), reverse("console:billing-dispute-list"))]

    def get_initial(self) -> dict[str, Any]:
        return {"order": self.request.GET.get("order", ""), "occurred_on": clock.today()}

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        earning = get_earning(data["order"].strip(), actor=self.actor)
        amount = money_of(data["amount"], earning.currency, "amount")
        fee = money_of(data["fee"] or "0", earning.currency, "fee")
        case = Case(
            case_number=data["case_number"].strip(),
            amount=amount,
            fee_minor=fee.minor,
            reason=data["reason"],
            line_ref=f"{earning.merchant_order_ref}/{data['line']}" if data["line"] else "",
            answer_by=data["answer_by"],
            occurred_at=make_aware(datetime.combine(data["occurred_on"], time(12))),
        )
        self.dispute = open_dispute(earning.merchant_order_ref, case=case, actor=self.actor)
        return gettext("%(ref)s is open; the amount is held from the merchant.") % {"ref": self.dispute.ref}

    def get_success_url(self) -> str:
        return reverse("console:billing-dispute-detail", args=[self.dispute.ref])


class DisputeDetailView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/dispute.html"
    object_name = "dispute"

    def get_object(self) -> Any:
        return get_dispute(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Chargebacks"), reverse("console:billing-dispute-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.Dispute")

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        order = row.earning.merchant_order_ref
        facts = [
            Fact(
                _("Merchant"),
                row.merchant.name,
                url=reverse("console:billing-merchant-detail", args=[row.merchant.ref]),
            ),
            Fact(
                _("Order"), row.line_ref or order, url=reverse("console:billing-fees-explained", args=[order])
            ),
            Fact(_("Disputed"), formats.money(row.amount_minor, row.currency)),
            Fact(_("Fee of the provider"), formats.money(row.fee_minor, row.currency)),
            Fact(_("Reason"), row.get_reason_display()),
            Fact(_("Case"), row.case_number, hint=row.psp),
        ]
        if row.answer_by:
            facts.append(Fact(_("Answer until"), formats.day(row.answer_by)))
        return facts

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        return super().get_context_data(
            entries=list_entries_of_source("dispute", row.ref)[:10],
            held_available_minor=row.amount_minor - row.held_reserve_minor - row.held_pending_minor,
            can_handle=self.actor.can(HANDLE_DISPUTES),
            can_confirm=self.actor.can(APPROVE_ADJUSTMENT),
            is_asker=self.actor.user_id is not None and row.absorb_asked_by_user_id == self.actor.user_id,
            **kwargs,
        )


class _DisputeAction(ConsolePage, ActionPage):
    grant = HANDLE_DISPUTES

    def get_success_url(self) -> str:
        return reverse("console:billing-dispute-detail", args=[self.kwargs["ref"]])


class WinDisputeView(_DisputeAction):
    success_message = _("Recorded as won: the hold is lifted.")

    def perform(self) -> None:
        win_dispute(self.kwargs["ref"], actor=self.actor)


class LoseDisputeView(_DisputeAction):
    title = _("Record the case as lost")
    confirm = _("The merchant bears the amount and the provider's fee. This cannot be undone.")
    success_message = _("Recorded as lost: the merchant bears it.")

    def perform(self) -> None:
        lose_dispute(self.kwargs["ref"], actor=self.actor)


class AskToAbsorbDisputeView(_DisputeAction):
    success_message = _("Proposed. Another person must confirm that the marketplace bears it.")

    def perform(self) -> None:
        ask_to_absorb_dispute(
            self.kwargs["ref"], reason=self.request.POST.get("reason", ""), actor=self.actor
        )


class AbsorbDisputeView(_DisputeAction):
    grant = APPROVE_ADJUSTMENT
    success_message = _("Recorded as lost: the marketplace bears it.")

    def perform(self) -> None:
        absorb_dispute(self.kwargs["ref"], actor=self.actor)
