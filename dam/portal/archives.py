"""ZIP uploads of a merchant and their reports."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.errors import NotFound
from backoffice.kernel.jobs import get_job
from backoffice.ui.columns import Column
from backoffice.ui.filters import FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.pages import DetailPage, FormPage, IndexPage, PortalPage
from backoffice.ui.tables import Table
from dam.browsing.forms import ArchiveForm
from dam.browsing.pages import AssetPage
from dam.models import Archive
from dam.operations.archives import store_zip
from dam.permissions import MANAGE_ASSETS
from dam.selectors.archives import get_archive, list_archives, list_entries
from dam.selectors.assets import info_of


class ArchivePage(AssetPage):
    grant = MANAGE_ASSETS
    list_label = _("Media")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_breadcrumbs(), (_("ZIP uploads"), self.url("archive-list"))]


class ArchiveTable(Table):
    columns = (
        Column("filename", _("File"), link=True, sort=True),
        Column("created_at", _("Uploaded"), kind="when", sort="id"),
        Column("created_by_label", _("By")),
        Column("stored_count", _("Stored"), kind="count", sort=True),
        Column("refused_count", _("Refused"), kind="count", sort=True),
    )
    default_sort = "-created_at"

    def row_url(self, record: Archive) -> str:
        return reverse("portal:dam-archive-detail", args=[record.ref])


class ArchiveListView(PortalPage, ArchivePage, IndexPage):
    title = _("ZIP uploads")
    table_class = ArchiveTable
    empty_icon = "upload"
    empty_title = _("No ZIP uploads yet")
    empty_text = _("Send all pictures of your products at once: a ZIP whose files are named by SKU.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Media"), self.url("asset-list"))]

    def get_rows(self) -> Any:
        return list_archives(self.actor)

    def get_main_action(self) -> tuple[Any, str] | None:
        return _("Upload ZIP"), self.url("archive-upload")


class UploadArchiveView(PortalPage, ArchivePage, FormPage):
    title = _("Upload pictures as ZIP")
    form_class = ArchiveForm
    submit_label = _("Upload ZIP")
    _ref = ""

    def perform(self, form: Any) -> None:
        file = form.cleaned_data["file"]
        archive = store_zip(
            file.chunks(), filename=file.name or "", owner_merchant_id=self.merchant_id, actor=self.actor
        )
        self._ref = archive.ref

    def get_success_url(self) -> str:
        return self.url("archive-detail", self._ref)

    def get_cancel_url(self) -> str:
        return self.url("archive-list")


class EntryTable(Table):
    key = "number"
    columns = (
        Column("info", "", kind="thumbnail", export=False),
        Column("name", _("File"), link=True, sort=True),
        Column("sku", _("SKU"), sort=True),
        Column("position", _("Position"), kind="count"),
        Column("usage_count", _("Shown by products"), kind="count", sort=True),
        Column("error", _("What is wrong"), sort=True),
    )

    def row_url(self, record: Any) -> str:
        return reverse("portal:dam-asset-detail", args=[record.asset.uuid]) if record.asset else ""

    def prepare(self, records: list[Any]) -> list[Any]:
        for entry in records:
            entry.info = info_of(entry.asset) if entry.asset else None
        return records


class EntryFilter(FilterSet):
    q = SearchFilter(fields=["name__icontains", "sku__icontains"], label=_("File, SKU"))
    refused = YesNoFilter(label=_("Refused"), yes=~Q(error=""))
    linked = YesNoFilter(label=_("Shown by a product"), yes=Q(usage_count__gt=0))


class ArchiveDetailView(PortalPage, ArchivePage, IndexPage):
    """The report of one ZIP: what became of each file, and which SKU is not known (yet)."""

    template_name = "dam/archive_detail.html"
    table_class = EntryTable
    filter_class = EntryFilter
    empty_title = _("Nothing is unpacked yet")
    empty_text = _("Files appear here one after the other; you may close this page.")

    @property
    def archive(self) -> Archive:
        return get_archive(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return self.archive.filename

    def get_rows(self) -> Any:
        return list_entries(self.archive)

    def get_job(self) -> Any:
        try:
            return get_job(self.archive.job_ref, actor=self.actor)
        except NotFound:
            return None

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        job = self.get_job()
        return super().get_context_data(job=job, job_url=self.url("archive-job", self.kwargs["ref"]), **extra)


class ArchiveJobView(PortalPage, ArchivePage, DetailPage):
    """Progress of the unpacking, fetched again while it runs."""

    template_name = "dam/partials/archive_job.html"

    def get_object(self) -> Any:
        archive = get_archive(self.kwargs["ref"], actor=self.actor)
        return get_job(archive.job_ref, actor=self.actor)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render(job=self.object, job_url=request.path)
