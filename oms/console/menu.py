"""The operators' menu entries for orders."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.counting import Countable
from backoffice.ui.menus import MenuItem
from oms.permissions import (
    MANAGE_CARRIERS,
    MANAGE_DELIVERY,
    MANAGE_FULFILMENT,
    MANAGE_TIME_LIMITS,
    MANAGE_VOUCHERS,
    MARK_PAID,
    RESOLVE_PAYMENTS,
    VIEW_ORDERS,
    VIEW_STOCK,
)
from oms.portal.incidents import LIVE_QUERY
from oms.selectors.incidents import list_live_incidents
from oms.selectors.stuck import list_stuck_rows
from oms.selectors.worklists import list_orders_to_mark_paid, list_work

GROUP = _("Orders")
SETTINGS = _("Settings")


def count_to_accept(actor: Actor) -> Countable:
    return list_work(actor)["to_accept"]


def count_late(actor: Actor) -> Countable:
    return list_work(actor)["late"]


def count_stuck(actor: Actor) -> Countable:
    return list_stuck_rows(actor).values()


MENU = [
    MenuItem(_("All orders"), "console:oms-order-list", "orders", VIEW_ORDERS, 50, GROUP, by_place=True),
    MenuItem(
        _("Merchant orders"), "console:oms-merchant_order-list", "list", VIEW_ORDERS, 51, GROUP, by_place=True
    ),
    MenuItem(
        _("To accept"),
        "console:oms-merchant_order-list",
        "clock",
        VIEW_ORDERS,
        52,
        GROUP,
        count_to_accept,
        "state=waiting_acceptance",
        by_place=True,
    ),
    MenuItem(
        _("Late"),
        "console:oms-merchant_order-list",
        "alert",
        VIEW_ORDERS,
        53,
        GROUP,
        count_late,
        "due=late",
        True,
    ),
    MenuItem(
        _("Incidents"),
        "console:oms-incident-list",
        "flag",
        VIEW_ORDERS,
        53,
        GROUP,
        list_live_incidents,
        LIVE_QUERY,
        by_place=True,
    ),
    MenuItem(_("Stuck"), "console:oms-stuck-list", "flag", VIEW_ORDERS, 54, GROUP, count_stuck),
    MenuItem(
        _("Transfers to record"),
        "console:oms-payment-list",
        "bank",
        MARK_PAID,
        55,
        GROUP,
        list_orders_to_mark_paid,
    ),
    MenuItem(_("Refunds"), "console:oms-refund-list", "return", VIEW_ORDERS, 56, GROUP, by_place=True),
    MenuItem(_("Stock"), "console:oms-stock-list", "box", VIEW_STOCK, 57, GROUP),
    MenuItem(
        _("Stock reconciliation"), "console:oms-reconciliation-list", "check-square", VIEW_STOCK, 58, GROUP
    ),
    MenuItem(_("Vouchers"), "console:oms-voucher-list", "tag", MANAGE_VOUCHERS, 59, GROUP),
    MenuItem(_("Provider messages"), "console:oms-notification-list", "mail", RESOLVE_PAYMENTS, 59, GROUP),
    MenuItem(_("Delivery prices"), "console:oms-delivery-list", "truck", MANAGE_DELIVERY, 92, SETTINGS),
    MenuItem(
        _("Time limits of orders"), "console:oms-time_rule-list", "clock", MANAGE_TIME_LIMITS, 93, SETTINGS
    ),
    MenuItem(_("Public holidays"), "console:oms-holiday-list", "clock", MANAGE_TIME_LIMITS, 94, SETTINGS),
    MenuItem(_("Carriers"), "console:oms-carrier-list", "truck", MANAGE_CARRIERS, 95, SETTINGS),
]

# On the page of a merchant.
MERCHANT_LINKS = [
    MenuItem(
        _("Working time and acceptance"), "console:oms-merchant-terms", "clock", MANAGE_FULFILMENT, order=30
    ),
    MenuItem(_("Fulfilment centre"), "console:oms-merchant-centre", "truck", MANAGE_TIME_LIMITS, order=31),
    MenuItem(_("Vouchers"), "console:oms-merchant-vouchers", "tag", MANAGE_VOUCHERS, order=32),
]
