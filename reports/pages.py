"""The shape of a report page: filter bar, one chart, one table, and the total both must equal."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui import formats
from backoffice.ui.charts import Chart, Series
from backoffice.ui.filters import FilterSet
from backoffice.ui.pages import IndexPage
from backoffice.ui.tables import Table
from reports.filters import ReportFilter, bind
from reports.selectors.sales import SalesFigure, Scope, list_sold_lines, total_sales
from reports.tables import LineTable

CHART_POINTS = 12


class ReportPage(IndexPage):
    """Figures of one scope; subclasses say which and where a row leads."""

    template_name = "reports/report.html"
    report_filter: ClassVar[type[ReportFilter]] = ReportFilter
    drill_name: ClassVar[str] = ""

    @cached_property
    def bar(self) -> ReportFilter:
        return bind(self.report_filter, self.request)

    @property
    def filterset(self) -> FilterSet | None:
        return self.bar

    @cached_property
    def scope(self) -> Scope:
        fixed = {"merchant_id": self.merchant_id} if self.merchant_id is not None else {}
        return self.bar.scope(**fixed)

    def list_figures(self) -> Sequence[Any]:
        return ()

    @cached_property
    def figures(self) -> list[Any]:
        return list(self.list_figures())

    def get_filtered_rows(self) -> Any:
        return self.figures

    def get_rows(self) -> Any:
        return self.figures

    def get_table(self) -> Table:
        table = super().get_table()
        table.drill_url = self.get_drill_url()  # type: ignore[attr-defined]
        return table

    def get_drill_url(self) -> str:
        return ""

    def get_chart(self) -> Chart | None:
        return None

    def get_facts(self) -> list[tuple[str, int, str]]:
        """(label, minor units, currency) of the totals above the chart."""
        return []

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        table = extra.pop("table", None) or self.get_table()
        return super().get_context_data(
            table=table, chart=self.get_chart(), totals=self.get_facts(), scope=self.scope, **extra
        )


class SalesReportPage(ReportPage):
    """Sales figures with their total over the same lines."""

    chart_kind: ClassVar[str] = "bar"

    def get_facts(self) -> list[tuple[str, int, str]]:
        total = total_sales(self.actor, self.scope)
        return [
            (_("Sold"), total.sold_minor, total.currency),
            (_("Withdrawn"), total.withdrawn_minor, total.currency),
            (_("Refunded"), total.refunded_minor, total.currency),
            (_("Net"), total.net_minor, total.currency),
        ]

    def get_chart(self) -> Chart | None:
        return sales_chart(self.get_title(), self.figures[:CHART_POINTS], self.scope, self.chart_kind)


class LineReportPage(SalesReportPage):
    """The order lines behind a figure; their sum is the figure."""

    title = gettext_lazy("Order lines")
    table_class = LineTable

    def get_filtered_rows(self) -> Any:
        lines = list_sold_lines(self.actor, self.scope).select_related("merchant_order__order")
        return lines.order_by("-merchant_order__order__placed_at", "pk")

    def get_chart(self) -> Chart | None:
        return None


def axis_label(figure: Any) -> str:
    """What stands below a point: days in the reader's words, names as they are."""
    return formats.axis_day(figure.key) if isinstance(figure.key, date) else str(figure.label)


def sales_chart(title: str, figures: list[SalesFigure], scope: Scope, kind: str) -> Chart | None:
    """Net sales per figure; None when there is nothing to draw."""
    if not figures:
        return None
    return Chart(
        title=title,
        labels=[axis_label(figure) or _("Without category") for figure in figures],
        series=[Series(_("Net sales"), [figure.net_minor for figure in figures], currency=scope.currency)],
        kind=kind,
    )
