from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from pim.permissions import CONTRIBUTE_CARDS, IMPORT_PRODUCTS, VIEW_OFFERS

GROUP = _("Products")

MENU = [
    MenuItem(_("Offers"), "portal:pim-offer-list", "tag", VIEW_OFFERS, 20, GROUP),
    MenuItem(_("My products"), "portal:pim-card-list", "box", CONTRIBUTE_CARDS, 21, GROUP),
    MenuItem(_("Imports"), "portal:pim-import-list", "upload", IMPORT_PRODUCTS, 22, GROUP),
]
