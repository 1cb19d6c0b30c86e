"""The merchant's orders: the list with what waits, and one order with everything that can be done."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput
from backoffice.ui import badges, formats
from backoffice.ui.filters import DateRangeFilter, FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import BulkAction, DetailPage, Fact, IndexPage, PortalPage, Tab
from backoffice.ui.tables import Column, Table
from oms.exports.packing_slip import packing_slip_pdf
from oms.exports.pick_list import pick_list_pdf
from oms.models import SHIPPABLE, MerchantOrder, MerchantOrderState
from oms.operations.bulk import LIMIT, accept_many
from oms.permissions import (
    ACCEPT_ORDERS,
    CANCEL_ORDERS,
    MANAGE_STOCK,
    PUSH_TRACKING,
    REFUND_ORDERS,
    SHIP_ORDERS,
    VIEW_ORDERS,
)
from oms.selectors.incidents import list_incidents_of
from oms.selectors.invoices import find_invoice_request
from oms.selectors.line_pictures import pictures_by_offer
from oms.selectors.orders import get_merchant_order, list_merchant_orders, with_piece_counts
from oms.selectors.parcels import list_planned_parcels
from oms.selectors.payments import is_paid_outside
from oms.selectors.refunds import REASONS
from oms.selectors.time_limits import list_running
from oms.selectors.worklists import list_history, list_line_history, list_work, oldest_to_answer
from oms.timelines import entries


class DueFilter(django_filters.ChoiceFilter):
    """Orders to ship by their promise."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        now = clock.now()
        if value == "late":
            return qs.filter(state__in=SHIPPABLE, ship_by__lt=now)
        if value == "today":
            end = now.replace(hour=23, minute=59, second=59, microsecond=999_999)
            return qs.filter(state__in=SHIPPABLE, ship_by__lte=end)
        return qs


class EachOrderOnce(SearchFilter):
    """A search over lines and parcels that shows an order once, however many of them match."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        found = super().filter(qs, value)
        return found.distinct() if value else found


class MerchantOrderFilter(FilterSet):
    q = EachOrderOnce(
        fields=["ref__icontains", "lines__merchant_sku__iexact", "shipments__tracking_number__iexact"],
        label=gettext_lazy("Order number, SKU, tracking number"),
        ref_prefix="ORD",
    )
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=MerchantOrderState.choices)
    due = DueFilter(
        label=gettext_lazy("Ship by"),
        choices=[("today", gettext_lazy("Today")), ("late", gettext_lazy("Late"))],
    )
    placed = DateRangeFilter(field_name="placed_at", label=gettext_lazy("Placed"))


def state_badge(record: MerchantOrder) -> Any:
    if record.is_late:
        return badges.badge(_("Late"), tone=badges.DANGER)
    return badges.badge(record.state, "oms.MerchantOrder")


def buyer_name(record: MerchantOrder) -> str:
    """Hidden until the merchant accepted, also in exports."""
    return record.order.buyer_name if record.shows_address else ""


def open_ship_by(record: MerchantOrder) -> Any:
    return record.ship_by if record.can_ship else None


class MerchantOrderTable(Table):
    columns = (
        Column("ref", gettext_lazy("Order"), kind="ref", link=True, sort=True),
        Column("placed_at", gettext_lazy("Placed"), kind="when", sort=True, never_empty=True),
        Column("state", gettext_lazy("State"), kind="html", value=state_badge, sort=True),
        Column("buyer", gettext_lazy("Buyer"), value=buyer_name, priority=2),
        Column("pieces", gettext_lazy("Pieces"), kind="count", priority=2),
        Column("ship_by", gettext_lazy("Ship by"), kind="when", value=open_ship_by, sort=True, priority=2),
        Column("total_minor", gettext_lazy("Total"), kind="money", sort=True),
    )
    default_sort = "-placed_at"

    def row_url(self, record: MerchantOrder) -> str:
        return reverse("portal:oms-order-detail", args=[record.ref])


class MerchantOrderListView(PortalPage, IndexPage):
    grant = VIEW_ORDERS
    title = gettext_lazy("Orders")
    table_class = MerchantOrderTable
    filter_class = MerchantOrderFilter
    empty_title = gettext_lazy("No orders here")
    empty_text = gettext_lazy("Orders appear here as soon as a buyer pays for one of your offers.")
    empty_icon = "orders"
    bulk_actions: ClassVar[Sequence[BulkAction]] = (
        BulkAction("accept", gettext_lazy("Accept"), "accept_rows", icon="check", grant=ACCEPT_ORDERS),
        BulkAction(
            "pick", gettext_lazy("Print pick list"), "print_pick_list", icon="list", grant=VIEW_ORDERS
        ),
        BulkAction(
            "slips", gettext_lazy("Print packing slips"), "print_rows", icon="print", grant=VIEW_ORDERS
        ),
    )

    def get_rows(self) -> QuerySet[MerchantOrder]:
        rows = list_merchant_orders(self.actor).filter(merchant_id=self.merchant_id or 0)
        return with_piece_counts(rows)

    def get_tabs(self) -> Sequence[Tab]:
        work = list_work(self.actor)
        return [
            Tab(_("All")),
            Tab(_("To accept"), "state=waiting_acceptance", work["to_accept"]),
            Tab(_("To ship"), "state=in_preparation&state=partly_shipped", work["to_ship"]),
            Tab(_("Late"), "due=late", work["late"]),
            Tab(_("Shipped"), "state=shipped&state=to_collect"),
            Tab(_("Done"), "state=received&state=closed"),
        ]

    def get_main_action(self) -> tuple[Any, str] | None:
        if not self.actor.can(SHIP_ORDERS, merchant_id=self.merchant_id):
            return None
        return _("Ship by file"), reverse("portal:oms-tracking-upload")

    def get_empty_action(self) -> tuple[Any, str] | None:
        return None

    def accept_rows(self, rows: Any) -> str | HttpResponse:
        refs, left = oldest_to_answer(rows, LIMIT)
        results = accept_many(refs, actor=self.actor)
        failed = [result for result in results if not result.is_done]
        done = len(results) - len(failed)
        text = ngettext("%(count)s order accepted.", "%(count)s orders accepted.", done) % {"count": done}
        if left:
            more = ngettext(
                "%(count)s more waits: accept again to go on.",
                "%(count)s more wait: accept again to go on.",
                left,
            )
            text = f"{text} {more % {'count': left}}"
        if not failed:
            return text
        return self.render(template="oms/portal/bulk_result.html", summary=text, results=results)

    def print_rows(self, rows: Any) -> HttpResponse:
        parts = self._to_print(rows.prefetch_related("lines").select_related("merchant"))
        return _pdf(packing_slip_pdf(parts), "packing-slips.pdf")

    def print_pick_list(self, rows: Any) -> HttpResponse:
        return _pdf(pick_list_pdf(self._to_print(rows)), "pick-list.pdf")

    def _to_print(self, rows: Any) -> list[MerchantOrder]:
        """All of them or none: a list that silently misses orders is worse than no list."""
        parts = list(rows[: LIMIT + 1])
        if len(parts) > LIMIT:
            message = _(
                "At most %(limit)s orders are printed at once. Choose fewer, for instance by the day."
            )
            raise InvalidInput(message % {"limit": LIMIT})
        return parts


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


class MerchantOrderDetailView(PortalPage, DetailPage):
    grant = VIEW_ORDERS
    template_name = "oms/portal/order.html"
    object_name = "part"

    def get_object(self) -> MerchantOrder:
        return get_merchant_order(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Orders"), reverse("portal:oms-order-list"))]

    def get_badge(self) -> Any:
        return state_badge(self.object)

    def get_facts(self) -> list[Fact]:
        part = self.object
        facts = [
            Fact(_("Placed"), formats.when(part.order.placed_at)),
            Fact(_("Total"), formats.money(part.total_minor, part.currency)),
            Fact(_("Delivery"), part.delivery_name),
        ]
        if part.withdrawn_minor:
            facts.append(Fact(_("Not charged"), formats.money(part.withdrawn_minor, part.currency)))
        if part.share.refunded_minor:
            facts.append(Fact(_("Refunded"), formats.money(part.share.refunded_minor, part.currency)))
        if part.ship_by and part.can_ship:
            facts.append(Fact(_("Ship by"), formats.when(part.ship_by)))
        return facts

    def get_timeline(self) -> Any:
        return entries(
            list_history(self.object)[:60], self.object.currency, hide_buyer=not self.object.shows_address
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        part = self.object
        lines = list(part.lines.all())
        refunds = list(part.refunds.order_by("-id"))
        for refund in refunds:
            refund.reason_label = REASONS.get(refund.reason, refund.reason)
        can = {
            "answer": self.actor.can(ACCEPT_ORDERS, merchant_id=part.merchant_id),
            "ship": self.actor.can(SHIP_ORDERS, merchant_id=part.merchant_id),
            "cancel": self.actor.can(CANCEL_ORDERS, merchant_id=part.merchant_id),
            "refund": self.actor.can(REFUND_ORDERS, merchant_id=part.merchant_id),
            "track": self.actor.can(PUSH_TRACKING, merchant_id=part.merchant_id),
            "inspect": self.actor.can(MANAGE_STOCK, merchant_id=part.merchant_id),
        }
        return super().get_context_data(
            lines=lines,
            pictures=pictures_by_offer((line.offer_ref, line.asset_uuid) for line in lines),
            shipments=part.shipments.prefetch_related("lines__line").order_by("id"),
            refunds=refunds,
            incidents=list_incidents_of([part]),
            limits=list(list_running(part)),
            invoice=find_invoice_request(part),
            line_history=entries(
                list_line_history(part)[:60], part.currency, hide_buyer=not part.shows_address
            ),
            can=can,
            refundable_minor=part.share.refundable_minor,
            is_paid_outside=is_paid_outside(part.pk),
            planned=list_planned_parcels(part),
            **kwargs,
        )
