"""Pages over imports; portal and console mix them with their base."""

from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel import audit
from backoffice.kernel.errors import DomainError, NotFound
from backoffice.kernel.jobs import get_job
from backoffice.ui.badges import badge
from backoffice.ui.pages import ActionPage, DetailPage, FormPage, IndexPage, Page, Tab
from backoffice.ui.steps import Step, mark_steps
from dam.storage import local_copy
from pim.imports.access import get_import, list_imports, list_rows
from pim.imports.formats.reading import iterate_rows
from pim.imports.forms import MappingForm, initial_of
from pim.imports.mapping.definition import Definition
from pim.imports.report import iterate_failed_csv, write_failed_xlsx
from pim.imports.runs import OPEN_STATES, apply_import, cancel_import, check_import, dialect_of, map_import
from pim.imports.tables import ImportFilter, RowFilter, RowTable, outcome_tabs
from pim.imports.undo import undo_import
from pim.models import FeedFormat, ImportRun, ImportState, RowOutcome
from pim.permissions import IMPORT_PRODUCTS

VERBS = ("mapping", "check", "apply", "cancel", "undo", "failed", "progress")
MAPPABLE = (ImportState.RECEIVED, ImportState.PREVIEWED, ImportState.FAILED)
APPLICABLE = (ImportState.PREVIEWED, ImportState.CANCELLED)
STEPS = (
    gettext_lazy("Choose a file"),
    gettext_lazy("Name the columns"),
    gettext_lazy("Check"),
    gettext_lazy("Apply"),
)
FILE, COLUMNS, CHECK, APPLY = range(len(STEPS))
STEP_OF = {
    ImportState.RECEIVED: COLUMNS,
    ImportState.CHECKING: CHECK,
    ImportState.PREVIEWED: APPLY,
    ImportState.APPLYING: APPLY,
    ImportState.DONE: len(STEPS),
}


def steps_at(step: int | None) -> list[Step]:
    """The rail of the import's pages; nothing where an import has left the way."""
    return [] if step is None else mark_steps(STEPS, step)


class ImportPage(Page):
    """What all import pages share: the run, and addresses under their own audience."""

    grant = IMPORT_PRODUCTS

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.audience}:pim-import-{name}", args=args)

    @cached_property
    def run(self) -> ImportRun:
        """The import of this page, read once per request."""
        return get_import(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        crumbs = [(_("Imports"), self.url("list"))]
        if "ref" in self.kwargs and not isinstance(self, ImportDetail):
            crumbs.append((self.run.filename, self.url("detail", self.run.ref)))
        return crumbs


class ImportIndex(ImportPage, IndexPage):
    title = gettext_lazy("Imports")
    filter_class = ImportFilter
    empty_icon = "upload"
    empty_title = gettext_lazy("No imports yet")
    empty_text = gettext_lazy(
        "Files with products, prices or stock appear here with what became of each row."
    )

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return []

    def get_rows(self) -> Any:
        return list_imports(self.actor)


class ImportDetail(ImportPage, IndexPage):
    """One import: progress, counts, what each row changes, and what can be done now."""

    template_name = "pim/imports/detail.html"
    table_class = RowTable
    filter_class = RowFilter
    empty_title = gettext_lazy("No rows are checked yet")
    empty_text = gettext_lazy("Rows appear here as they are read.")

    def get_title(self) -> str:
        return self.run.filename

    def get_rows(self) -> Any:
        return list_rows(self.run)

    def get_tabs(self) -> list[Tab]:
        counts = self.run.counts or self.run.preview_counts
        return [Tab(label, query, count) for label, query, count in outcome_tabs(counts)] if counts else []

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        run, ref = self.run, self.run.ref
        counts = run.counts or run.preview_counts
        return super().get_context_data(
            run=run,
            job=self.get_job(),
            counts=counts,
            header_badge=badge(run.state, "pim.ImportRun"),
            urls={
                name: self.url(name, ref)
                for name in ("mapping", "check", "apply", "cancel", "undo", "failed", "progress")
            },
            can_map=run.state in MAPPABLE,
            can_check=run.state in OPEN_STATES,
            can_apply=run.state in APPLICABLE and bool(run.preview_counts) and not self.is_unusable(counts),
            steps=steps_at(CHECK if self.is_unusable(counts) else STEP_OF.get(ImportState(run.state))),
            nothing_to_do=bool(counts) and not counts.get("new") and not counts.get("changed"),
            nothing_usable=self.is_unusable(counts),
            timeline=audit.list_entries(run)[:20],
            **extra,
        )

    def is_unusable(self, counts: dict[str, int]) -> bool:
        """Whether every row that was read failed."""
        return bool(counts.get("failed")) and not any(
            number
            for outcome, number in counts.items()
            if outcome in RowOutcome.values and outcome != "failed"
        )

    def get_job(self) -> Any:
        try:
            return get_job(self.run.job_ref, actor=self.actor) if self.run.job_ref else None
        except NotFound:
            return None


class ImportProgress(ImportPage, DetailPage):
    """The progress of the running job; when it has ended the page is loaded anew."""

    template_name = "pim/imports/progress.html"

    def get_object(self) -> Any:
        return get_job(self.run.job_ref, actor=self.actor)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = self.render(job=self.object, job_url=request.path)
        if self.object.is_finished and self.is_htmx:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return response


class MapImport(ImportPage, FormPage):
    """How the columns are read; proposed by their names, remembered for the next file."""

    title = gettext_lazy("How to read the file")
    template_name = "pim/imports/mapping.html"
    form_class = MappingForm
    submit_label = gettext_lazy("Check the file")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"header": self.run.header, "is_shopify": self.run.format == FeedFormat.SHOPIFY}

    def get_initial(self) -> dict[str, Any]:
        initial = initial_of(Definition.from_json(self.run.definition), self.run.header)
        return initial | (
            {"save_as": self.run.profile.name} if self.run.profile and self.run.profile.merchant_id else {}
        )

    def perform(self, form: MappingForm) -> None:
        map_import(
            self.run.ref, form.get_definition(), save_as=form.cleaned_data["save_as"], actor=self.actor
        )
        check_import(self.run.ref, actor=self.actor)

    def get_success_url(self) -> str:
        return self.url("detail", self.run.ref)

    def get_cancel_url(self) -> str:
        return self.url("detail", self.run.ref)

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        context = super().get_context_data(run=self.run, steps=steps_at(COLUMNS), **extra)
        context["column_fields"] = context["form"].column_fields(self.get_examples())
        return context

    def get_examples(self) -> dict[str, list[str]]:
        """The first cells of each column that are not empty."""
        found: dict[str, list[str]] = {name: [] for name in self.run.header}
        try:
            with local_copy(storages["private"], self.run.stored_as) as path:
                rows = iterate_rows(Path(path), dialect_of(self.run), len(self.run.header))
                for _number, cells in islice(rows, 20):
                    for name, cell in zip(self.run.header, cells, strict=True):
                        if cell.strip() and len(found[name]) < 3 and cell not in found[name]:
                            found[name].append(cell[:60])
        except (DomainError, OSError):
            return {}
        return found


class RunAction(ImportPage, ActionPage):
    """One verb on an import, then back to it."""

    def get_success_url(self) -> str:
        return self.url("detail", self.kwargs["ref"])


class CheckImport(RunAction):
    def perform(self) -> None:
        check_import(self.kwargs["ref"], actor=self.actor)


class ApplyImport(RunAction):
    def perform(self) -> None:
        apply_import(self.kwargs["ref"], actor=self.actor)


class CancelImport(RunAction):
    success_message = gettext_lazy("The import stops after the rows it is working on.")

    def perform(self) -> None:
        cancel_import(self.kwargs["ref"], actor=self.actor)


class UndoImport(RunAction):
    title = gettext_lazy("Undo import")
    confirm = gettext_lazy(
        "Values, prices and products of this import go back to what they were. What somebody changed since stays."
    )
    confirm_button = gettext_lazy("Undo import")

    def perform(self) -> None:
        undo_import(self.kwargs["ref"], actor=self.actor)


class FailedRows(ImportPage):
    """The failed rows as a file of the kind that was sent."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        run = self.run
        stem = run.filename.rpartition(".")[0] or run.filename
        if run.dialect.get("kind") == "xlsx":
            return FileResponse(write_failed_xlsx(run), as_attachment=True, filename=f"{stem}-failed.xlsx")
        response = StreamingHttpResponse(iterate_failed_csv(run), content_type="text/csv")
        response["Content-Disposition"] = (
            content_disposition_header(True, f"{stem}-failed.csv") or "attachment"
        )
        return response
