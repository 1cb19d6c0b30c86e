"""The merchant's imports: send a file, map it, look at what it would change, apply it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.pages import FormPage, PortalPage
from mas.selectors.merchants import find_merchant_by_id
from pim.imports.forms import UploadFeedForm
from pim.imports.pages import (
    FILE,
    ApplyImport,
    CancelImport,
    CheckImport,
    FailedRows,
    ImportDetail,
    ImportIndex,
    ImportPage,
    ImportProgress,
    MapImport,
    UndoImport,
    steps_at,
)
from pim.imports.runs import check_import, receive_import
from pim.imports.tables import ImportTable
from pim.imports.templates import list_families, template_csv, template_xlsx
from pim.models import FeedFormat


class ImportListView(PortalPage, ImportIndex):
    table_class = ImportTable
    empty_text = gettext_lazy(
        "Send a file with your products, prices or stock; you see what it would change first."
    )

    def get_main_action(self) -> tuple[Any, str] | None:
        return _("Import products"), self.url("upload")


class UploadImportView(PortalPage, ImportPage, FormPage):
    title = gettext_lazy("Import products")
    template_name = "pim/imports/upload.html"
    form_class = UploadFeedForm
    submit_label = gettext_lazy("Send file")
    _target = ""

    def perform(self, form: Any) -> None:
        merchant_id = self.merchant_id or 0
        merchant = find_merchant_by_id(merchant_id)
        file = form.cleaned_data["file"]
        run = receive_import(
            file.chunks(),
            filename=file.name or "",
            merchant_id=merchant_id,
            currency=merchant.currency if merchant else "",
            actor=self.actor,
        )
        if run.format == FeedFormat.CUSTOM and run.profile is None:
            self._target = self.url("mapping", run.ref)
        else:
            check_import(run.ref, actor=self.actor)
            self._target = self.url("detail", run.ref)

    def get_success_url(self) -> str:
        return self._target

    def get_cancel_url(self) -> str:
        return self.url("list")

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        templates = [
            (
                family.names.get("en", family.code),
                *(self.url("template", family.code, kind) for kind in ("xlsx", "csv")),
            )
            for family in list_families()
        ]
        return super().get_context_data(templates=templates, steps=steps_at(FILE), **extra)


class ImportTemplateView(PortalPage, ImportPage):
    """Our table for one family, to fill in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        merchant = find_merchant_by_id(self.merchant_id or 0)
        currency = merchant.currency if merchant else "EUR"
        family, kind = kwargs["family"], kwargs["kind"]
        make, mime = {
            "csv": (template_csv, "text/csv"),
            "xlsx": (template_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        }[kind]
        response = HttpResponse(make(family, currency), content_type=mime)
        response["Content-Disposition"] = f'attachment; filename="products-{family}.{kind}"'
        return response


class ImportDetailView(PortalPage, ImportDetail):
    pass


class ImportProgressView(PortalPage, ImportProgress):
    pass


class MapImportView(PortalPage, MapImport):
    pass


class CheckImportView(PortalPage, CheckImport):
    pass


class ApplyImportView(PortalPage, ApplyImport):
    pass


class CancelImportView(PortalPage, CancelImport):
    pass


class UndoImportView(PortalPage, UndoImport):
    pass


class FailedRowsView(PortalPage, FailedRows):
    pass
