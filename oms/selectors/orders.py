"""Orders and merchant orders as operators, merchants and buyers may see them."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from mms.selectors.scopes import find_store_context
from oms.models import MerchantOrder, Order, OrderLine, Refund, Shipment
from oms.selectors.fee_basis import FeeBasis, FeeBasisLine, get_fee_basis, list_fee_bases

__all__ = [
    "FeeBasis",
    "FeeBasisLine",
    "LockedOrder",
    "get_fee_basis",
    "get_merchant_order",
    "get_order",
    "get_order_with_parts",
    "list_fee_bases",
    "list_merchant_orders",
    "list_orders",
    "lock_merchant_order",
    "lock_whole_order",
    "scope_path_of",
    "with_parts_in",
    "with_piece_counts",
]


def list_merchant_orders(actor: Actor) -> QuerySet[MerchantOrder]:
    """The merchant orders of placed orders that the actor may see, newest first."""
    rows: QuerySet[MerchantOrder] = (
        MerchantOrder.objects.visible_to(actor)
        .of_placed_orders()
        .select_related("order", "share", "replaces")
        .order_by("-id")
    )
    return rows


def get_merchant_order(ref: str, *, actor: Actor) -> MerchantOrder:
    """One merchant order with its lines; raises `NotFound` for strangers, drafts and unknown refs alike."""
    found = (
        list_merchant_orders(actor)
        .filter(ref=ref)
        .select_related("order__payment", "merchant")
        .prefetch_related(Prefetch("lines", OrderLine.objects.order_by("position")))
        .first()
    )
    if found is None:
        raise NotFound(_("There is no order %(ref)s.") % {"ref": ref}, ref=ref)
    return found


def scope_path_of(order: Order) -> tuple[int, ...]:
    """Where the settings of an order's store view are read; empty when the view is gone, so the defaults hold."""
    view = find_store_context(order.store_copy.get("view_code", ""))
    return view.scope_path if view else ()


def with_piece_counts(rows: QuerySet[MerchantOrder]) -> QuerySet[MerchantOrder]:
    """Adds `pieces`, the ordered quantity over all lines, by a subquery that no join can multiply."""
    lines = OrderLine.objects.filter(merchant_order=OuterRef("pk")).order_by().values("merchant_order")
    return rows.annotate(pieces=Subquery(lines.annotate(n=Sum("quantity")).values("n")))


def with_parts_in(rows: QuerySet[Order], states: Sequence[str]) -> QuerySet[Order]:
    """Only orders with a merchant order in one of these states."""
    parts = MerchantOrder.objects.filter(order_id=OuterRef("pk"), state__in=list(states))
    return rows.filter(Exists(parts))


def lock_merchant_order(ref: str, *, actor: Actor) -> MerchantOrder:
    """The merchant order for writing, its order locked first; raises `NotFound` for strangers.

    The order's lock makes two merchants who answer at the same moment see each other's answer.
    """
    rows = MerchantOrder.objects.visible_to(actor).of_placed_orders().filter(ref=ref)
    order_id = rows.values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(_("There is no order %(ref)s.") % {"ref": ref}, ref=ref)
    _order, parts = lock_whole_order(order_id)
    return next(part for part in parts if part.ref == ref)


def list_orders(actor: Actor) -> QuerySet[Order]:
    """Placed orders, newest first, for operators; nobody else sees a purchase over all merchants."""
    return Order.objects.visible_to(actor).placed().order_by("-placed_at", "-id")


def find_purchases(text: str, *, actor: Actor, most: int = 10) -> list[Order]:
    """Placed orders by their number, the number of a part, or the buyer's e-mail; each part served by an index."""
    word = text.strip()
    parts = MerchantOrder.objects.filter(ref=word.upper()).values("order_id")
    found = [Q(ref=word.upper()), Q(pk__in=parts), Q(buyer_email__iexact=word)]
    rows = [list_orders(actor).filter(condition)[:most] for condition in found]
    return list({order.pk: order for some in rows for order in some}.values())[:most]


def get_order(ref: str, *, actor: Actor) -> Order:
    """One order with all its merchant orders, drafts and abandoned ones included. Raises `NotFound`."""
    found = Order.objects.visible_to(actor).filter(ref=ref).prefetch_related("merchant_orders__share").first()
    if found is None:
        raise NotFound(_("There is no order %(ref)s.") % {"ref": ref}, ref=ref)
    return found


LockedOrder = tuple[Order, list[MerchantOrder]]


def lock_whole_order(order_id: int) -> LockedOrder:
    """An order and all its merchant orders for writing, locked in key order until the transaction ends."""
    order = Order.objects.select_for_update().get(pk=order_id)
    rows = MerchantOrder.objects.select_for_update(of=("self",)).filter(order=order).select_related("share")
    parts = list(rows.order_by("pk"))
    for part in parts:
        part.order = order
    return order, parts


def get_order_with_parts(ref: str, *, actor: Actor) -> Order:
    """One order with payment, merchant orders, lines, parcels and refunds. Raises `NotFound`."""
    shipments = Shipment.objects.order_by("id").prefetch_related("lines__line")
    parts = (
        MerchantOrder.objects.select_related("share", "merchant", "order", "replaces", "invoice_request")
        .order_by("position")
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.order_by("position")),
            Prefetch("shipments", shipments),
            Prefetch("refunds", Refund.objects.order_by("id")),
        )
    )
    found = (
        Order.objects.visible_to(actor)
        .filter(ref=ref)
        .select_related("payment")
        .prefetch_related(Prefetch("merchant_orders", parts))
        .first()
    )
    if found is None:
        raise NotFound(_("There is no order %(ref)s.") % {"ref": ref}, ref=ref)
    return found
