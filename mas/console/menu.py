from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.ui.menus import MenuItem
from mas.permissions import CONFIGURE_ONBOARDING, VIEW_MERCHANTS
from mas.selectors.documents import list_pending_documents
from mas.selectors.merchants import count_merchants_in_review

GROUP = _("Merchants")


def _count_documents(actor: Actor) -> int:
    return list_pending_documents(actor).count()


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
        count=count_merchants_in_review,
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
        count=_count_documents,
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
