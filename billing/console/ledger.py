"""The ledger browser: trial balance at any moment, accounts, entries down to their lines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput
from backoffice.ui import formats
from backoffice.ui.filters import ChoiceFilter, DateRangeFilter, FilterSet, SearchFilter
from backoffice.ui.pages import ConsolePage, DetailPage, Fact, IndexPage, Page
from backoffice.ui.tables import Column, Table
from backoffice.ui.timeline import actor_text
from billing.chart import Code
from billing.console.pages import FinancePage
from billing.permissions import APPROVE_REVERSAL, REVERSE_ENTRY, VIEW_FINANCE
from billing.selectors.accounts import attach_owner_names, get_account, list_account_postings, list_accounts
from billing.selectors.balances import Axis, get_balance_as_of, get_balances, get_trial_balance
from billing.selectors.earnings import attach_order_refs, attach_source_labels
from billing.selectors.entities import list_entities
from billing.selectors.journal import get_entry, list_entries, list_postings_of
from billing.selectors.reversals import find_live_reversal, find_own_way

AXES = (("booked", _("What we knew then (booked)")), ("effective", _("What was true then (occurred)")))


def moment_of(text: str) -> datetime:
    """What a datetime-local input says, in the operator's zone; now when empty."""
    if not text:
        return clock.now()
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise InvalidInput(
            gettext("“%(text)s” is not a moment. Choose one from the calendar.") % {"text": text}
        )
    return make_aware(moment) if is_naive(moment) else moment


class TrialBalanceView(ConsolePage, Page):
    grant = VIEW_FINANCE
    title = _("Ledger")
    template_name = "billing/console/trial_balance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at, problem = clock.now(), ""
        try:
            at = moment_of(self.request.GET.get("at", ""))
        except InvalidInput as error:
            problem = str(error)
        asked_axis = self.request.GET.get("axis", "")
        axis: Axis = "effective" if asked_axis == "effective" else "booked"
        companies = list(list_entities())
        company = next((row for row in companies if row.code == self.request.GET.get("company")), None)
        return super().get_context_data(
            rows=get_trial_balance(company.pk if company else None, at=at, axis=axis),
            at=at,
            asked=self.request.GET.get("at", ""),
            axes=AXES,
            axis=axis,
            companies=companies,
            company=company,
            problem=problem,
            **kwargs,
        )


class AccountTable(Table):
    columns = (
        Column("code", _("Code"), link=True, sort=True),
        Column("get_code_display", _("Account"), value=lambda record: record.get_code_display()),
        Column("owner_label", _("Owner"), value=lambda record: record.owner_name),
        Column("entity.name", _("Company"), priority=3),
        Column("shown_minor", _("Balance"), kind="money"),
    )
    default_sort = "code"

    def prepare(self, records: list[Any]) -> list[Any]:
        balances = get_balances([record.pk for record in records])
        for record in records:
            record.shown_minor = balances[record.pk] * record.side
        attach_owner_names(records)
        return records

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-account-detail", args=[record.ref])


class AccountFilter(FilterSet):
    q = SearchFilter(fields=["code__startswith", "owner_type__icontains"], label=_("Code or owner"))
    code = ChoiceFilter(label=_("Account"), choices=Code.choices)


class AccountListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Accounts")
    table_class = AccountTable
    filter_class = AccountFilter
    empty_title = _("No accounts yet")
    empty_text = _("Accounts are opened by the first entry that needs them.")

    def get_rows(self) -> Any:
        return list_accounts(self.actor)


class AccountDetailView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/account.html"
    object_name = "account"

    def get_object(self) -> Any:
        return get_account(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return f"{self.object.code} {self.object.get_code_display()}"

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Accounts"), reverse("console:billing-account-list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account, at, problem = self.object, clock.now(), ""
        try:
            at = moment_of(self.request.GET.get("at", ""))
        except InvalidInput as error:
            problem = str(error)
        return super().get_context_data(
            at=at,
            asked=self.request.GET.get("at", ""),
            problem=problem,
            booked_minor=get_balance_as_of(account.pk, at) * account.side,
            effective_minor=get_balance_as_of(account.pk, at, axis="effective") * account.side,
            postings=list_account_postings(account)[:100],
            **kwargs,
        )


class EntryTable(Table):
    columns = (
        Column("seal.seq", _("No."), kind="count", link=True),
        Column("booked_at", _("Booked"), kind="when", sort=True),
        Column("event_type", _("Event"), value=lambda record: record.event_label, sort=True),
        Column("source_id", _("Source"), value=lambda record: record.source_label, sub="idem_key"),
        Column("occurred_at", _("Occurred"), kind="when", priority=2),
        Column("n_lines", _("Lines"), kind="count", priority=3),
        Column("actor_label", _("By"), value=lambda record: actor_text(record.actor_label), priority=3),
    )
    default_sort = "-booked_at"

    def prepare(self, records: list[Any]) -> list[Any]:
        attach_source_labels(records)
        return records

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-entry-detail", args=[record.pk])


class EntryFilter(FilterSet):
    source = SearchFilter(fields=["source_id__iexact", "idem_key__icontains"], label=_("Source or key"))
    booked = DateRangeFilter(field_name="booked_at", label=_("Booked"))


class EntryListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Journal")
    table_class = EntryTable
    filter_class = EntryFilter
    empty_title = _("The journal is empty")
    empty_text = _("Every captured payment, refund and payout leaves an entry here.")

    def get_rows(self) -> Any:
        return list_entries()


class EntryDetailView(FinancePage, DetailPage):
    grant = VIEW_FINANCE
    template_name = "billing/console/entry.html"
    object_name = "entry"

    def get_object(self) -> Any:
        return get_entry(str(self.kwargs["entry_id"]), actor=self.actor)

    def get_title(self) -> str:
        return gettext("Entry %(number)s") % {"number": self.object.seal.seq or self.object.ref[-8:]}

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Journal"), reverse("console:billing-entry-list"))]

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(_("Event"), row.event_label),
            Fact(_("Occurred"), formats.when(row.occurred_at)),
            Fact(_("Booked"), formats.when(row.booked_at)),
            Fact(_("Period"), row.period.ref),
            Fact(_("By"), actor_text(row.actor_label)),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        postings = list(list_postings_of(self.object))
        attach_order_refs(postings)
        attach_owner_names([posting.account for posting in postings])
        asked = find_live_reversal(self.object)
        return super().get_context_data(
            postings=postings,
            asked=asked,
            own_way=find_own_way(self.object),
            can_ask=self.actor.can(REVERSE_ENTRY),
            can_confirm=self.actor.can(APPROVE_REVERSAL),
            is_asker=asked is not None
            and self.actor.user_id is not None
            and asked.asked_by_user_id == self.actor.user_id,
            **kwargs,
        )
