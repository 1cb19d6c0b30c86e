"""The console's own pages: home, search, jobs."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.cards import HomePage
from backoffice.ui.pages import ConsolePage
from backoffice.ui.shells import CancelJobPage, JobFilePage, JobPage, MenuCountsPage, RetryJobPage, SearchPage


class ConsoleHomeView(ConsolePage, HomePage):
    """What waits for this operator: queues with counts and age, money at risk, freshness of the system."""

    grant = SIGNED_IN
    title = _("Home")


class ConsoleSearchView(ConsolePage, SearchPage):
    grant = SIGNED_IN


class ConsoleMenuCountsView(ConsolePage, MenuCountsPage):
    grant = SIGNED_IN


class ConsoleJobView(ConsolePage, JobPage):
    grant = SIGNED_IN


class ConsoleJobFileView(ConsolePage, JobFilePage):
    grant = SIGNED_IN


class ConsoleJobCancelView(ConsolePage, CancelJobPage):
    grant = SIGNED_IN


class ConsoleJobRetryView(ConsolePage, RetryJobPage):
    grant = SIGNED_IN
