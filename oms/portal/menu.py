"""The merchant's menu entries for orders, stock and delivery."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.counting import Countable
from backoffice.ui.menus import MenuItem
from oms.permissions import MANAGE_DELIVERY, MANAGE_FULFILMENT, MANAGE_VOUCHERS, VIEW_ORDERS, VIEW_STOCK
from oms.portal.incidents import LIVE_QUERY
from oms.selectors.incidents import list_live_incidents
from oms.selectors.worklists import list_work


def count_to_accept(actor: Actor) -> Countable:
    return list_work(actor)["to_accept"]


MENU = [
    MenuItem(
        _("Orders"),
        "portal:oms-order-list",
        icon="orders",
        grant=VIEW_ORDERS,
        order=10,
        count=count_to_accept,
    ),
    MenuItem(
        _("Incidents"),
        "portal:oms-incident-list",
        icon="flag",
        grant=VIEW_ORDERS,
        order=40,
        count=list_live_incidents,
        query=LIVE_QUERY,
    ),
    MenuItem(
        _("Stock"), "portal:oms-stock-list", icon="box", grant=VIEW_STOCK, order=25, group=_("Products")
    ),
    MenuItem(
        _("Vouchers"),
        "portal:oms-voucher-list",
        icon="tag",
        grant=MANAGE_VOUCHERS,
        order=28,
        group=_("Products"),
    ),
    MenuItem(
        _("Delivery"),
        "portal:oms-delivery-list",
        icon="truck",
        grant=MANAGE_DELIVERY,
        order=87,
        group=_("Team and settings"),
    ),
    MenuItem(
        _("Working time"),
        "portal:oms-terms",
        icon="clock",
        grant=MANAGE_FULFILMENT,
        order=88,
        group=_("Team and settings"),
    ),
]
