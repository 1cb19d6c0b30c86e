"""Orders as buyers find them: by signed link, or by number and e-mail."""

from django.db.models import Prefetch

from oms.models import MerchantOrder, Order, OrderLine, Refund, Shipment, ShipmentLine


def find_order_for_buyer(order_ref: str | None, *, website_id: int) -> Order | None:
    """The purchase with its parts, lines, parcels and refunds, in six statements; None when there is none."""
    if not order_ref:
        return None
    shipments = Shipment.objects.order_by("id").prefetch_related(
        Prefetch("lines", ShipmentLine.objects.select_related("line").order_by("id"))
    )
    parts = (
        MerchantOrder.objects.select_related("share", "merchant", "invoice_request")
        .order_by("position")
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.select_related("incident").order_by("position")),
            Prefetch("shipments", shipments),
            Prefetch("refunds", Refund.objects.order_by("id")),
        )
    )
    return (
        Order.objects.filter(ref=order_ref, website_id=website_id)
        .select_related("payment")
        .prefetch_related(Prefetch("merchant_orders", parts))
        .first()
    )


def find_order_ref(number: str, email: str, *, website_id: int) -> str | None:
    """The order a guest names by number (with or without prefix) and e-mail; None when they do not match."""
    number = number.strip().upper()
    if number and not number.startswith("ORD-"):
        number = f"ORD-{number}"
    # `ORD-…-1` names a part; the purchase is found by it too.
    number = "-".join(number.split("-")[:2])
    rows = Order.objects.placed().filter(ref=number, buyer_email__iexact=email.strip(), website_id=website_id)
    return rows.values_list("ref", flat=True).first()
