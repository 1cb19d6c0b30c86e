"""Media in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from dam.permissions import VIEW_ASSETS

MENU = [MenuItem(_("Media"), "portal:dam-asset-list", icon="image", grant=VIEW_ASSETS, order=30)]
