"""Unsaved rows of what a plan agreed: copied at placement, never read live again."""

from oms.models import MerchantOrder, Order, OrderLine
from oms.operations.order_plan import PlannedLine, PlannedPart
from oms.selectors.kits import get_kits


def merchant_order_row(order: Order, position: int, part: PlannedPart) -> MerchantOrder:
    """The unsaved merchant order of one merchant's part."""
    return MerchantOrder(
        ref=f"{order.ref}-{position}",
        order=order,
        position=position,
        merchant_id=part.merchant_id,
        merchant_name=part.merchant_name,
        currency=order.currency,
        goods_minor=part.goods_minor,
        discount_minor=part.discount_minor,
        voucher_code=part.voucher.code if part.voucher else "",
        shipping_minor=part.shipping_minor,
        shipping_tax_rate_bps=part.shipping_tax_rate_bps,
        shipping_tax_minor=part.shipping_tax_minor,
        tax_minor=part.tax_minor,
        total_minor=part.total_minor,
        delivery_name=part.delivery.name,
        delivery_kind=part.delivery.kind,
        pickup_point=_pickup_point(part),
        pickup_address=dict(part.delivery.point or {}),
        delivery_from_on=part.delivery_from_on,
        delivery_until_on=part.delivery_until_on,
        lead_time_days=part.lead_time_days,
    )


def _pickup_point(part: PlannedPart) -> str:
    if part.delivery.point:
        return part.delivery.point["name"][:60]
    return part.delivery.method_ref if part.delivery.kind == "pickup" else ""


def order_line_row(merchant_order: MerchantOrder, position: int, planned: PlannedLine) -> OrderLine:
    """The unsaved copy of what is sold now: never read live again."""
    offer = planned.offer
    return OrderLine(
        merchant_order=merchant_order,
        position=position,
        offer_id=offer.offer_id,
        offer_ref=offer.offer_ref,
        card_id=offer.card_id,
        card_ref=offer.card_ref,
        title=offer.title[:500],
        merchant_sku=offer.merchant_sku,
        brand=offer.brand,
        condition=offer.condition,
        asset_uuid=offer.asset_uuid,
        category_ids=list(offer.category_ids),
        tax_class=offer.tax_class,
        tax_rate_bps=planned.tax_rate_bps,
        unit_price_minor=offer.unit_price_minor,
        list_price_minor=offer.list_price_minor,
        quantity=planned.quantity,
        merchant_discount_minor=planned.discount_minor,
        tax_minor=planned.tax_minor,
        total_minor=planned.total_minor,
        preorder_on=offer.preorder_on(planned.quantity),
        components=[
            {
                "offer_ref": part.offer_ref,
                "merchant_sku": part.merchant_sku,
                "title": part.title,
                "quantity": part.quantity,
            }
            for part in get_kits().contents.get(offer.offer_id, ())
        ],
    )
