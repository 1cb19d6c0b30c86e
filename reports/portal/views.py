"""Reports for a merchant: its own sales only."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from backoffice.ui.charts import Chart
from backoffice.ui.pages import PortalPage
from reports import tables
from reports.filters import MerchantReportFilter
from reports.pages import LineReportPage, SalesReportPage, sales_chart
from reports.permissions import VIEW_OWN_REPORTS
from reports.selectors import sales


class PortalSales(PortalPage, SalesReportPage):
    grant = VIEW_OWN_REPORTS
    report_filter = MerchantReportFilter

    def get_drill_url(self) -> str:
        return reverse("portal:reports-line-list")


class SalesByDayView(PortalSales):
    title = gettext_lazy("Sales by day")
    table_class = tables.DayTable

    def list_figures(self) -> list[sales.SalesFigure]:
        return sales.sales_by_day(self.actor, self.scope)

    def get_chart(self) -> Chart | None:
        return sales_chart(self.get_title(), self.figures, self.scope, "line")


class SalesByCategoryView(PortalSales):
    title = gettext_lazy("Sales by category")
    table_class = tables.CategoryTable

    def list_figures(self) -> list[sales.SalesFigure]:
        return sales.sales_by_category(self.actor, self.scope)


class SalesByProductView(PortalSales):
    title = gettext_lazy("Sales by product")
    table_class = tables.CardTable

    def list_figures(self) -> list[sales.SalesFigure]:
        return sales.sales_by_card(self.actor, self.scope)

    def get_drill_url(self) -> str:
        return ""


class LineListView(PortalPage, LineReportPage):
    grant = VIEW_OWN_REPORTS
    report_filter = MerchantReportFilter
