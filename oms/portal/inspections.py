"""Returned pieces: what came back, in which grade, and where it went."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from backoffice.kernel.refs import new_token
from backoffice.ui.pages import FormPage, IndexPage, PortalPage
from backoffice.ui.tables import Column, Table
from oms.models import Grade, MerchantOrder, StockInspection
from oms.operations.inspections import Verdict, inspect_returned
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from oms.portal.counts import PlaceForm
from oms.portal.stock_section import StockSection, by_offer_ref
from oms.selectors.orders import get_merchant_order
from oms.selectors.stock import list_locations
from oms.selectors.stock_work import list_inspections


class InspectionTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("line.merchant_order.ref", gettext_lazy("Order"), kind="ref", link=True),
        Column("line.title", gettext_lazy("Article")),
        Column("quantity", gettext_lazy("Pieces"), kind="count"),
        Column("grade", gettext_lazy("Grade"), kind="badge", states="oms.StockInspection", sort=True),
        Column("location.name", gettext_lazy("Place"), priority=2),
        Column("note", gettext_lazy("What was found"), priority=2),
        Column("at", gettext_lazy("When"), kind="when", sort=True, priority=2),
    )
    default_sort = "-at"

    def row_url(self, record: StockInspection) -> str:
        return reverse("portal:oms-order-detail", args=[record.line.merchant_order.ref])


class InspectionListView(StockSection, IndexPage):
    grant = VIEW_STOCK
    title = gettext_lazy("Returned goods")
    intro = gettext_lazy("Pieces that came back enter stock only after somebody looked at them.")
    table_class = InspectionTable
    empty_title = gettext_lazy("Nothing came back yet")
    empty_text = gettext_lazy("Inspect returned pieces from the order they belong to.")
    empty_icon = "return"

    def get_rows(self) -> QuerySet[StockInspection]:
        return list_inspections(self.actor).filter(merchant_id=self.merchant_id or 0)


class InspectionForm(PlaceForm):
    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    position = forms.TypedChoiceField(label=gettext_lazy("Article"), coerce=int)
    quantity = forms.IntegerField(label=gettext_lazy("Pieces"), min_value=1, initial=1)
    grade = forms.ChoiceField(label=gettext_lazy("Grade"), choices=Grade.choices)
    sku = forms.CharField(
        label=gettext_lazy("SKU of the second-choice offer"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Only for second choice."),
    )
    note = forms.CharField(label=gettext_lazy("What you found"), max_length=300, required=False)
    field_order = ("position", "quantity", "grade", "sku", "location", "note", "key")

    def __init__(self, *args: Any, part: MerchantOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [line for line in part.lines.all() if line.quantity_shipped]
        self.fields["position"].choices = [(line.position, line.title) for line in lines]  # type: ignore[attr-defined]


class InspectView(PortalPage, FormPage):
    grant = MANAGE_STOCK
    title = gettext_lazy("Inspect returned pieces")
    form_class = InspectionForm
    submit_label = gettext_lazy("Record")
    success_message = gettext_lazy("Recorded; stock follows the grade.")

    @cached_property
    def part(self) -> MerchantOrder:
        return get_merchant_order(self.kwargs["ref"], actor=self.actor)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "places": list_locations(self.actor, merchant_id=self.part.merchant_id),
        }

    def get_initial(self) -> dict[str, Any]:
        return {"key": new_token()}

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(self.part.ref, reverse("portal:oms-order-detail", args=[self.part.ref]))]

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        offer_ref = ""
        if data["sku"]:
            refs = by_offer_ref({data["sku"]: 1}, "sku", actor=self.actor, merchant_id=self.part.merchant_id)
            offer_ref = next(iter(refs))
        verdict = Verdict(
            data["position"], data["quantity"], data["grade"], data["location"], offer_ref, data["note"]
        )
        inspect_returned(self.kwargs["ref"], verdict, key=data["key"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:oms-inspection-list")
