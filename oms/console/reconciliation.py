"""The reconciler: reports of stock counters that differ from the rows behind them, and their repair; hot articles."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui import formats
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, IndexPage
from backoffice.ui.tables import Column, Table
from oms.models import StockHeat, StockReconciliation
from oms.operations.reconciliation import request_reconciliation
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from oms.selectors.stock_work import get_reconciliation, list_reconciliations, list_spread_stock


class ReconciliationTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("ref", gettext_lazy("Report"), kind="ref", link=True),
        Column("at", gettext_lazy("When"), kind="when", sort=True),
        Column("checked", gettext_lazy("Rows compared"), kind="count"),
        Column("found", gettext_lazy("Differences"), kind="count"),
        Column("repaired", gettext_lazy("Repaired"), kind="bool"),
        Column("actor_label", gettext_lazy("By"), priority=2),
    )
    default_sort = "-at"

    def row_url(self, record: StockReconciliation) -> str:
        return reverse("console:oms-reconciliation-detail", args=[record.ref])


class ReconciliationListView(ConsolePage, IndexPage):
    grant = VIEW_STOCK
    template_name = "oms/console/reconciliations.html"
    title = gettext_lazy("Stock reconciliation")
    intro = gettext_lazy(
        "Counters compared with reservations and movements: every night, and whenever you ask."
    )
    table_class = ReconciliationTable
    empty_title = gettext_lazy("Not compared yet")
    empty_text = gettext_lazy("The first report appears tonight, or as soon as you compare now.")
    empty_icon = "check-square"

    def get_rows(self) -> QuerySet[StockReconciliation]:
        return list_reconciliations()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(can_manage=self.actor.can(MANAGE_STOCK), **kwargs)


class ReconciliationDetailView(ConsolePage, DetailPage):
    grant = VIEW_STOCK
    template_name = "oms/console/reconciliation.html"
    object_name = "report"

    def get_object(self) -> StockReconciliation:
        return get_reconciliation(self.kwargs["ref"])

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Stock reconciliation"), reverse("console:oms-reconciliation-list"))]

    def get_facts(self) -> list[Fact]:
        report = self.object
        return [
            Fact(_("When"), formats.when(report.at)),
            Fact(_("By"), report.actor_label),
            Fact(_("Rows compared"), formats.number(report.checked)),
            Fact(_("Differences"), formats.number(report.found)),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_repair = self.actor.can(MANAGE_STOCK) and self.object.found and not self.object.repaired
        return super().get_context_data(can_repair=can_repair, **kwargs)


class ReconcileView(ConsolePage, ActionPage):
    grant = MANAGE_STOCK
    success_message = gettext_lazy("A worker compares the stock now; the report appears here in a moment.")
    repair = False

    def perform(self) -> None:
        request_reconciliation(repair=self.repair, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:oms-reconciliation-list")


class HotStockTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("offer.merchant_sku", gettext_lazy("SKU")),
        Column("location.name", gettext_lazy("Place")),
        Column("slots", gettext_lazy("Rows"), kind="count", sort=True),
        Column("waits", gettext_lazy("Waits"), kind="count", sort=True),
        Column("waited_ms", gettext_lazy("Waited (ms)"), kind="count", sort=True),
        Column("last_wait_at", gettext_lazy("Last wait"), kind="when", sort=True),
    )
    default_sort = ""


class HotStockListView(ConsolePage, IndexPage):
    grant = VIEW_STOCK
    title = gettext_lazy("Hot articles")
    intro = gettext_lazy(
        "Where buyers waited for each other. Such stock is spread over several rows and merged back by itself."
    )
    table_class = HotStockTable
    empty_title = gettext_lazy("Nobody waits")
    empty_text = gettext_lazy("Articles appear here when many buyers want the same one at the same moment.")
    empty_icon = "check"

    def get_rows(self) -> QuerySet[StockHeat]:
        return list_spread_stock()
