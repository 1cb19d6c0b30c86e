"""What people and programs may do with orders, and which ready roles may do it."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import MERCHANT, OPERATOR, grant

VIEW_ORDERS = grant("oms.view_orders", _("See orders"))
ACCEPT_ORDERS = grant("oms.accept_orders", _("Accept and refuse orders"))
SHIP_ORDERS = grant("oms.ship_orders", _("Ship orders and print packing slips"))
CANCEL_ORDERS = grant("oms.cancel_orders", _("Cancel orders before they are shipped"))
REFUND_ORDERS = grant("oms.refund_orders", _("Refund buyers"))
RESOLVE_INCIDENTS = grant("oms.resolve_incidents", _("Answer incidents of buyers"), MERCHANT)
MANAGE_INCIDENTS = grant("oms.manage_incidents", _("Open, close and reopen incidents"), OPERATOR)
VIEW_STOCK = grant("oms.view_stock", _("See stock"))
MANAGE_STOCK = grant("oms.manage_stock", _("Change stock"))
MANAGE_DELIVERY = grant("oms.manage_delivery", _("Set delivery zones, methods and prices"))
MANAGE_VOUCHERS = grant("oms.manage_vouchers", _("See, create and end a merchant's vouchers"))
MARK_PAID = grant("oms.mark_paid", _("Record payments that arrived by bank transfer"), OPERATOR)
RESOLVE_PAYMENTS = grant("oms.resolve_payments", _("Resolve stuck payments and refunds"), OPERATOR)
MANAGE_TIME_LIMITS = grant("oms.manage_time_limits", _("Change the time limits of orders"), OPERATOR)
MANAGE_CARRIERS = grant("oms.manage_carriers", _("Change the carriers merchants choose from"), OPERATOR)
PUSH_TRACKING = grant("oms.push_tracking", _("Record what carriers say about parcels"))
MANAGE_FULFILMENT = grant(
    "oms.manage_fulfilment", _("Set working days, cut-off hour and orders that accept themselves")
)

_MERCHANT_ORDERS = {
    VIEW_ORDERS,
    ACCEPT_ORDERS,
    SHIP_ORDERS,
    CANCEL_ORDERS,
    REFUND_ORDERS,
    PUSH_TRACKING,
    RESOLVE_INCIDENTS,
}

ROLE_GRANTS: dict[str, set[str]] = {
    "operator-admin": {
        VIEW_ORDERS,
        ACCEPT_ORDERS,
        SHIP_ORDERS,
        CANCEL_ORDERS,
        REFUND_ORDERS,
        MANAGE_INCIDENTS,
        VIEW_STOCK,
        MANAGE_STOCK,
        MANAGE_DELIVERY,
        MANAGE_VOUCHERS,
        MARK_PAID,
        RESOLVE_PAYMENTS,
        MANAGE_TIME_LIMITS,
        MANAGE_CARRIERS,
        PUSH_TRACKING,
        MANAGE_FULFILMENT,
    },
    "orders-desk": {
        VIEW_ORDERS,
        ACCEPT_ORDERS,
        CANCEL_ORDERS,
        REFUND_ORDERS,
        MANAGE_INCIDENTS,
        VIEW_STOCK,
        RESOLVE_PAYMENTS,
        PUSH_TRACKING,
    },
    "support": {VIEW_ORDERS, MANAGE_INCIDENTS, VIEW_STOCK},
    "catalogue": {VIEW_STOCK},
    "finance": {VIEW_ORDERS, MARK_PAID, RESOLVE_PAYMENTS, REFUND_ORDERS},
    "finance-approver": {VIEW_ORDERS},
    "merchant-admin": {
        *_MERCHANT_ORDERS,
        VIEW_STOCK,
        MANAGE_STOCK,
        MANAGE_DELIVERY,
        MANAGE_VOUCHERS,
        MANAGE_FULFILMENT,
    },
    "merchant-orders": {*_MERCHANT_ORDERS, VIEW_STOCK},
    "merchant-stock": {VIEW_STOCK, MANAGE_STOCK},
    "merchant-accounting": {VIEW_ORDERS},
    "merchant-support": {VIEW_ORDERS, REFUND_ORDERS, RESOLVE_INCIDENTS},
}
