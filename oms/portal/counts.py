"""Count sheets: open, write down, post."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.forms import Form, LinesField
from backoffice.ui.pages import ActionPage, FormPage, IndexPage, PortalPage
from backoffice.ui.tables import Column, Table
from oms.models import CountState, StockCount
from oms.operations.counts import cancel_count, enter_counts, open_count, post_count
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from oms.portal.stock_section import StockSection, by_offer_ref
from oms.selectors.stock import list_locations
from oms.selectors.stock_work import get_count, list_counts


class CountTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("ref", gettext_lazy("Sheet"), kind="ref", link=True),
        Column("location.name", gettext_lazy("Place")),
        Column("state", gettext_lazy("State"), kind="badge", states="oms.StockCount", sort=True),
        Column("line_count", gettext_lazy("Articles"), kind="count"),
        Column("counted_count", gettext_lazy("Counted"), kind="count", priority=2),
        Column("different_count", gettext_lazy("Different"), kind="count", priority=2),
        Column("created_at", gettext_lazy("Opened"), kind="when", sort=True, priority=2),
    )
    default_sort = "-created_at"

    def row_url(self, record: StockCount) -> str:
        return reverse("portal:oms-count-detail", args=[record.ref])


class CountListView(StockSection, IndexPage):
    grant = VIEW_STOCK
    title = gettext_lazy("Counts")
    intro = gettext_lazy("Count a place or a few articles, see the differences, then correct stock by them.")
    table_class = CountTable
    empty_title = gettext_lazy("No counts yet")
    empty_text = gettext_lazy("Open a sheet for a place, write down what you find, and post the differences.")
    empty_icon = "check-square"

    def get_rows(self) -> QuerySet[StockCount]:
        return list_counts(self.actor).filter(merchant_id=self.merchant_id or 0)

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("New count"), reverse("portal:oms-count-create")) if self.can_manage else None


class PlaceForm(Form):
    """Forms that begin with one of the merchant's places."""

    location = forms.ChoiceField(label=gettext_lazy("Place"))

    def __init__(self, *args: Any, places: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(place.ref, place.name) for place in places]
        for name in ("location", "source", "destination"):
            if name in self.fields:
                self.fields[name].choices = choices  # type: ignore[attr-defined]


class CountForm(PlaceForm):
    skus = LinesField(
        label=gettext_lazy("Only these SKUs"),
        required=False,
        help_text=gettext_lazy("One per line. Leave it empty to count everything that is kept there."),
    )


class CountCreateView(PortalPage, FormPage):
    grant = MANAGE_STOCK
    title = gettext_lazy("New count")
    form_class = CountForm
    submit_label = gettext_lazy("Open sheet")
    sheet: StockCount | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"places": list_locations(self.actor, merchant_id=self.merchant_id or 0)}

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Counts"), reverse("portal:oms-count-list"))]

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        wanted = dict.fromkeys(data["skus"], 1)
        refs = by_offer_ref(wanted, "skus", actor=self.actor, merchant_id=self.merchant_id)
        self.sheet = open_count(data["location"], offer_refs=refs, actor=self.actor)

    def get_success_url(self) -> str:
        if self.sheet is None:
            return reverse("portal:oms-count-list")
        return reverse("portal:oms-count-detail", args=[self.sheet.ref])


class SheetForm(Form):
    """One number per article of the sheet."""

    def __init__(self, *args: Any, sheet: StockCount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for line in sheet.lines.all():
            offer = line.item.offer
            self.fields[offer.ref] = forms.IntegerField(
                label=f"{offer.merchant_sku} · {offer.card.title}",
                min_value=0,
                max_value=10_000_000,
                required=False,
                initial=line.counted,
                disabled=sheet.state != CountState.OPEN,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "bo-input-num"}),
            )

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(line, self[line.item.offer.ref]) for line in self.sheet.lines.all()]

    def counted(self) -> dict[str, int]:
        return {ref: pieces for ref, pieces in self.cleaned_data.items() if pieces is not None}


class CountDetailView(PortalPage, FormPage):
    """The sheet itself: write down what was found; the differences appear beside it."""

    grant = VIEW_STOCK
    template_name = "oms/portal/count.html"
    form_class = SheetForm
    submit_label = gettext_lazy("Save counts")
    success_message = gettext_lazy("Counts saved. Look at the differences, then post them.")

    @cached_property
    def sheet(self) -> StockCount:
        return get_count(self.kwargs["ref"], actor=self.actor)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"sheet": self.sheet}

    def get_title(self) -> str:
        return f"{self.sheet.ref} · {self.sheet.location.name}"

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Counts"), reverse("portal:oms-count-list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_manage = self.actor.can(MANAGE_STOCK, merchant_id=self.sheet.merchant_id)
        is_open = self.sheet.state == CountState.OPEN
        return super().get_context_data(
            sheet=self.sheet, can_manage=can_manage and is_open, is_open=is_open, **kwargs
        )

    def perform(self, form: Any) -> None:
        enter_counts(self.kwargs["ref"], form.counted(), actor=self.actor)


class CountAct(PortalPage, ActionPage):
    grant = MANAGE_STOCK

    def get_success_url(self) -> str:
        return reverse("portal:oms-count-detail", args=[self.kwargs["ref"]])


class PostCountView(CountAct):
    success_message = gettext_lazy("Count posted; stock follows what you found.")

    def perform(self) -> None:
        post_count(self.kwargs["ref"], actor=self.actor)


class CancelCountView(CountAct):
    success_message = gettext_lazy("Sheet thrown away; stock did not change.")

    def perform(self) -> None:
        cancel_count(self.kwargs["ref"], actor=self.actor)
