"""The portal's own pages: home, merchant switcher, search, jobs."""

from django.utils.translation import gettext_lazy as _

from backoffice.kernel.errors import NotFound
from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.cards import HomePage
from backoffice.ui.pages import ActionPage, PortalPage
from backoffice.ui.pages.base import MERCHANT_SESSION_KEY
from backoffice.ui.shells import CancelJobPage, JobFilePage, JobPage, MenuCountsPage, RetryJobPage, SearchPage
from mas.portal.pages import list_own_merchants


class PortalHomeView(PortalPage, HomePage):
    """What waits for this merchant: the checklist until live, then counts that open their lists, sales and payout."""

    grant = SIGNED_IN
    title = _("Home")


class SwitchMerchantView(PortalPage, ActionPage):
    """Work for another of one's merchants from now on in this session."""

    grant = SIGNED_IN

    def perform(self) -> None:
        wanted = self.request.POST.get("merchant", "")
        merchant = next((m for m in list_own_merchants(self.request) if m.ref == wanted), None)
        if merchant is None:
            raise NotFound("There is no such merchant.")
        self.request.session[MERCHANT_SESSION_KEY] = merchant.pk

    def get_success_url(self) -> str:
        return "/portal/"


class PortalSearchView(PortalPage, SearchPage):
    grant = SIGNED_IN


class PortalMenuCountsView(PortalPage, MenuCountsPage):
    grant = SIGNED_IN


class PortalJobView(PortalPage, JobPage):
    grant = SIGNED_IN


class PortalJobFileView(PortalPage, JobFilePage):
    grant = SIGNED_IN


class PortalJobCancelView(PortalPage, CancelJobPage):
    grant = SIGNED_IN


class PortalJobRetryView(PortalPage, RetryJobPage):
    grant = SIGNED_IN
