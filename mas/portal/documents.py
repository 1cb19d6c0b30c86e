"""Papers the merchant keeps with the marketplace."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.pages import FormPage, Page
from dam.operations.links import sign_file_link
from mas.models import DocumentState, DocumentType
from mas.operations.documents import upload_document
from mas.permissions import UPLOAD_DOCUMENTS, VIEW_COMPANY
from mas.portal.checklist import read_upload
from mas.portal.forms import DocumentForm
from mas.portal.pages import OwnMerchantPage
from mas.selectors.documents import get_document, list_documents_of
from mas.selectors.onboarding import get_document_type, list_document_types


class DocumentListView(OwnMerchantPage, Page):
    """Every kind of paper with the current file, its state and what to do next."""

    grant = VIEW_COMPANY
    title = gettext_lazy("Documents")
    intro = gettext_lazy("Only the marketplace's reviewers and your own team can open these files.")
    template_name = "mas/portal/documents.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        documents = list(list_documents_of(self.merchant)[:200])
        rows = []
        for kind in list_document_types().filter(is_active=True):
            own = [document for document in documents if document.document_type_id == kind.pk]
            current = [document for document in own if document.state != DocumentState.REPLACED]
            rows.append((kind, current, [document for document in own if document not in current]))
        return super().get_context_data(
            rows=rows, can_upload=self.actor.can(UPLOAD_DOCUMENTS, merchant_id=self.merchant.pk), **kwargs
        )


class UploadDocumentView(OwnMerchantPage, FormPage):
    grant = UPLOAD_DOCUMENTS
    form_class = DocumentForm
    submit_label = gettext_lazy("Upload document")
    success_message = gettext_lazy(
        "Thank you. We review the document and write to you if something is missing."
    )

    @property
    def document_type(self) -> DocumentType:
        return get_document_type(self.kwargs["code"])

    def get_title(self) -> str:
        return self.document_type.name

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"document_type": self.document_type}

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Documents"), self.get_success_url())]

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: Any) -> None:
        upload_document(
            self.merchant.ref, read_upload(self.kwargs["code"], form.cleaned_data), actor=self.actor
        )

    def get_success_url(self) -> str:
        return reverse("portal:mas-document-list")


class DocumentFileView(OwnMerchantPage, Page):
    """Sends the person on to a short-lived link of the file."""

    grant = VIEW_COMPANY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        document = get_document(self.kwargs["ref"], actor=self.actor)
        return self.redirect(sign_file_link(document.asset_uuid, actor=self.actor))
