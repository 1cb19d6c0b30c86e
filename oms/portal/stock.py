"""The merchant's stock: what is on hand, promised and free, place by place."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.filters import FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.forms import Form
from backoffice.ui.pages import FormPage, IndexPage, PortalPage, Tab
from backoffice.ui.tables import Column, Table
from oms.models import StockItem
from oms.operations.stock import count_stock, create_location
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from oms.selectors.stock import get_stock_item, list_movements, list_open_reservations, list_stock_items

SOLD_OUT = Q(on_hand__lte=F("reserved") + F("safety") - F("backorder_cap"))


class StockFilter(FilterSet):
    q = SearchFilter(
        fields=["offer__merchant_sku__icontains", "offer__ref__iexact", "offer__card__title__icontains"],
        label=gettext_lazy("Article or SKU"),
    )
    sold_out = YesNoFilter(label=gettext_lazy("Sold out"), yes=SOLD_OUT)


class StockTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("offer.merchant_sku", gettext_lazy("SKU"), link=True, sort="offer__merchant_sku"),
        Column("offer.card.title", gettext_lazy("Article"), priority=2),
        Column("location.name", gettext_lazy("Place"), priority=2),
        Column("on_hand", gettext_lazy("On hand"), kind="count", sort=True),
        Column("reserved", gettext_lazy("Promised"), kind="count", sort=True),
        Column("safety", gettext_lazy("Kept back"), kind="count", priority=3),
        Column("available", gettext_lazy("For sale"), kind="count"),
        Column("updated_at", gettext_lazy("Changed"), kind="when", sort=True, priority=3),
    )
    default_sort = "offer.merchant_sku"

    def row_url(self, record: StockItem) -> str:
        return reverse("portal:oms-stock-edit", args=[record.offer.ref, record.location.ref])


class StockListView(PortalPage, IndexPage):
    grant = VIEW_STOCK
    title = gettext_lazy("Stock")
    intro = gettext_lazy("For sale = on hand, less what buyers were promised and what you keep back.")
    table_class = StockTable
    filter_class = StockFilter
    empty_title = gettext_lazy("No stock here")
    empty_text = gettext_lazy("Stock appears here as soon as you state quantities for your offers.")
    empty_icon = "box"

    def get_rows(self) -> QuerySet[StockItem]:
        return list_stock_items(self.actor).filter(merchant_id=self.merchant_id or 0)

    def get_tabs(self) -> list[Tab]:
        return [Tab(_("All")), Tab(_("Sold out"), "sold_out=yes")]

    def get_main_action(self) -> tuple[Any, str] | None:
        if not self.actor.can(MANAGE_STOCK, merchant_id=self.merchant_id):
            return None
        return _("Open another place"), reverse("portal:oms-location-create")


class StockForm(Form):
    on_hand = forms.IntegerField(label=gettext_lazy("On hand"), min_value=0, max_value=10_000_000)
    safety = forms.IntegerField(
        label=gettext_lazy("Keep back"),
        min_value=0,
        max_value=10_000_000,
        help_text=gettext_lazy("Pieces that are never sold online."),
    )
    backorder_cap = forms.IntegerField(
        label=gettext_lazy("May be sold beyond stock"),
        min_value=0,
        max_value=10_000_000,
        help_text=gettext_lazy("Pieces that may be sold before they have arrived."),
    )


class StockEditView(PortalPage, FormPage):
    grant = MANAGE_STOCK
    template_name = "oms/portal/stock_item.html"
    form_class = StockForm
    submit_label = gettext_lazy("Save count")
    success_message = gettext_lazy("Stock saved.")

    @cached_property
    def item(self) -> StockItem:
        return get_stock_item(self.kwargs["offer_ref"], self.kwargs["location_ref"], actor=self.actor)

    def get_title(self) -> str:
        return f"{self.item.offer.merchant_sku} · {self.item.location.name}"

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Stock"), reverse("portal:oms-stock-list"))]

    def get_initial(self) -> dict[str, Any]:
        item = self.item
        return {"on_hand": item.on_hand, "safety": item.safety, "backorder_cap": item.backorder_cap}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            item=self.item,
            movements=list_movements(self.item)[:50],
            reservations=list_open_reservations(self.item)[:50],
            **kwargs,
        )

    def perform(self, form: Any) -> None:
        count_stock(
            self.kwargs["offer_ref"], self.kwargs["location_ref"], actor=self.actor, **form.cleaned_data
        )


class LocationForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    rank = forms.IntegerField(
        label=gettext_lazy("Order"),
        min_value=1,
        max_value=99,
        initial=2,
        help_text=gettext_lazy("Orders draw on the place with the lowest number first."),
    )


class LocationCreateView(PortalPage, FormPage):
    grant = MANAGE_STOCK
    title = gettext_lazy("New place")
    form_class = LocationForm
    success_message = gettext_lazy("The place is open.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Stock"), reverse("portal:oms-stock-list"))]

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        create_location(self.merchant_id or 0, data["name"], rank=data["rank"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:oms-stock-list")
