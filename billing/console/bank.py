"""What the bank sends: upload, look, import."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit
from backoffice.kernel.errors import DomainError
from backoffice.ui import badges
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, FormPage, IndexPage
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage
from billing.models import BankFileKind, BankFileState
from billing.operations.bank_files import (
    discard_bank_file,
    import_bank_file,
    preview_answers,
    preview_statements,
    upload_bank_file,
)
from billing.permissions import SEND_PAYOUTS, VIEW_FINANCE
from billing.selectors.bank_lines import (
    get_bank_file,
    list_bank_files,
    list_lines_of_file,
)

SHOWN_LINES = 200


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
