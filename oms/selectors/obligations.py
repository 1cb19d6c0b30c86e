"""What of a merchant's orders is still open: the answer to merchant administration's one question upwards."""

from django.utils.translation import gettext_lazy as _

from mas.ports import OpenObligation
from oms.models import MerchantOrder, MerchantOrderState, Refund, RefundState

ENDED = (MerchantOrderState.CLOSED, MerchantOrderState.REFUSED, MerchantOrderState.CANCELLED)


def list_open_orders_and_refunds(merchant_id: int) -> list[OpenObligation]:
    """Merchant orders that may still be shipped, received or refunded, and refunds the buyer does not have yet."""
    orders = MerchantOrder.objects.of_placed_orders().filter(merchant_id=merchant_id).exclude(state__in=ENDED)
    refunds = Refund.objects.filter(merchant_order__merchant_id=merchant_id).exclude(state=RefundState.DONE)
    return [
        OpenObligation("oms.open_orders", _("Open orders"), orders.count()),
        OpenObligation("oms.open_refunds", _("Refunds under way"), refunds.count()),
    ]
