"""Papers of merchants: what waits for a look, what runs out, deciding."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.filters import FilterSet, ModelChoiceFilter, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import ActionPage, BulkAction, ConsolePage, FormPage, IndexPage, Page, Tab
from backoffice.ui.tables import Column, Table
from dam.operations.links import sign_file_link
from mas.console.pages import ReasonForm
from mas.models import DocumentState, MerchantDocument
from mas.operations.documents import accept_document, reject_document
from mas.permissions import REVIEW_MERCHANT, VIEW_MERCHANTS
from mas.selectors.documents import (
    get_document,
    list_documents,
    list_expiring_documents,
    list_pending_documents,
)
from mas.selectors.onboarding import list_document_types


class DocumentFilter(FilterSet):
    q = SearchFilter(
        fields=["merchant__name__icontains", "filename__icontains"], label=gettext_lazy("Merchant or file")
    )
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=DocumentState.choices)
    document_type = ModelChoiceFilter(
        label=gettext_lazy("Document"), queryset=lambda request: list_document_types()
    )


class DocumentTable(Table):
    columns = (
        Column(
            "merchant.name",
            gettext_lazy("Merchant"),
            sort="merchant__name",
            url=lambda row: reverse("console:mas-merchant-detail", args=[row.merchant.ref]),
        ),
        Column("document_type.name", gettext_lazy("Document"), sort="document_type__name"),
        Column(
            "filename",
            gettext_lazy("File"),
            url=lambda row: reverse("console:mas-document-file", args=[row.ref]),
            priority=2,
        ),
        Column("expires_on", gettext_lazy("Valid until"), kind="date", sort=True, priority=2),
        Column("uploaded_at", gettext_lazy("Uploaded"), kind="when", sort=True, priority=3),
        Column("state", gettext_lazy("State"), kind="badge", states="mas.Document", sort=True),
    )
    default_sort = "-uploaded_at"
    key = "ref"


class DocumentListView(ConsolePage, IndexPage):
    grant = VIEW_MERCHANTS
    title = gettext_lazy("Documents")
    table_class = DocumentTable
    filter_class = DocumentFilter
    empty_title = gettext_lazy("No documents yet")
    empty_text = gettext_lazy("What merchants upload during their registration and later appears here.")
    empty_icon = "file"
    bulk_actions = (
        BulkAction("accept", gettext_lazy("Accept"), "accept_rows", icon="check", grant=REVIEW_MERCHANT),
    )

    def get_rows(self) -> Any:
        if self.request.GET.get("view") == "expiring":
            return list_expiring_documents(self.actor)
        return list_documents(self.actor)

    def get_tabs(self) -> list[Tab]:
        return [
            Tab(_("All")),
            Tab(_("To review"), "state=pending", list_pending_documents(self.actor)),
            Tab(_("Expiring"), "view=expiring", list_expiring_documents(self.actor)),
        ]

    def accept_rows(self, rows: Any) -> str:
        accepted = [
            accept_document(document.ref, actor=self.actor)
            for document in rows
            if document.state == DocumentState.PENDING
        ]
        return _("%(count)d documents accepted.") % {"count": len(accepted)}


class DocumentPage(ConsolePage):
    """A page about one paper that leads back to its merchant."""

    grant = REVIEW_MERCHANT
    _document: MerchantDocument | None = None

    @property
    def document(self) -> MerchantDocument:
        if self._document is None:
            self._document = get_document(self.kwargs["ref"], actor=self.actor)
        return self._document

    def get_success_url(self) -> str:
        return reverse("console:mas-merchant-detail", args=[self.document.merchant.ref])


class AcceptDocumentView(DocumentPage, ActionPage):
    success_message = gettext_lazy("The document is accepted.")

    def perform(self) -> None:
        accept_document(self.document.ref, actor=self.actor)


class RejectDocumentView(DocumentPage, FormPage):
    form_class = ReasonForm
    submit_label = gettext_lazy("Reject document")
    success_message = gettext_lazy("The merchant got your reason and is asked for a new document.")

    def get_title(self) -> str:
        return _("Reject “%(document)s”") % {"document": self.document.document_type.name}

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Merchants"), reverse("console:mas-merchant-list")),
            (self.document.merchant.name, self.get_success_url()),
        ]

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: Any) -> None:
        reject_document(self.document.ref, actor=self.actor, reason=form.cleaned_data["reason"])


class DocumentFileView(DocumentPage, Page):
    """Sends the reviewer on to a short-lived link of the file."""

    grant = VIEW_MERCHANTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.redirect(sign_file_link(self.document.asset_uuid, actor=self.actor))
