from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import MenuItem
from mas.permissions import CONFIGURE_ONBOARDING, VIEW_MERCHANTS
from mas.selectors.documents import list_pending_documents
from mas.selectors.merchants import list_merchants_in_review

GROUP = _("Merchants")


MENU = [
    MenuItem(
        _("All merchants"),
        "console:mas-merchant-list",
        icon="store",
        grant=VIEW_MERCHANTS,
        order=20,
        group=GROUP,
    ),
    MenuItem(
        _("To review"),
        "console:mas-merchant-list",
        icon="check-square",
        grant=VIEW_MERCHANTS,
        order=21,
        group=GROUP,
        query="status=in_review",
        count=list_merchants_in_review,
    ),
    MenuItem(
        _("Invitations"),
        "console:mas-invitation-list",
        icon="mail",
        grant=VIEW_MERCHANTS,
        order=22,
        group=GROUP,
    ),
    MenuItem(
        _("Documents"),
        "console:mas-document-list",
        icon="file",
        grant=VIEW_MERCHANTS,
        order=23,
        group=GROUP,
        count=list_pending_documents,
    ),
    MenuItem(
        _("Onboarding"),
        "console:mas-onboarding-detail",
        icon="list",
        grant=CONFIGURE_ONBOARDING,
        order=24,
        group=GROUP,
    ),
    MenuItem(_("Terms"), "console:mas-terms-list", icon="book", grant=VIEW_MERCHANTS, order=25, group=GROUP),
]
