"""The operator's delivery grid, time limits and stock."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form
from backoffice.ui.pages import ConsolePage, FormPage, IndexPage
from backoffice.ui.tables import Column
from oms.models import StockItem, TimeLimitKind
from oms.operations.time_limits import change_time_rule
from oms.permissions import MANAGE_TIME_LIMITS, VIEW_STOCK
from oms.portal import delivery
from oms.portal.stock import StockFilter, StockTable
from oms.selectors.stock import list_stock_items
from oms.selectors.time_limits import hours_of


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


class TimeRuleForm(Form):
    """Hours per waiting state."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in TimeLimitKind.choices:
            # The lead time and the invoice days of the store set these two.
            if kind not in {TimeLimitKind.SHIP, TimeLimitKind.DUE}:
                self.fields[kind] = forms.IntegerField(
                    label=label, min_value=1, max_value=8760, help_text=_("Hours")
                )


class TimeRulesView(ConsolePage, FormPage):
    grant = MANAGE_TIME_LIMITS
    title = gettext_lazy("Time limits of orders")
    intro = gettext_lazy(
        "What happens by itself, and after how many hours. Clocks that run keep their moment."
    )
    form_class = TimeRuleForm
    success_message = gettext_lazy("Time limits saved.")

    def get_initial(self) -> dict[str, Any]:
        return dict(hours_of())

    def perform(self, form: Any) -> None:
        current = hours_of()
        for kind, hours in form.cleaned_data.items():
            if current[kind] != hours:
                change_time_rule(kind, hours, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("console:oms-time_rule-list")


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
