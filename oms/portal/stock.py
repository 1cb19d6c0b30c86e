"""The merchant's stock: what is on hand, promised and free, place by place, and what runs out."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.hashing import sha256_hex
from backoffice.ui.filters import FilterSet, SearchFilter, YesNoFilter
from backoffice.ui.forms import DateField, Form
from backoffice.ui.pages import FormPage, IndexPage, PortalPage, Tab
from backoffice.ui.tables import Column, Table
from oms.errors import StockMovedMeanwhile
from oms.models import StockAlert, StockItem
from oms.operations.pickup_points import set_logistics
from oms.operations.stock import StockFigures, count_stock
from oms.operations.stock_alerts import set_alert_limit
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from oms.portal.stock_section import StockSection
from oms.selectors.logistics import find_logistics
from oms.selectors.stock import get_stock_item, list_movements, list_open_reservations, list_stock_items
from oms.selectors.stock_work import list_open_alerts

SOLD_OUT = Q(place_on_hand__lte=F("place_reserved") + F("safety") - F("backorder_cap"))


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
        Column("place_on_hand", gettext_lazy("On hand"), kind="count", sort=True),
        Column("place_reserved", gettext_lazy("Promised"), kind="count", sort=True),
        Column("safety", gettext_lazy("Kept back"), kind="count", priority=3),
        Column("place_available", gettext_lazy("For sale"), kind="count", sort=True),
        Column("updated_at", gettext_lazy("Changed"), kind="when", sort=True, priority=3),
    )
    default_sort = "offer.merchant_sku"

    def row_url(self, record: StockItem) -> str:
        return reverse("portal:oms-stock-edit", args=[record.offer.ref, record.location.ref])


class StockListView(StockSection, IndexPage):
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


class AlertTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("item.offer.merchant_sku", gettext_lazy("SKU"), link=True, sort="item__offer__merchant_sku"),
        Column("item.offer.card.title", gettext_lazy("Article"), priority=2),
        Column("item.location.name", gettext_lazy("Place"), priority=2),
        Column("free", gettext_lazy("Free when it fell below"), kind="count"),
        Column("limit", gettext_lazy("Your limit"), kind="count"),
        Column("opened_at", gettext_lazy("Since"), kind="when", sort=True),
    )
    default_sort = "opened_at"

    def row_url(self, record: StockAlert) -> str:
        return reverse("portal:oms-stock-edit", args=[record.item.offer.ref, record.item.location.ref])


class AlertListView(StockSection, IndexPage):
    grant = VIEW_STOCK
    title = gettext_lazy("Running out")
    intro = gettext_lazy(
        "Articles below the limit you set. They leave this list by themselves once refilled."
    )
    table_class = AlertTable
    empty_title = gettext_lazy("Nothing runs out")
    empty_text = gettext_lazy("Set a limit at an article's stock to be warned here before it is sold out.")
    empty_icon = "check"

    def get_rows(self) -> QuerySet[StockAlert]:
        return list_open_alerts(self.actor, merchant_id=self.merchant_id or 0)


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
    expected_on = DateField(
        label=gettext_lazy("They arrive on"),
        required=False,
        help_text=gettext_lazy("Buyers see it as a pre-order with this date."),
    )
    alert_below = forms.IntegerField(
        label=gettext_lazy("Warn me below"),
        min_value=1,
        max_value=10_000_000,
        required=False,
        help_text=gettext_lazy("Free pieces. Leave it empty for no warning."),
    )
    weight_grams = forms.IntegerField(
        label=gettext_lazy("Weight of a piece in grams"), min_value=1, max_value=10_000_000, required=False
    )
    delivery_class = forms.CharField(
        label=gettext_lazy("Delivery class"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("One word, such as bulky, if your delivery prices ask for it."),
    )
    # What the page showed: only a number that somebody changed is a count.
    seen = forms.IntegerField(widget=forms.HiddenInput)
    fieldsets = (
        (
            gettext_lazy("At this place"),
            ("on_hand", "safety", "backorder_cap", "expected_on", "alert_below"),
        ),
        (gettext_lazy("For delivery prices, at every place"), ("weight_grams", "delivery_class")),
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

    def get_subject(self) -> StockItem:
        return self.item

    def get_version(self) -> str:
        """Pieces come and go all day: what is on hand is compared by the operation, and only when it was counted."""
        terms = {k: v for k, v in self.get_initial().items() if k not in {"on_hand", "seen"}}
        return sha256_hex(repr(sorted(terms.items())))[:16]

    def get_initial(self) -> dict[str, Any]:
        names = ("safety", "backorder_cap", "expected_on", "alert_below")
        logistics = find_logistics(self.item.offer_id)
        on_hand: int = self.item.place_on_hand  # type: ignore[attr-defined]
        return {name: getattr(self.item, name) for name in names} | {
            "on_hand": on_hand,
            "seen": on_hand,
            "weight_grams": logistics.weight_grams if logistics else None,
            "delivery_class": logistics.delivery_class if logistics else "",
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            item=self.item,
            movements=list_movements(self.item)[:50],
            reservations=list_open_reservations(self.item)[:50],
            **kwargs,
        )

    def perform(self, form: Any) -> None:
        data = dict(form.cleaned_data)
        limit = data.pop("alert_below")
        weight, delivery_class = data.pop("weight_grams"), data.pop("delivery_class")
        refs = (self.kwargs["offer_ref"], self.kwargs["location_ref"])
        try:
            count_stock(*refs, StockFigures(**data), actor=self.actor)
        except StockMovedMeanwhile as error:
            now = str(error.params["now"])
            form.stored_values = {"on_hand": now}
            # Told once: the next press means it.
            form.data = form.data.copy()
            form.data["seen"] = now
            raise
        set_alert_limit(*refs, limit, actor=self.actor)
        set_logistics(refs[0], weight_grams=weight, delivery_class=delivery_class, actor=self.actor)
