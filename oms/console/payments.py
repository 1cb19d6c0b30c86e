"""Transfers to record, refunds to execute, and what is stuck."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import ConsolePage, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from oms.models import Order, Refund, RefundState
from oms.permissions import CANCEL_ORDERS, MARK_PAID, REFUND_ORDERS, RESOLVE_PAYMENTS, VIEW_ORDERS
from oms.selectors.refunds import list_refunds
from oms.selectors.stuck import StuckItem, list_stuck
from oms.selectors.worklists import list_orders_to_mark_paid


class TransferTable(Table):
    columns = (
        Column("ref", gettext_lazy("Reference"), kind="ref", link=True, sort=True),
        Column("placed_at", gettext_lazy("Placed"), kind="when", sort=True),
        Column("buyer_name", gettext_lazy("Buyer"), sub="buyer_email"),
        Column("total_minor", gettext_lazy("Amount"), kind="money", sort=True),
    )
    default_sort = "placed_at"

    def row_url(self, record: Order) -> str:
        return reverse("console:oms-order-paid", args=[record.ref])


class TransferFilter(FilterSet):
    q = SearchFilter(
        fields=["ref__icontains", "buyer_name__icontains", "buyer_email__icontains"],
        label=gettext_lazy("Reference or buyer"),
    )


class TransferListView(ConsolePage, IndexPage):
    grant = MARK_PAID
    title = gettext_lazy("Transfers to record")
    intro = gettext_lazy(
        "Orders whose bank transfer has not arrived. Open one when you see it on the statement."
    )
    table_class = TransferTable
    filter_class = TransferFilter
    empty_title = gettext_lazy("No transfer is awaited")
    empty_text = gettext_lazy("Orders that are paid by bank transfer wait here until the money arrives.")
    empty_icon = "bank"

    def get_rows(self) -> QuerySet[Order]:
        return list_orders_to_mark_paid(self.actor)


class RefundFilter(FilterSet):
    q = SearchFilter(
        fields=["ref__icontains", "merchant_order__ref__icontains"], label=gettext_lazy("Refund or order")
    )
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=RefundState.choices)


class RefundTable(Table):
    columns = (
        Column("ref", gettext_lazy("Refund"), kind="ref", link=True, sort=True),
        Column("merchant_order.ref", gettext_lazy("Order"), kind="ref"),
        Column("merchant_order.merchant_name", gettext_lazy("Merchant"), priority=2),
        Column("created_at", gettext_lazy("Requested"), kind="when", sort=True, priority=2),
        Column("state", gettext_lazy("State"), kind="badge", states="oms.Refund", sort=True),
        Column("amount_minor", gettext_lazy("Amount"), kind="money", sort=True),
    )
    default_sort = "-created_at"

    def row_url(self, record: Refund) -> str:
        part = record.merchant_order
        return reverse("console:oms-order-detail", args=[part.order.ref]) + f"#part-{part.position}"


class RefundListView(ConsolePage, IndexPage):
    grant = VIEW_ORDERS
    by_place = True
    title = gettext_lazy("Refunds")
    table_class = RefundTable
    filter_class = RefundFilter
    empty_title = gettext_lazy("No refunds")
    empty_text = gettext_lazy("Every refund of every merchant appears here.")
    empty_icon = "return"

    def get_rows(self) -> QuerySet[Refund]:
        return list_refunds(self.actor)

    def get_tabs(self) -> Sequence[Tab]:
        return [
            Tab(_("All")),
            Tab(_("To execute by bank"), "state=sent"),
            Tab(_("Failed"), "state=failed"),
        ]


# Pages that help with what is stuck: what the link says, and who may use it.
STUCK_ACTS: dict[str, tuple[Any, str]] = {
    "oms-attempt-look_up": (gettext_lazy("Look up now"), RESOLVE_PAYMENTS),
    "oms-attempt-outcome": (gettext_lazy("Decide by hand"), RESOLVE_PAYMENTS),
    "oms-part-capture": (gettext_lazy("Charge again"), RESOLVE_PAYMENTS),
    "oms-part-cancel": (gettext_lazy("Cancel pieces"), CANCEL_ORDERS),
    "oms-refund-retry": (gettext_lazy("Pay back again"), REFUND_ORDERS),
    "oms-refund-confirm": (gettext_lazy("Paid back by bank"), MARK_PAID),
    "oms-order-paid": (gettext_lazy("Record payment"), MARK_PAID),
    "oms-notification-retry": (gettext_lazy("Handle again"), RESOLVE_PAYMENTS),
}


class StuckTable(Table):
    columns = (
        Column("subject_ref", gettext_lazy("What"), kind="ref", link=True),
        Column("since", gettext_lazy("Since"), kind="when"),
        Column("reason", gettext_lazy("Why"), sub="advice"),
        Column("acts", gettext_lazy("What to do"), template="oms/console/stuck_acts.html", export=False),
    )

    def row_url(self, record: StuckItem) -> str:
        return reverse("console:oms-order-detail", args=[record.order_ref]) if record.order_ref else ""


class StuckListView(ConsolePage, IndexPage):
    grant = VIEW_ORDERS
    title = gettext_lazy("Stuck")
    intro = gettext_lazy("What waits longer than it should, why, and what to do.")
    table_class = StuckTable
    empty_title = gettext_lazy("Nothing is stuck")
    empty_text = gettext_lazy(
        "Payments without an answer, failed refunds and missed time limits appear here."
    )
    empty_icon = "check"

    def get_rows(self) -> list[StuckItem]:
        return [replace(item, acts=self._acts(item)) for item in list_stuck(self.actor)]

    def _acts(self, item: StuckItem) -> Any:
        """What this person may do about it: (label, address)."""
        back = urlencode({"next": self.request.get_full_path()})
        return [
            (STUCK_ACTS[name][0], f"{reverse(f'console:{name}', args=args)}?{back}")
            for name, args in item.acts
            if self.actor.can(STUCK_ACTS[name][1])
        ]
