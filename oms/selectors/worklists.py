"""Counts and lists that tell people what to do next."""

from django.db.models import QuerySet

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from oms.models import (
    SHIPPABLE,
    MerchantOrder,
    MerchantOrderState,
    Order,
    PaymentState,
    StateChange,
)
from oms.selectors.orders import list_merchant_orders, list_orders


def list_work(actor: Actor) -> dict[str, QuerySet[MerchantOrder]]:
    """The merchant orders that wait, by what for: to accept, charging, to ship, to ship today, late; to be counted."""
    rows: QuerySet[MerchantOrder] = MerchantOrder.objects.visible_to(actor).of_placed_orders()
    now = clock.now()
    end_of_day = now.replace(hour=23, minute=59, second=59, microsecond=999_999)
    shippable = rows.filter(state__in=SHIPPABLE)
    return {
        "to_accept": rows.filter(state=MerchantOrderState.WAITING_ACCEPTANCE),
        "charging": rows.filter(state=MerchantOrderState.WAITING_PAYMENT),
        "to_ship": shippable,
        "today": shippable.filter(ship_by__lte=end_of_day),
        "late": shippable.filter(ship_by__lt=now),
    }


def list_orders_to_mark_paid(actor: Actor) -> QuerySet[Order]:
    """Orders whose bank transfer has not arrived yet, oldest first."""
    return (
        list_orders(actor)
        .filter(payment__state=PaymentState.AWAITED)
        .select_related("payment")
        .order_by("placed_at", "id")
    )


def list_late_orders(actor: Actor) -> QuerySet[MerchantOrder]:
    rows: QuerySet[MerchantOrder] = list_merchant_orders(actor).filter(
        state__in=SHIPPABLE, ship_by__lt=clock.now()
    )
    return rows.order_by("ship_by", "id")


def oldest_to_answer(rows: QuerySet[MerchantOrder], most: int) -> tuple[list[str], int]:
    """The numbers of these orders, of too many the oldest that wait for an answer; and how many wait besides."""
    refs = list(rows.values_list("ref", flat=True)[: most + 1])
    if len(refs) <= most:
        return refs, 0
    waiting = rows.filter(state=MerchantOrderState.WAITING_ACCEPTANCE).order_by("placed_at", "id")
    return list(waiting.values_list("ref", flat=True)[:most]), max(waiting.count() - most, 0)


def list_history(part: MerchantOrder) -> QuerySet[StateChange]:
    """What happened to a merchant order, newest first; the caller has checked that the actor may see it."""
    return StateChange.objects.filter(merchant_order=part, line=None).order_by("-id")


def list_line_history(part: MerchantOrder) -> QuerySet[StateChange]:
    """What happened to the pieces of each line, newest first; same condition as `list_history`."""
    rows = StateChange.objects.filter(merchant_order=part, line__isnull=False)
    return rows.select_related("line").order_by("-id")


def list_full_history(part: MerchantOrder) -> QuerySet[StateChange]:
    """The steps of a merchant order and of its lines together, newest first; same condition as `list_history`."""
    return StateChange.objects.filter(merchant_order=part).select_related("line").order_by("-id")


def list_order_history(order: Order) -> QuerySet[StateChange]:
    """What happened to an order and its parts, newest first."""
    return StateChange.objects.filter(order=order, line=None).select_related("merchant_order").order_by("-id")


def list_order_line_history(order: Order) -> QuerySet[StateChange]:
    """What happened to the pieces of every line of an order, newest first."""
    rows = StateChange.objects.filter(order=order, line__isnull=False)
    return rows.select_related("line", "merchant_order").order_by("-id")
