"""Assets in the console's menu."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from dam.permissions import VIEW_ASSETS

MENU = [MenuItem(_("Assets"), "console:dam-asset-list", icon="image", grant=VIEW_ASSETS, order=40)]
