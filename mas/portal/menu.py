from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from mas.permissions import EDIT_SHOP, SET_HOLIDAYS, VIEW_COMPANY

GROUP = _("Team and settings")

MENU = [
    MenuItem(
        _("Company"), "portal:mas-company-detail", icon="store", grant=VIEW_COMPANY, order=81, group=GROUP
    ),
    MenuItem(_("Shop page"), "portal:mas-shop-detail", icon="eye", grant=EDIT_SHOP, order=82, group=GROUP),
    MenuItem(
        _("Bank account"),
        "portal:mas-bank_account-detail",
        icon="bank",
        grant=VIEW_COMPANY,
        order=83,
        group=GROUP,
    ),
    MenuItem(
        _("Documents"), "portal:mas-document-list", icon="file", grant=VIEW_COMPANY, order=84, group=GROUP
    ),
    MenuItem(_("Terms"), "portal:mas-terms-detail", icon="book", grant=VIEW_COMPANY, order=85, group=GROUP),
    MenuItem(
        _("Holidays"), "portal:mas-holiday-edit", icon="calendar", grant=SET_HOLIDAYS, order=86, group=GROUP
    ),
]
