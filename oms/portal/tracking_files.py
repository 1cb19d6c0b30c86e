"""Shipping many orders by a file of tracking numbers, with a result per row."""

import csv
import io
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.jobs import get_job
from backoffice.ui.exports import neutral
from backoffice.ui.filters import FilterSet, MultipleChoiceFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import FormPage, IndexPage, Page, PortalPage, Tab
from backoffice.ui.tables import Column, Table
from oms.imports.tracking import TEMPLATE, read_tracking_file
from oms.models import TrackingFile, TrackingRow, TrackingRowState
from oms.permissions import SHIP_ORDERS
from oms.selectors.shipments import list_offered_carriers
from oms.selectors.tracking_files import count_rows, get_tracking_file, list_rows


class TrackingFileForm(Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or XLSX with the columns order, carrier and tracking_number; at most 5,000 rows."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )


class TrackingUploadView(PortalPage, FormPage):
    grant = SHIP_ORDERS
    title = gettext_lazy("Ship by file")
    intro = gettext_lazy("Each row ships one order. The same file twice changes nothing.")
    template_name = "oms/portal/tracking_upload.html"
    form_class = TrackingFileForm
    submit_label = gettext_lazy("Ship these orders")
    _ref = ""

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Orders"), reverse("portal:oms-order-list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(carriers=list_offered_carriers(), **kwargs)

    def perform(self, form: Any) -> None:
        file = form.cleaned_data["file"]
        made = read_tracking_file(file.read(), file.name, merchant_id=self.merchant_id or 0, actor=self.actor)
        self._ref = made.ref

    def get_success_url(self) -> str:
        return reverse("portal:oms-tracking-detail", args=[self._ref])

    def get_cancel_url(self) -> str:
        return reverse("portal:oms-order-list")


class TrackingTemplateView(PortalPage, Page):
    """An empty file with the columns that are understood."""

    grant = SHIP_ORDERS

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _csv([list(TEMPLATE)], "tracking-numbers.csv")


class RowTable(Table):
    columns = (
        Column("number", gettext_lazy("Row"), kind="count", sort=True),
        Column("order_ref", gettext_lazy("Order"), kind="ref"),
        Column("state", gettext_lazy("Result"), kind="badge", states="oms.TrackingRow", sort=True),
        Column("message", gettext_lazy("What is wrong")),
    )
    key = "number"
    default_sort = "number"

    def row_url(self, record: TrackingRow) -> str:
        is_found = record.state in {TrackingRowState.SHIPPED, TrackingRowState.KNOWN}
        return reverse("portal:oms-order-detail", args=[record.order_ref]) if is_found else ""


class RowFilter(FilterSet):
    state = MultipleChoiceFilter(label=gettext_lazy("Result"), choices=TrackingRowState.choices)


class TrackingDetailView(PortalPage, IndexPage):
    grant = SHIP_ORDERS
    template_name = "oms/portal/tracking_file.html"
    table_class = RowTable
    filter_class = RowFilter
    empty_title = gettext_lazy("No rows here")

    @cached_property
    def file(self) -> TrackingFile:
        return get_tracking_file(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return self.file.filename

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Orders"), reverse("portal:oms-order-list")),
            (_("Ship by file"), reverse("portal:oms-tracking-upload")),
        ]

    def get_rows(self) -> QuerySet[TrackingRow]:
        return list_rows(self.file)

    def get_tabs(self) -> list[Tab]:
        counts = count_rows(self.file)
        return [
            Tab(_("All"), "", sum(counts.values())),
            *(
                Tab(label, f"state={code}", counts.get(code, 0))
                for code, label in TrackingRowState.choices
                if counts.get(code)
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_running = self.file.finished_at is None
        return super().get_context_data(
            file=self.file,
            job=get_job(self.file.job_ref, actor=self.actor) if is_running else None,
            failed=count_rows(self.file).get(TrackingRowState.FAILED, 0),
            **kwargs,
        )


class TrackingFailedView(PortalPage, Page):
    """The rows that failed as they came, with one more column that says why: correct it and send it again."""

    grant = SHIP_ORDERS

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        file = get_tracking_file(self.kwargs["ref"], actor=self.actor)
        failed = list_rows(file).filter(state=TrackingRowState.FAILED)
        rows = [[*row.cells, row.message] for row in failed.iterator(chunk_size=1000)]
        return _csv([[*file.header, _("error")], *rows], f"failed-{file.ref}.csv")


def _csv(rows: list[list[str]], name: str) -> HttpResponse:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[neutral(cell) for cell in row] for row in rows])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
