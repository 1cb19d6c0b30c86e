from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from reports.permissions import VIEW_FINANCE_REPORTS, VIEW_REPORTS

GROUP = _("Reports")

MENU: list[MenuItem] = [
    MenuItem(
        _("Sales by day"), "console:reports-sales-by-day", "chart", VIEW_REPORTS, 80, GROUP, by_place=True
    ),
    MenuItem(
        _("Sales by merchant"),
        "console:reports-sales-by-merchant",
        "chart",
        VIEW_REPORTS,
        81,
        GROUP,
        by_place=True,
    ),
    MenuItem(
        _("Sales by category"),
        "console:reports-sales-by-category",
        "chart",
        VIEW_REPORTS,
        82,
        GROUP,
        by_place=True,
    ),
    MenuItem(
        _("Sales by store view"),
        "console:reports-sales-by-view",
        "chart",
        VIEW_REPORTS,
        83,
        GROUP,
        by_place=True,
    ),
    MenuItem(_("Income by day"), "console:reports-income-by-day", "chart", VIEW_FINANCE_REPORTS, 84, GROUP),
    MenuItem(
        _("Income by merchant"),
        "console:reports-income-by-merchant",
        "chart",
        VIEW_FINANCE_REPORTS,
        85,
        GROUP,
    ),
    MenuItem(
        _("Merchant balances"), "console:reports-balance-list", "chart", VIEW_FINANCE_REPORTS, 86, GROUP
    ),
]
