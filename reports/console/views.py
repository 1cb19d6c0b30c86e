"""Reports for operators: sales, income and balances, each number leading to the rows behind it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.charts import Chart, Series
from backoffice.ui.pages import ConsolePage
from reports import tables
from reports.filters import OperatorReportFilter
from reports.pages import CHART_POINTS, LineReportPage, ReportPage, SalesReportPage, axis_label, sales_chart
from reports.permissions import VIEW_FINANCE_REPORTS, VIEW_REPORTS
from reports.selectors import balances, income, sales


class ConsoleSales(ConsolePage, SalesReportPage):
    grant = VIEW_REPORTS
    by_place = True
    report_filter = OperatorReportFilter

    def get_drill_url(self) -> str:
        return reverse("console:reports-line-list")


class SalesByDayView(ConsoleSales):
    title = gettext_lazy("Sales by day")
    table_class = tables.DayTable

    def list_figures(self) -> list[sales.SalesFigure]:
        return sales.sales_by_day(self.actor, self.scope)

    def get_chart(self) -> Chart | None:
        return sales_chart(self.get_title(), self.figures, self.scope, "line")


class SalesByMerchantView(ConsoleSales):
    title = gettext_lazy("Sales by merchant")
    table_class = tables.MerchantTable

    def list_figures(self) -> list[sales.SalesFigure]:
        return sales.sales_by_merchant(self.actor, self.scope)


class SalesByCategoryView(ConsoleSales):
    title = gettext_lazy("Sales by category")
    table_class = tables.CategoryTable

    def list_figures(self) -> list[sales.SalesFigure]:
        return sales.sales_by_category(self.actor, self.scope)


class SalesByStoreViewView(ConsoleSales):
    title = gettext_lazy("Sales by store view")
    table_class = tables.ViewTable

    def list_figures(self) -> list[sales.SalesFigure]:
        return sales.sales_by_view(self.actor, self.scope)


class LineListView(ConsolePage, LineReportPage):
    grant = VIEW_REPORTS
    by_place = True
    report_filter = OperatorReportFilter


class IncomePage(ConsolePage, ReportPage):
    grant = VIEW_FINANCE_REPORTS
    report_filter = OperatorReportFilter

    def get_drill_url(self) -> str:
        return reverse("console:reports-posting-list")

    def get_facts(self) -> list[tuple[str, int, str]]:
        return [
            (_("Charged"), sum(figure.charged_minor for figure in self.figures), self.scope.currency),
            (_("Given back"), sum(figure.returned_minor for figure in self.figures), self.scope.currency),
            (_("Net income"), sum(figure.net_minor for figure in self.figures), self.scope.currency),
        ]

    def draw(self, figures: list[income.IncomeFigure], kind: str) -> Chart | None:
        if not figures:
            return None
        return Chart(
            title=self.get_title(),
            labels=[axis_label(figure) or _("No order") for figure in figures],
            series=[Series(_("Net income"), [f.net_minor for f in figures], currency=self.scope.currency)],
            kind=kind,
        )


class IncomeByDayView(IncomePage):
    title = gettext_lazy("Commission income by day")
    table_class = tables.IncomeDayTable

    def list_figures(self) -> list[income.IncomeFigure]:
        return income.income_by_day(self.actor, self.scope)

    def get_chart(self) -> Chart | None:
        return self.draw(self.figures, "line")


class IncomeByMerchantView(IncomePage):
    title = gettext_lazy("Commission income by merchant")
    table_class = tables.IncomeMerchantTable

    def list_figures(self) -> list[income.IncomeFigure]:
        return income.income_by_merchant(self.actor, self.scope)

    def get_chart(self) -> Chart | None:
        return self.draw(self.figures[:CHART_POINTS], "bar")


class PostingListView(IncomePage):
    """The ledger lines behind an income figure."""

    title = gettext_lazy("Income postings")
    table_class = tables.PostingTable

    def get_filtered_rows(self) -> Any:
        return income.list_income_postings(self.actor, self.scope).select_related("entry", "account")

    def get_facts(self) -> list[tuple[str, int, str]]:
        figures = income.income_by_day(self.actor, self.scope)
        return [(_("Net income"), sum(figure.net_minor for figure in figures), self.scope.currency)]


class BalanceListView(ConsolePage, ReportPage):
    grant = VIEW_FINANCE_REPORTS
    title = gettext_lazy("Merchant balances")
    intro = gettext_lazy("What the marketplace owes its merchants now, from the ledger.")
    table_class = tables.BalanceTable
    template_name = "ui/index.html"

    @property
    def filterset(self) -> None:
        return None

    def list_figures(self) -> list[balances.MerchantBalance]:
        return balances.list_merchant_balances(self.actor)

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        return super(ReportPage, self).get_context_data(**extra)
