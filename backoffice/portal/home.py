from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.cards import HomePage
from backoffice.ui.pages import PortalPage


class PortalHomeView(PortalPage, HomePage):
    """What waits for this merchant: the checklist until live, then counts that open their lists, sales and payout."""

    grant = SIGNED_IN
    title = _("Home")
