"""Debts of merchants by age: what they owe, since when, how often they were reminded, and pauses of reminders."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.money import Money
from backoffice.ui import formats
from backoffice.ui.filters import DateRangeFilter, FilterSet, MultipleChoiceFilter, SearchFilter, YesNoFilter
from backoffice.ui.forms import DateField, Form
from backoffice.ui.pages import ActionPage, ConsolePage, FormPage, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from billing.console.pages import end_of
from billing.models import LEVELS, DebtAge
from billing.operations.debts import pause_reminders, resume_reminders
from billing.permissions import REMIND_DEBTORS, VIEW_FINANCE
from billing.selectors.debts import get_debt, list_debts


def _is_paused() -> Q:
    return Q(paused_until__gt=clock.now())


def what_was_done(debt: Any) -> str:
    """The last reminder."""
    if not debt.level:
        return ""
    return gettext("%(level)s of %(levels)s on %(day)s") % {
        "level": debt.level,
        "levels": len(LEVELS),
        "day": formats.date_text(debt.level_at),
    }


def what_stops(debt: Any) -> str:
    """Why no reminder is sent now; empty when nothing stops them."""
    if debt.paused_until and debt.paused_until > clock.now():
        # A day that counts as a whole ends at the next midnight.
        until = formats.date_text(debt.paused_until - timedelta(seconds=1))
        return gettext("Paused until %(day)s: %(reason)s") % {"day": until, "reason": debt.pause_reason}
    if debt.has_dispute:
        return gettext("A chargeback is open")
    if debt.has_write_off:
        return gettext("A write-off waits for its decision")
    if debt.posted_minor < debt.account.entity.reminder_minimum_minor:
        return gettext("Too small to be reminded of")
    return ""


class DebtTable(Table):
    columns = (
        Column("merchant_name", _("Merchant"), link=True, sort=True, sub="merchant_ref"),
        Column("account.entity.name", _("Company"), priority=3),
        Column("posted_minor", _("Owes"), kind="money", sort=True),
        Column("below_zero_since", _("Since"), kind="when", sort=True),
        Column("age", _("Age"), value=lambda record: DebtAge(record.age).label),
        Column("level", _("Last reminder"), value=what_was_done, sort=True, priority=2),
        Column("pause_reason", _("Reminders stand still"), value=what_stops, priority=2),
    )
    default_sort = "below_zero_since"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-merchant-detail", args=[record.merchant_ref])


class DebtFilter(FilterSet):
    q = SearchFilter(fields=["merchant_name__icontains", "merchant_ref__icontains"], label=_("Merchant"))
    age = MultipleChoiceFilter(label=_("Age"), choices=DebtAge.choices)
    currency = SearchFilter(fields=["account__currency__iexact"], label=_("Currency"))
    since = DateRangeFilter(field_name="below_zero_since", label=_("Since"))
    paused = YesNoFilter(label=_("Paused"), yes=_is_paused)


class DebtListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Debts of merchants")
    intro = _(
        "Available balances below zero, settled by the next sales. Companies say when merchants are reminded."
    )
    table_class = DebtTable
    filter_class = DebtFilter
    empty_title = _("No merchant owes anything")
    empty_text = _(
        "Refunds and chargebacks after a payout can take a balance below zero; it appears here then."
    )

    def get_rows(self) -> Any:
        return list_debts(self.actor)

    def get_tabs(self) -> Sequence[Tab]:
        return [Tab(_("All"), "", None), Tab(DebtAge.OLDER.label, f"age={DebtAge.OLDER.value}", None)]


class PauseForm(Form):
    until = DateField(label=_("Until"), help_text=_("Including this day."))
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Colleagues read it."))


class PauseRemindersView(ConsolePage, FormPage):
    grant = REMIND_DEBTORS
    title = _("Pause the reminders of a debt")
    form_class = PauseForm
    submit_label = _("Pause")
    success_message = _("No reminder is sent until then.")

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Debts of merchants"), reverse("console:billing-debt-list"))]

    @property
    def debt(self) -> Any:
        return get_debt(self.kwargs["ref"], actor=self.actor)

    def get_form(self, *, bound: bool) -> Any:
        debt = self.debt
        self.intro = gettext("%(merchant)s owes %(owed)s since %(day)s.") % {
            "merchant": debt.merchant_name,
            "owed": Money(debt.posted_minor, debt.currency).display(),
            "day": formats.date_text(debt.below_zero_since),
        }
        return super().get_form(bound=bound)

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        pause_reminders(
            self.kwargs["ref"], until=end_of(data["until"]), reason=data["reason"], actor=self.actor
        )

    def get_success_url(self) -> str:
        return reverse("console:billing-merchant-detail", args=[self.debt.merchant_ref])


class ResumeRemindersView(ConsolePage, ActionPage):
    grant = REMIND_DEBTORS
    success_message = _("Reminders go on.")

    def perform(self) -> None:
        resume_reminders(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        debt = get_debt(self.kwargs["ref"], actor=self.actor)
        return reverse("console:billing-merchant-detail", args=[debt.merchant_ref])
