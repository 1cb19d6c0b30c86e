"""One merchant's money as finance sees it: balances, holds, terms."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.ui.forms import Form, MoneyField, PercentField
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, FormPage
from billing.console.debts import what_stops, what_was_done
from billing.console.pages import FinancePage, in_currency
from billing.models import Cycle
from billing.operations.payout_terms import change_payout_terms
from billing.operations.settlement_run import run_settlements
from billing.permissions import ADJUST_BALANCE, HOLD_PAYOUTS, PREPARE_SETTLEMENT, REMIND_DEBTORS, VIEW_FINANCE
from billing.selectors.balances import get_merchant_balances
from billing.selectors.debts import list_debts
from billing.selectors.entities import get_entity_by_id
from billing.selectors.holds import list_open_holds
from billing.selectors.payout_blocks import list_payout_blocks
from billing.selectors.settlements import list_settlements
from billing.selectors.terms_of import get_payout_terms
from mas.selectors.merchants import get_merchant


class MerchantFinanceView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/merchant.html"
    object_name = "merchant"

    def get_object(self) -> Any:
        return get_merchant(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return str(self.object.name)

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Finance"), reverse("console:billing-finance-home"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        merchant = self.object
        debts = list_debts(self.actor).filter(account__owner_id=merchant.pk)
        return super().get_context_data(
            balances=get_merchant_balances(merchant.pk),
            debts=[(row, what_was_done(row), what_stops(row)) for row in debts],
            can_remind=self.actor.can(REMIND_DEBTORS),
            blocks=list_payout_blocks(merchant.pk),
            holds=list(list_open_holds(merchant.pk)),
            terms=get_payout_terms(merchant.pk),
            settlements=list_settlements(self.actor).filter(merchant=merchant)[:10],
            can_hold=self.actor.can(HOLD_PAYOUTS),
            can_prepare=self.actor.can(PREPARE_SETTLEMENT),
            can_adjust=self.actor.can(ADJUST_BALANCE),
            **kwargs,
        )


class _MerchantAction(ConsolePage, ActionPage):
    def get_success_url(self) -> str:
        return reverse("console:billing-merchant-detail", args=[self.kwargs["ref"]])


class SettleNowView(_MerchantAction):
    """One merchant's statements at once, whatever its cycle; they are reviewed like any other."""

    grant = PREPARE_SETTLEMENT

    def perform(self) -> str:
        merchant = get_merchant(self.kwargs["ref"], actor=self.actor)
        entity_ids = {row.entity_id for row in get_merchant_balances(merchant.pk)}
        in_review = rolled_over = 0
        for entity_id in sorted(entity_ids):
            code = get_entity_by_id(entity_id).code
            made = run_settlements(code, merchant_ids=[merchant.pk], actor=self.actor)
            in_review += made.in_review
            rolled_over += made.rolled_over
        if not in_review and not rolled_over:
            return gettext("Nothing has moved since the last statement.")
        return gettext("%(review)s statements to review, %(rolled)s carried forward.") % {
            "review": in_review,
            "rolled": rolled_over,
        }


class TermsForm(Form):
    cycle = forms.ChoiceField(label=_("Cycle"), choices=Cycle.choices)
    reserve_bps = PercentField(
        label=_("Rolling reserve"), required=False, help_text=_("Kept of what matures.")
    )
    reserve_days = forms.IntegerField(label=_("Kept for days"), min_value=1, max_value=730)
    fixed_reserve_minor = MoneyField(
        label=_("Fixed reserve"),
        min_minor=0,
        help_text=_("Filled from what matures, then kept."),
    )
    minimum_payout_minor = MoneyField(
        label=_("Smallest payout"),
        min_minor=0,
        required=False,
        help_text=_("Empty: the company's own limit."),
    )
    minimum_balance_minor = MoneyField(label=_("Balance always kept"), min_minor=0)


class PayoutTermsView(ConsolePage, FormPage):
    grant = PREPARE_SETTLEMENT
    title = _("Payout terms")
    form_class = TermsForm
    success_message = _("The terms count from now on.")

    def get_breadcrumbs(self) -> Sequence[Any]:
        merchant = get_merchant(self.kwargs["ref"], actor=self.actor)
        return [(merchant.name, reverse("console:billing-merchant-detail", args=[merchant.ref]))]

    def get_subject(self) -> Any:
        return get_merchant(self.kwargs["ref"], actor=self.actor)

    def get_initial(self) -> dict[str, Any]:
        terms = get_payout_terms(get_merchant(self.kwargs["ref"], actor=self.actor).pk)
        return {name: getattr(terms, name) for name in TermsForm.base_fields}

    def get_form(self, *, bound: bool) -> Any:
        return in_currency(super().get_form(bound=bound), self.get_subject().currency)

    def perform(self, form: Any) -> None:
        changes = {**form.cleaned_data, "reserve_bps": form.cleaned_data["reserve_bps"] or 0}
        change_payout_terms(self.kwargs["ref"], changes=changes, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:billing-merchant-detail", args=[self.kwargs["ref"]])
