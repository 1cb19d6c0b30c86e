"""Orders over all merchants: lists, one order with its parts, payment and timeline."""

import re
from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.actors import Actor
from backoffice.ui import badges, formats
from backoffice.ui.filters import (
    DateRangeFilter,
    FilterSet,
    MoneyRangeFilter,
    MultipleChoiceFilter,
    SearchFilter,
)
from backoffice.ui.menus import Hit
from backoffice.ui.pages import ConsolePage, DetailPage, Fact, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from oms.models import (
    AttemptKind,
    AttemptState,
    Incident,
    MerchantOrder,
    MerchantOrderState,
    Order,
    PaymentAttempt,
)
from oms.operations.debits import is_unpaid
from oms.operations.payments import OPEN_STATES
from oms.permissions import (
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    MANAGE_FULFILMENT,
    MANAGE_INCIDENTS,
    MANAGE_TIME_LIMITS,
    MARK_PAID,
    PUSH_TRACKING,
    REFUND_ORDERS,
    RESOLVE_PAYMENTS,
    SHIP_ORDERS,
    VIEW_ORDERS,
)
from oms.portal.orders import DueFilter, MerchantOrderFilter, MerchantOrderTable, open_ship_by, state_badge
from oms.ports import find_provider
from oms.selectors.incidents import list_incidents_of
from oms.selectors.line_pictures import pictures_by_offer
from oms.selectors.orders import (
    find_purchases,
    get_order_with_parts,
    list_merchant_orders,
    list_orders,
    with_parts_in,
)
from oms.selectors.worklists import list_order_history, list_order_line_history, list_work
from oms.timelines import entries

PART_NUMBER = re.compile(r"\b(ORD-[0-9A-Z]+)-\d+\b", re.IGNORECASE)


class PartStateFilter(django_filters.MultipleChoiceFilter):
    """Orders with a part in one of these states."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return with_parts_in(qs, value) if value else qs


class PurchaseSearchFilter(SearchFilter):
    """A merchant order's number (`ORD-7K2F9QX4AB-2`) finds the purchase it belongs to."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return super().filter(qs, PART_NUMBER.sub(r"\1", value or ""))


class OrderFilter(FilterSet):
    q = PurchaseSearchFilter(
        fields=["ref__icontains", "buyer_name__icontains", "buyer_email__icontains"],
        label=gettext_lazy("Order number, buyer, e-mail"),
        ref_prefix="ORD",
    )
    part_state = PartStateFilter(
        label=gettext_lazy("With a part that is"), choices=MerchantOrderState.choices
    )
    placed = DateRangeFilter(field_name="placed_at", label=gettext_lazy("Placed"))
    total = MoneyRangeFilter(field_name="total_minor", currency="EUR", label=gettext_lazy("Total"))


def _part_count(record: Order) -> int:
    # Counted over the prefetched parts: an aggregate would group every order before the page is cut.
    return len(record.merchant_orders.all())


def order_badge(record: Order) -> Any:
    return badges.badge(record.state, "oms.Order")


class OrderTable(Table):
    columns = (
        Column("ref", gettext_lazy("Order"), kind="ref", link=True, sort=True),
        Column("placed_at", gettext_lazy("Placed"), kind="when", sort=True, never_empty=True),
        Column("state", gettext_lazy("State"), kind="html", value=order_badge),
        Column("buyer_name", gettext_lazy("Buyer"), sub="buyer_email", priority=2),
        Column("part_count", gettext_lazy("Merchants"), kind="count", value=_part_count, priority=2),
        Column("store_copy.name", gettext_lazy("Store"), priority=3),
        Column("total_minor", gettext_lazy("Total"), kind="money", sort=True),
    )
    default_sort = "-placed_at"

    def row_url(self, record: Order) -> str:
        return reverse("console:oms-order-detail", args=[record.ref])


class OrderListView(ConsolePage, IndexPage):
    grant = VIEW_ORDERS
    by_place = True
    title = gettext_lazy("Orders")
    table_class = OrderTable
    filter_class = OrderFilter
    empty_title = gettext_lazy("No orders yet")
    empty_text = gettext_lazy("Every purchase of every store appears here.")
    empty_icon = "orders"

    def get_rows(self) -> QuerySet[Order]:
        return list_orders(self.actor).prefetch_related("merchant_orders")

    def get_tabs(self) -> Sequence[Tab]:
        return [
            Tab(_("All")),
            Tab(_("Waiting for payment"), "part_state=staged"),
            Tab(_("To accept"), "part_state=waiting_acceptance"),
            Tab(_("To ship"), "part_state=in_preparation&part_state=partly_shipped"),
        ]


class ConsoleMerchantOrderFilter(MerchantOrderFilter):
    merchant = SearchFilter(fields=["merchant_name__icontains"], label=gettext_lazy("Merchant"))
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=MerchantOrderState.choices)
    due = DueFilter(
        label=gettext_lazy("Ship by"),
        choices=[("today", gettext_lazy("Today")), ("late", gettext_lazy("Late"))],
    )


class ConsoleMerchantOrderTable(MerchantOrderTable):
    columns = (
        Column("ref", gettext_lazy("Order"), kind="ref", link=True, sort=True),
        Column("merchant_name", gettext_lazy("Merchant"), sort=True),
        Column("placed_at", gettext_lazy("Placed"), kind="when", sort=True, never_empty=True),
        Column("state", gettext_lazy("State"), kind="html", value=state_badge, sort=True),
        Column("order.buyer_name", gettext_lazy("Buyer"), priority=2),
        Column("ship_by", gettext_lazy("Ship by"), kind="when", value=open_ship_by, sort=True, priority=2),
        Column("total_minor", gettext_lazy("Total"), kind="money", sort=True),
    )

    def row_url(self, record: MerchantOrder) -> str:
        return reverse("console:oms-order-detail", args=[record.order.ref]) + f"#part-{record.position}"


class MerchantOrderListView(ConsolePage, IndexPage):
    grant = VIEW_ORDERS
    by_place = True
    title = gettext_lazy("Merchant orders")
    table_class = ConsoleMerchantOrderTable
    filter_class = ConsoleMerchantOrderFilter
    empty_title = gettext_lazy("No orders here")
    empty_text = gettext_lazy("Every purchase appears here once per merchant.")
    empty_icon = "orders"

    def get_rows(self) -> QuerySet[MerchantOrder]:
        return list_merchant_orders(self.actor)

    def get_tabs(self) -> Sequence[Tab]:
        work = list_work(self.actor)
        return [
            Tab(_("All")),
            Tab(_("To accept"), "state=waiting_acceptance", work["to_accept"]),
            Tab(_("Charging"), "state=waiting_payment", work["charging"]),
            Tab(_("To ship"), "state=in_preparation&state=partly_shipped", work["to_ship"]),
            Tab(_("Late"), "due=late", work["late"]),
        ]


def refused_charges(parts: Sequence[MerchantOrder], attempts: Sequence[PaymentAttempt]) -> set[int]:
    """The merchant orders whose latest charge was refused and that are still owed."""
    charges = [row for row in attempts if row.kind == AttemptKind.CAPTURE]
    newest = {row.merchant_order_id: row.state for row in charges}
    return {
        part.pk
        for part in parts
        if newest.get(part.pk, newest.get(None)) == AttemptState.REFUSED and is_unpaid(part)
    }


class OrderDetailView(ConsolePage, DetailPage):
    grant = VIEW_ORDERS
    by_place = True
    template_name = "oms/console/order.html"
    object_name = "order"

    def get_object(self) -> Order:
        return get_order_with_parts(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Orders"), reverse("console:oms-order-list"))]

    def get_badge(self) -> Any:
        return order_badge(self.object)

    def get_facts(self) -> list[Fact]:
        order = self.object
        return [
            Fact(_("Placed"), formats.when(order.placed_at) if order.placed_at else _("not yet")),
            Fact(_("Buyer"), f"{order.buyer_name} · {order.buyer_email}"),
            Fact(_("Store"), order.store_copy.get("name", "")),
            Fact(_("Total"), formats.money(order.total_minor, order.currency)),
            Fact(_("Payment"), badges.badge(order.payment.state, "oms.Payment")),
        ]

    def get_timeline(self) -> Any:
        return entries(list_order_history(self.object)[:100], self.object.currency, with_part=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = self.object
        attempts = list(order.payment.attempts.select_related("merchant_order").order_by("id"))
        parts = list(order.merchant_orders.all())
        provider = find_provider(order.payment.provider)
        incidents: dict[int, list[Incident]] = {}
        for row in list_incidents_of(parts):
            incidents.setdefault(row.merchant_order_id, []).append(row)
        return super().get_context_data(
            parts=parts,
            pictures=pictures_by_offer(
                (line.offer_ref, line.asset_uuid) for part in parts for line in part.lines.all()
            ),
            attempts=attempts,
            provider_label=provider.label if provider else order.payment.provider,
            incidents=incidents,
            open_states=OPEN_STATES,
            recharge=refused_charges(parts, attempts),
            line_history=entries(list_order_line_history(order)[:100], order.currency, with_part=True),
            can={
                "answer": self.actor.can(ACCEPT_ORDERS, places=order.places),
                "ship": self.actor.can(SHIP_ORDERS, places=order.places),
                "cancel": self.actor.can(CANCEL_ORDERS, places=order.places),
                "refund": self.actor.can(REFUND_ORDERS, places=order.places),
                "track": self.actor.can(PUSH_TRACKING, places=order.places),
                "incident": self.actor.can(MANAGE_INCIDENTS, places=order.places),
                "mark_paid": self.actor.can(MARK_PAID),
                "resolve": self.actor.can(RESOLVE_PAYMENTS),
                "terms": self.actor.can(MANAGE_FULFILMENT),
                "centre": self.actor.can(MANAGE_TIME_LIMITS),
            },
            **kwargs,
        )


def find_orders(text: str, actor: Actor) -> list[Hit]:
    """For the search box: by the number of the purchase or of a part, or by e-mail."""
    found = find_purchases(text, actor=actor)
    return [
        Hit(
            title=order.ref,
            url=reverse("console:oms-order-detail", args=[order.ref]),
            detail=f"{order.buyer_name} · {order.buyer_email}",
            exact=order.ref.lower() == text.strip().lower(),
        )
        for order in found
    ]
