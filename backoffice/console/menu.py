"""Wagtail's own pages that stay in the menu, under Content."""

from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from mms.permissions import EDIT_CONTENT

GROUP = _("Content")

MENU = [
    MenuItem(_("Pages"), "wagtailadmin_explore_root", "file", EDIT_CONTENT, 90, GROUP, by_place=True),
    MenuItem(_("Page pictures"), "wagtailimages:index", "image", EDIT_CONTENT, 91, GROUP, by_place=True),
    MenuItem(_("Page documents"), "wagtaildocs:index", "folder", EDIT_CONTENT, 92, GROUP, by_place=True),
    MenuItem(_("Redirects"), "wagtailredirects:index", "switch", EDIT_CONTENT, 93, GROUP),
]
