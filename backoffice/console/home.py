from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.cards import HomePage
from backoffice.ui.pages import ConsolePage


class ConsoleHomeView(ConsolePage, HomePage):
    """What waits for this operator: queues with counts and age, money at risk, freshness of the system."""

    grant = SIGNED_IN
    title = _("Home")
