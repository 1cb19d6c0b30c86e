from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from reports.permissions import VIEW_OWN_REPORTS

GROUP = _("Reports")

MENU: list[MenuItem] = [
    MenuItem(_("Sales by day"), "portal:reports-sales-by-day", "chart", VIEW_OWN_REPORTS, 65, GROUP),
    MenuItem(
        _("Sales by category"), "portal:reports-sales-by-category", "chart", VIEW_OWN_REPORTS, 66, GROUP
    ),
    MenuItem(_("Sales by product"), "portal:reports-sales-by-product", "chart", VIEW_OWN_REPORTS, 67, GROUP),
]
