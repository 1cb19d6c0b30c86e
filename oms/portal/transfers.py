"""Pieces on their way between two places."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui import badges, formats
from backoffice.ui.forms import Form
from backoffice.ui.pages import ActionPage, DetailPage, Fact, FormPage, IndexPage, PortalPage
from backoffice.ui.tables import Column, Table
from oms.models import StockTransfer, TransferState
from oms.operations.transfers import receive_transfer, return_transfer, send_transfer
from oms.permissions import MANAGE_STOCK, VIEW_STOCK
from oms.portal.counts import PlaceForm
from oms.portal.stock_section import PiecesField, StockSection, by_offer_ref
from oms.selectors.stock import list_locations
from oms.selectors.stock_work import get_transfer, list_transfers


class TransferTable(Table):
    columns: ClassVar[tuple[Column, ...]] = (
        Column("ref", gettext_lazy("Transfer"), kind="ref", link=True),
        Column("source.name", gettext_lazy("From")),
        Column("destination.name", gettext_lazy("To")),
        Column("state", gettext_lazy("State"), kind="badge", states="oms.StockTransfer", sort=True),
        Column("pieces", gettext_lazy("Pieces"), kind="count"),
        Column("sent_at", gettext_lazy("Sent"), kind="when", sort=True, priority=2),
    )
    default_sort = "-sent_at"

    def row_url(self, record: StockTransfer) -> str:
        return reverse("portal:oms-transfer-detail", args=[record.ref])


class TransferListView(StockSection, IndexPage):
    grant = VIEW_STOCK
    title = gettext_lazy("Transfers")
    intro = gettext_lazy(
        "Pieces on the way are at neither place: nobody can buy them until they are received."
    )
    table_class = TransferTable
    empty_title = gettext_lazy("No transfers yet")
    empty_text = gettext_lazy(
        "Send pieces from one of your places to another; they are counted in on arrival."
    )
    empty_icon = "truck"

    def get_rows(self) -> QuerySet[StockTransfer]:
        return list_transfers(self.actor).filter(merchant_id=self.merchant_id or 0)

    def get_main_action(self) -> tuple[Any, str] | None:
        return (_("New transfer"), reverse("portal:oms-transfer-create")) if self.can_manage else None


class TransferForm(PlaceForm):
    location = None  # type: ignore[assignment]
    source = forms.ChoiceField(label=gettext_lazy("From"))
    destination = forms.ChoiceField(label=gettext_lazy("To"))
    pieces = PiecesField(label=gettext_lazy("Articles"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


class TransferCreateView(PortalPage, FormPage):
    grant = MANAGE_STOCK
    title = gettext_lazy("New transfer")
    form_class = TransferForm
    submit_label = gettext_lazy("Send")
    success_message = gettext_lazy("The pieces are on their way.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"places": list_locations(self.actor, merchant_id=self.merchant_id or 0)}

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Transfers"), reverse("portal:oms-transfer-list"))]

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        pieces = by_offer_ref(data["pieces"], "pieces", actor=self.actor, merchant_id=self.merchant_id)
        send_transfer(data["source"], data["destination"], pieces, note=data["note"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:oms-transfer-list")


class TransferDetailView(PortalPage, DetailPage):
    grant = VIEW_STOCK
    template_name = "oms/portal/transfer.html"
    object_name = "transfer"

    def get_object(self) -> StockTransfer:
        return get_transfer(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Transfers"), reverse("portal:oms-transfer-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "oms.StockTransfer")

    def get_facts(self) -> list[Fact]:
        transfer = self.object
        facts = [
            Fact(_("From"), transfer.source.name),
            Fact(_("To"), transfer.destination.name),
            Fact(_("Sent"), formats.when(transfer.sent_at)),
        ]
        if transfer.ended_at:
            facts.append(Fact(_("Received"), formats.when(transfer.ended_at)))
        return facts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_manage = self.actor.can(MANAGE_STOCK, merchant_id=self.object.merchant_id)
        in_transit = self.object.state == TransferState.IN_TRANSIT
        return super().get_context_data(can_manage=can_manage and in_transit, **kwargs)


class ReceiptForm(Form):
    """Pieces that arrived per article."""

    def __init__(self, *args: Any, transfer: StockTransfer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in transfer.lines.all():
            self.fields[line.offer.ref] = forms.IntegerField(
                label=f"{line.offer.merchant_sku} · {line.offer.card.title}",
                min_value=0,
                max_value=line.quantity,
                initial=line.quantity,
                help_text=_("%(count)s were sent.") % {"count": line.quantity},
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "bo-input-num"}),
            )


class ReceiveTransferView(PortalPage, FormPage):
    grant = MANAGE_STOCK
    form_class = ReceiptForm
    intro = gettext_lazy("Enter what arrived. What is missing is written off and stays on the transfer.")
    submit_label = gettext_lazy("Receive")
    success_message = gettext_lazy("Received; the pieces are for sale at their new place.")

    @cached_property
    def transfer(self) -> StockTransfer:
        return get_transfer(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return str(_("Receive %(ref)s") % {"ref": self.transfer.ref})

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"transfer": self.transfer}

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Transfers"), reverse("portal:oms-transfer-list")),
            (self.transfer.ref, self.get_success_url()),
        ]

    def perform(self, form: Any) -> None:
        receive_transfer(self.kwargs["ref"], form.cleaned_data, actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:oms-transfer-detail", args=[self.kwargs["ref"]])


class ReturnTransferView(PortalPage, ActionPage):
    grant = MANAGE_STOCK
    success_message = gettext_lazy("The pieces are back where they came from.")

    def perform(self) -> None:
        return_transfer(self.kwargs["ref"], actor=self.actor)

    def get_success_url(self) -> str:
        return reverse("portal:oms-transfer-detail", args=[self.kwargs["ref"]])
