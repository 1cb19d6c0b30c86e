from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from mms.permissions import MANAGE_MERCHANT_KEYS, VIEW_TEAM

GROUP = _("Team and settings")

MENU = [
    MenuItem(_("Team"), "portal:mms-team", icon="users", grant=VIEW_TEAM, order=80, group=GROUP),
    MenuItem(
        _("API keys"),
        "portal:mms-api-key-list",
        icon="key",
        grant=MANAGE_MERCHANT_KEYS,
        order=82,
        group=GROUP,
    ),
]
