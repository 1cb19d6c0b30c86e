"""What holds payouts: all of them or an amount; set, charged out of, lifted."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.money import Money
from backoffice.ui import formats
from backoffice.ui.filters import FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.forms import DateField, Form, MoneyField
from backoffice.ui.pages import ActionPage, BulkAction, ConsolePage, FormPage, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from billing.console.pages import end_of, in_currency, money_of
from billing.models import Hold
from billing.operations.held_charges import charge_held_amount
from billing.operations.holds import hold_payouts, release_hold
from billing.permissions import ADJUST_BALANCE, HOLD_PAYOUTS, VIEW_FINANCE
from billing.selectors.balances import get_merchant_balances
from billing.selectors.entities import get_entity, list_entities
from billing.selectors.holds import get_hold, list_holds
from mas.selectors.merchants import get_merchant

ENDED = Q(released_at__isnull=False)


def what_is_held(hold: Hold) -> Any:
    if hold.amount_minor is None:
        return gettext("All payouts")
    return formats.money(hold.amount_minor, hold.currency)


class HoldTable(Table):
    columns = (
        Column("ref", _("Hold"), kind="ref"),
        Column("merchant.name", _("Merchant"), sort="merchant__name", sub="reason"),
        Column("amount_minor", _("Held"), value=what_is_held, sort=True),
        Column("created_at", _("Since"), kind="when", sort=True, priority=2),
        Column("created_by_label", _("Set by"), priority=3),
        Column("lapses_at", _("Until"), kind="when", sort=True, priority=2),
        Column("charge.ref", _("Charge"), priority=3),
        Column("state", _("State"), kind="badge", states="billing.Hold"),
    )
    default_sort = "-created_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-merchant-detail", args=[record.merchant.ref])


class HoldFilter(FilterSet):
    q = SearchFilter(
        fields=["ref__icontains", "merchant__name__icontains", "reason__icontains"],
        label=_("Hold, merchant or reason"),
    )
    ended = YesNoFilter(label=_("Ended"), yes=ENDED)
    amount = YesNoFilter(label=_("Of an amount"), yes=Q(amount_minor__isnull=False))
    incident = YesNoFilter(label=_("Of an incident"), yes=Q(source_key__isnull=False))


class HoldListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Held payouts")
    intro = _("The merchant reads each reason and what frees it. A hold is set on the merchant's money page.")
    table_class = HoldTable
    filter_class = HoldFilter
    empty_title = _("Nothing is held")
    empty_text = _("Open incidents hold what their line earns; finance holds all payouts or an amount.")
    bulk_actions = (BulkAction("lift", _("Lift"), "lift_rows", icon="play", grant=HOLD_PAYOUTS),)

    def get_rows(self) -> Any:
        return list_holds(self.actor)

    def get_tabs(self) -> Sequence[Tab]:
        return [Tab(_("All"), "", None), Tab(_("Held now"), "ended=no", self.get_rows().exclude(ENDED))]

    def lift_rows(self, rows: Any) -> str:
        refs = list(rows.values_list("ref", flat=True))
        for ref in refs:
            release_hold(ref, actor=self.actor)
        return gettext("%(count)s holds lifted.") % {"count": len(refs)}


class HoldForm(Form):
    what = forms.ChoiceField(
        label=_("Hold"),
        choices=[("all", _("All payouts")), ("amount", _("An amount; the rest is paid"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    amount = forms.CharField(label=_("Amount"), required=False, help_text=_("When an amount is held."))
    currency = forms.ChoiceField(label=_("Currency"))
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The merchant reads it."))
    until = DateField(
        label=_("Until"),
        required=False,
        help_text=_("Including this day. Empty: until somebody lifts it."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") == "amount" and not data.get("amount") and "amount" not in self.errors:
            self.add_error("amount", gettext("Enter the amount to hold."))
        if data.get("what") == "all" and data.get("amount"):
            self.add_error("amount", gettext("Leave this empty to hold all payouts, or choose “An amount”."))
        return data


class _HoldPage(ConsolePage, FormPage):
    def get_breadcrumbs(self) -> Sequence[Any]:
        merchant = self.get_merchant()
        return [
            (_("Held payouts"), reverse("console:billing-hold-list")),
            (merchant.name, reverse("console:billing-merchant-detail", args=[merchant.ref])),
        ]

    def get_merchant(self) -> Any:
        return get_merchant(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:billing-merchant-detail", args=[self.get_merchant().ref])


class HoldPayoutsView(_HoldPage):
    grant = HOLD_PAYOUTS
    title = _("Hold payouts")
    intro = _("Counts at once: for payouts that wait, at the claim and again when a bank file is written.")
    form_class = HoldForm
    submit_label = _("Hold payouts")
    success_message = _("Payouts are held; the merchant sees the reason.")

    def get_form(self, *, bound: bool) -> Any:
        form = super().get_form(bound=bound)
        merchant = self.get_merchant()
        known = [merchant.currency, *(row.currency for row in get_merchant_balances(merchant.pk))]
        form.fields["currency"].choices = [(code, code) for code in dict.fromkeys(known)]
        return form

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        amount = None
        if data["what"] == "amount":
            amount = money_of(data["amount"], data["currency"], "amount").minor
        hold_payouts(
            self.kwargs["ref"],
            reason=data["reason"],
            amount_minor=amount,
            currency=data["currency"] if amount is not None else "",
            lapses_at=end_of(data["until"]) if data["until"] else None,
            actor=self.actor,
        )


class ChargeForm(Form):
    entity = forms.ChoiceField(label=_("Company"))
    amount_minor = MoneyField(label=_("Charge"), min_minor=1)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The merchant reads it on the statement.")
    )


class ChargeHoldView(_HoldPage):
    """The second phase of a held amount."""

    grant = ADJUST_BALANCE
    title = _("Charge out of a held amount")
    form_class = ChargeForm
    submit_label = _("Propose the charge")
    success_message = _("Proposed. Another person decides.")

    @property
    def hold(self) -> Hold:
        return get_hold(self.kwargs["ref"], actor=self.actor)

    def get_merchant(self) -> Any:
        return self.hold.merchant

    def get_initial(self) -> dict[str, Any]:
        return {"amount_minor": self.hold.amount_minor, "reason": self.hold.reason}

    def get_form(self, *, bound: bool) -> Any:
        hold = self.hold
        self.intro = gettext(
            "%(held)s are held: %(reason)s. Another person approves the charge; what is not charged is then free."
        ) % {
            "held": Money(hold.amount_minor or 0, hold.currency or "EUR").display(),
            "reason": hold.reason.rstrip("."),
        }
        form = in_currency(super().get_form(bound=bound), hold.currency or "EUR")
        form.fields["entity"].choices = [(row.code, row.name) for row in list_entities()]
        return form

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        charge_held_amount(
            self.kwargs["ref"],
            entity=get_entity(data["entity"]),
            amount=Money(data["amount_minor"], self.hold.currency),
            reason=data["reason"],
            actor=self.actor,
        )


class LiftHoldView(ConsolePage, ActionPage):
    grant = HOLD_PAYOUTS
    success_message = _("The hold is lifted.")

    def perform(self) -> None:
        release_hold(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        merchant = get_hold(self.kwargs["ref"], actor=self.actor).merchant
        return reverse("console:billing-merchant-detail", args=[merchant.ref])
