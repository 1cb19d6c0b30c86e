"""The lines of the account statements: the queue nobody knows yet, what each was taken for, and taking that back."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.money import Money
from backoffice.ui import badges, formats
from backoffice.ui.filters import (
    DateRangeFilter,
    FilterSet,
    MultipleChoiceFilter,
    SearchFilter,
    YesNoFilter,
)
from backoffice.ui.iban import masked
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage
from billing.models import BankLineState
from billing.operations.bank_line_undo import (
    ask_to_take_back_bank_line,
    keep_bank_line,
    take_back_bank_line,
)
from billing.operations.bank_lines import PAYER, PLACES, match_bank_line, place_bank_line
from billing.permissions import APPROVE_REVERSAL, REVERSE_ENTRY, SEND_PAYOUTS, VIEW_FINANCE
from billing.selectors.bank_lines import (
    count_open_lines,
    get_bank_line,
    list_bank_lines,
    list_payout_candidates,
    list_provider_accounts,
)
from billing.selectors.debts import list_payers
from billing.selectors.earnings import attach_order_refs
from billing.selectors.settlements import list_statement_lines

SHOWN_LINES = 200
PLACE_LABELS: dict[str, Any] = {
    "bank_charges": _("Charges of the bank"),
    "buyer_funds": _("A buyer's payment without an order"),
}


def age_text(line: Any) -> str:
    """How long a line has been waiting, counted from the day the bank booked it."""
    if line.state != BankLineState.OPEN:
        return ""
    days = (clock.today() - line.booked_on).days
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


class BankLineTable(Table):
    columns = (
        Column("ref", _("Line"), kind="ref", link=True),
        Column("booked_on", _("Booked"), kind="date", sort=True),
        Column("party_name", _("From or to"), sub="text"),
        Column("amount_minor", _("Amount"), kind="money", sort=True),
        Column(
            "payout.ref",
            _("Payout"),
            value=lambda record: record.payout.ref if record.payout else "",
            url=lambda record: _payout_url(record),
            priority=2,
        ),
        Column("age", _("Waits"), value=age_text, priority=2),
        Column("state", _("State"), kind="badge", states="billing.BankLine"),
    )
    default_sort = "-booked_on"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-bank-line-detail", args=[record.ref])


def _payout_url(line: Any) -> str:
    return reverse("console:billing-payout-detail", args=[line.payout.ref]) if line.payout else ""


class BankLineFilter(FilterSet):
    q = SearchFilter(
        fields=["ref__icontains", "party_name__icontains", "text__icontains", "end_to_end_id__icontains"],
        label=_("Line, name or text"),
    )
    state = MultipleChoiceFilter(label=_("State"), choices=BankLineState.choices)
    undo = YesNoFilter(label=_("To take back"), yes=Q(undo_asked_at__isnull=False))
    booked = DateRangeFilter(field_name="booked_on", label=_("Booked"))


class BankLineListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Bank lines")
    intro = _(
        "What stood on the account statements. Unmatched lines are in suspense until somebody knows them."
    )
    table_class = BankLineTable
    filter_class = BankLineFilter
    empty_title = _("No lines")
    empty_text = _("Import an account statement; its lines appear here.")

    def get_rows(self) -> Any:
        return list_bank_lines()

    def get_tabs(self) -> Sequence[Tab]:
        return [Tab(_("All")), Tab(_("Unmatched"), "state=open", count=count_open_lines().count)]

    def get_main_action(self) -> Any:
        if not self.actor.can(SEND_PAYOUTS):
            return None
        return (_("Upload a bank file"), reverse("console:billing-bank-file-upload"))


class BankLineDetailView(FinancePage, DetailPage):
    """From the amount at the bank down to the order lines and journal entries it paid."""

    grant = VIEW_FINANCE
    template_name = "billing/console/bank_line.html"
    object_name = "line"

    def get_object(self) -> Any:
        return get_bank_line(self.kwargs["ref"])

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Bank lines"), reverse("console:billing-bank-line-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.BankLine")

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        file = row.statement.file
        return [
            Fact(_("Amount"), formats.money(row.amount_minor, row.currency)),
            Fact(_("Booked"), formats.day(row.booked_on)),
            Fact(_("Account"), masked(row.account)),
            Fact(
                _("Statement"),
                row.statement.statement_id,
                url=reverse("console:billing-bank-file-detail", args=[file.ref]),
            ),
            Fact(_("Matched"), row.get_match_rule_display() or "–"),
        ]

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        is_open = row.state == BankLineState.OPEN
        settlement = row.payout.settlement if row.payout else None
        lines = list(list_statement_lines(settlement)[:SHOWN_LINES]) if settlement else []
        attach_order_refs(line.posting for line in lines)
        return super().get_context_data(
            can_send=self.actor.can(SEND_PAYOUTS),
            can_ask=self.actor.can(REVERSE_ENTRY),
            can_confirm=self.actor.can(APPROVE_REVERSAL),
            is_asker=row.undo_asked_by_user_id is not None
            and row.undo_asked_by_user_id == self.actor.user_id,
            candidates=list_payout_candidates(row) if is_open else [],
            places=_places(row, self.actor) if is_open else [],
            settlement=settlement,
            lines=lines,
            shown_lines=SHOWN_LINES,
            parts=list(row.batch.payouts.select_related("merchant").order_by("ref")) if row.batch else [],
            **kwargs,
        )


def _places(line: Any, actor: Actor) -> list[tuple[str, str]]:
    known = [(place, str(PLACE_LABELS[place])) for place in PLACES]
    providers = [
        (row.owner_type, gettext("Payment provider %(name)s") % {"name": row.owner_type.removeprefix("psp:")})
        for row in list_provider_accounts(line)
    ]
    payers = [
        (
            f"{PAYER}{payer.ref}",
            gettext("Paid by %(merchant)s, which owes %(owed)s")
            % {"merchant": payer.name, "owed": Money(payer.owed_minor, line.currency).display()},
        )
        for payer in list_payers(line, actor)
    ]
    return payers + known + providers


class _BankLineAction(ConsolePage, ActionPage):
    grant = SEND_PAYOUTS

    def get_success_url(self) -> str:
        return reverse("console:billing-bank-line-detail", args=[self.kwargs["ref"]])


class MatchBankLineView(_BankLineAction):
    success_message = _("Matched; the line left suspense.")

    def perform(self) -> None:
        match_bank_line(
            self.kwargs["ref"],
            payout_ref=self.request.POST.get("payout", "").strip(),
            note=self.request.POST.get("note", ""),
            actor=self.actor,
        )


class PlaceBankLineView(_BankLineAction):
    success_message = _("Booked; the line left suspense.")

    def perform(self) -> None:
        place_bank_line(
            self.kwargs["ref"],
            place=self.request.POST.get("place", ""),
            note=self.request.POST.get("note", ""),
            actor=self.actor,
        )


class AskToTakeBackBankLineView(_BankLineAction):
    grant = REVERSE_ENTRY
    success_message = _("Asked. Another person must confirm that the line is taken back.")

    def perform(self) -> None:
        ask_to_take_back_bank_line(
            self.kwargs["ref"], reason=self.request.POST.get("reason", ""), actor=self.actor
        )


class TakeBackBankLineView(_BankLineAction):
    grant = APPROVE_REVERSAL
    success_message = _("Taken back: what it booked is reversed, and the line stands in suspense again.")

    def perform(self) -> None:
        take_back_bank_line(self.kwargs["ref"], actor=self.actor)


class KeepBankLineView(_BankLineAction):
    grant = VIEW_FINANCE
    success_message = _("The line stays as it is.")

    def perform(self) -> None:
        keep_bank_line(self.kwargs["ref"], actor=self.actor)
