from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from pim.permissions import EDIT_STRUCTURE, IMPORT_PRODUCTS, VIEW_CATALOGUE
from pim.selectors.reviews import list_open_reviews

GROUP = _("Catalogue")


MENU = [
    MenuItem(
        _("Review queue"),
        "console:pim-review-list",
        "check-square",
        VIEW_CATALOGUE,
        30,
        GROUP,
        list_open_reviews,
        "state=open",
    ),
    MenuItem(_("Cards"), "console:pim-card-list", "box", VIEW_CATALOGUE, 31, GROUP),
    MenuItem(_("Categories"), "console:pim-category-list", "folder", VIEW_CATALOGUE, 32, GROUP),
    MenuItem(_("Families"), "console:pim-family-list", "layers", EDIT_STRUCTURE, 33, GROUP),
    MenuItem(_("Attributes"), "console:pim-attribute-list", "sliders", EDIT_STRUCTURE, 34, GROUP),
    MenuItem(_("Brands"), "console:pim-brand-list", "tag", VIEW_CATALOGUE, 35, GROUP),
    MenuItem(_("Imports"), "console:pim-import-list", "upload", IMPORT_PRODUCTS, 36, GROUP),
    MenuItem(_("Exchange rates"), "console:pim-rate-list", "money", VIEW_CATALOGUE, 37, GROUP),
    MenuItem(_("Units"), "console:pim-unit-list", "scale", VIEW_CATALOGUE, 38, GROUP),
]
