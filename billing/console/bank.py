"""What the bank sends: upload, look, import; and the queue of lines nobody knows yet."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit, clock
from backoffice.kernel.errors import DomainError
from backoffice.ui import badges, formats
from backoffice.ui.filters import DateRangeFilter, FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.forms import Form
from backoffice.ui.iban import masked
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, FormPage, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage
from billing.models import BankFileKind, BankFileState, BankLineState
from billing.operations.bank_files import (
    discard_bank_file,
    import_bank_file,
    preview_answers,
    preview_statements,
    upload_bank_file,
)
from billing.operations.bank_lines import PLACES, match_bank_line, place_bank_line
from billing.permissions import SEND_PAYOUTS, VIEW_FINANCE
from billing.selectors.bank_lines import (
    count_open_lines,
    get_bank_file,
    get_bank_line,
    list_bank_files,
    list_bank_lines,
    list_lines_of_file,
    list_payout_candidates,
    list_provider_accounts,
)
from billing.selectors.earnings import attach_order_refs
from billing.selectors.settlements import list_statement_lines

SHOWN_LINES = 200
PLACE_LABELS: dict[str, Any] = {
    "bank_charges": _("Charges of the bank"),
    "buyer_funds": _("A buyer's payment without an order"),
}


class BankFileTable(Table):
    columns = (
        Column("ref", _("File"), kind="ref", link=True, sort=True),
        Column("name", _("Name"), priority=2),
        Column("get_kind_display", _("What"), value=lambda record: record.get_kind_display()),
        Column("uploaded_at", _("Uploaded"), kind="when", sort=True),
        Column("uploaded_by_label", _("By"), priority=3),
        Column("result", _("Result"), value=lambda record: result_text(record), priority=2),
        Column("state", _("State"), kind="badge", states="billing.BankFile", sort=True),
    )
    default_sort = "-uploaded_at"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-bank-file-detail", args=[record.ref])


def result_text(file: Any) -> str:
    """One line of what an import did."""
    told: dict[str, Any] = file.result
    if not told:
        return ""
    if file.kind == BankFileKind.STATUS:
        return str(gettext("%(accepted)s accepted, %(rejected)s rejected") % told)
    return str(gettext("%(matched)s matched, %(open)s unmatched, %(known)s known before") % told)


class BankFileListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("From the bank")
    intro = _("Account statements and answers to payment orders, each imported once.")
    table_class = BankFileTable
    empty_title = _("Nothing from the bank yet")
    empty_text = _("Upload an account statement (camt.053) or a payment status report (pain.002).")

    def get_rows(self) -> Any:
        return list_bank_files()

    def get_main_action(self) -> Any:
        if not self.actor.can(SEND_PAYOUTS):
            return None
        return (_("Upload a bank file"), reverse("console:billing-bank-file-upload"))


class UploadForm(Form):
    file = forms.FileField(
        label=_("File of the bank"),
        help_text=_("camt.053 or pain.002 as XML. Nothing is booked before you have seen what it would do."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )


class UploadBankFileView(ConsolePage, FormPage):
    grant = SEND_PAYOUTS
    title = _("Upload a bank file")
    form_class = UploadForm
    submit_label = _("Read the file")

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("From the bank"), reverse("console:billing-bank-file-list"))]

    def perform(self, form: Any) -> None:
        sent = form.cleaned_data["file"]
        self.file = upload_bank_file(sent.name, sent.read(), actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:billing-bank-file-detail", args=[self.file.ref])


class BankFileDetailView(FinancePage, DetailPage):
    """Before the import what would happen, afterwards what happened."""

    grant = VIEW_FINANCE
    template_name = "billing/console/bank_file.html"
    object_name = "file"

    def get_object(self) -> Any:
        return get_bank_file(self.kwargs["ref"])

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("From the bank"), reverse("console:billing-bank-file-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.BankFile")

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(_("What"), row.get_kind_display()),
            Fact(_("Name"), row.name),
            Fact(_("Uploaded by"), row.uploaded_by_label),
            Fact(_("Result"), result_text(row) or "–"),
        ]

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            can_send=self.actor.can(SEND_PAYOUTS),
            shown_lines=SHOWN_LINES,
            **self._content(),
            **kwargs,
        )

    def _content(self) -> dict[str, Any]:
        row = self.object
        if row.state != BankFileState.UPLOADED:
            return {"lines": list(list_lines_of_file(row)[:SHOWN_LINES])}
        try:
            if row.kind == BankFileKind.STATEMENT:
                return {"plans": preview_statements(row)}
            return {"answers": preview_answers(row)}
        except DomainError as error:
            return {"refused": error.message}


class _BankFileAction(ConsolePage, ActionPage):
    grant = SEND_PAYOUTS

    def get_success_url(self) -> str:
        return reverse("console:billing-bank-file-detail", args=[self.kwargs["ref"]])


class ImportBankFileView(_BankFileAction):
    def perform(self) -> str:
        file = import_bank_file(self.kwargs["ref"], actor=self.actor)
        return gettext("Imported: %(result)s.") % {"result": result_text(file)}


class DiscardBankFileView(_BankFileAction):
    success_message = _("Put aside; nothing was booked.")

    def perform(self) -> None:
        discard_bank_file(self.kwargs["ref"], actor=self.actor)


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
            candidates=list_payout_candidates(row) if is_open else [],
            places=_places(row) if is_open else [],
            settlement=settlement,
            lines=lines,
            shown_lines=SHOWN_LINES,
            parts=list(row.batch.payouts.select_related("merchant").order_by("ref")) if row.batch else [],
            **kwargs,
        )


def _places(line: Any) -> list[tuple[str, str]]:
    known = [(place, str(PLACE_LABELS[place])) for place in PLACES]
    providers = [
        (row.owner_type, gettext("Payment provider %(name)s") % {"name": row.owner_type.removeprefix("psp:")})
        for row in list_provider_accounts(line)
    ]
    return known + providers


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
