"""The operator's delivery grid and stock."""

from typing import ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from backoffice.ui.pages import ConsolePage, IndexPage
from backoffice.ui.tables import Column
from oms.models import StockItem
from oms.permissions import VIEW_STOCK
from oms.portal import delivery, pickup_points
from oms.portal.stock import StockFilter, StockTable
from oms.selectors.stock import list_stock_items


class OperatorGrid(ConsolePage):
    """Prices that hold for every merchant without zones of its own."""

    namespace = "console"


class DeliveryListView(OperatorGrid, delivery.DeliveryListAct):
    title = gettext_lazy("Delivery prices")
    intro = gettext_lazy("They hold for every merchant without delivery zones of its own.")


class ZoneCreateView(OperatorGrid, delivery.ZoneCreateAct):
    pass


class ZoneEditView(OperatorGrid, delivery.ZoneEditAct):
    pass


class ZoneDeleteView(OperatorGrid, delivery.ZoneDeleteAct):
    pass


class MethodCreateView(OperatorGrid, delivery.MethodCreateAct):
    pass


class MethodEditView(OperatorGrid, delivery.MethodEditAct):
    pass


class MethodDeleteView(OperatorGrid, delivery.MethodDeleteAct):
    pass


class PointCreateView(OperatorGrid, pickup_points.PointCreateAct):
    pass


class PointEditView(OperatorGrid, pickup_points.PointEditAct):
    pass


class PointDeleteView(OperatorGrid, pickup_points.PointDeleteAct):
    pass


class ConsoleStockTable(StockTable):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("offer.merchant_sku", gettext_lazy("SKU"), sort="offer__merchant_sku"),
        Column("offer.card.title", gettext_lazy("Article"), priority=2),
        Column("merchant.name", gettext_lazy("Merchant"), sort="merchant__name"),
        Column("location.name", gettext_lazy("Place"), priority=3),
        Column("place_on_hand", gettext_lazy("On hand"), kind="count", sort=True),
        Column("place_reserved", gettext_lazy("Promised"), kind="count", sort=True),
        Column("place_available", gettext_lazy("For sale"), kind="count"),
    )

    def row_url(self, record: StockItem) -> str:
        return ""


class StockListView(ConsolePage, IndexPage):
    grant = VIEW_STOCK
    title = gettext_lazy("Stock")
    table_class = ConsoleStockTable
    filter_class = StockFilter
    empty_title = gettext_lazy("No stock yet")
    empty_text = gettext_lazy("Stock appears here as soon as merchants state quantities for their offers.")
    empty_icon = "box"

    def get_rows(self) -> QuerySet[StockItem]:
        return list_stock_items(self.actor).select_related("merchant")
