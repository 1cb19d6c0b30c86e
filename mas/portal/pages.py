from functools import cached_property

from backoffice.ui.pages import PortalPage
from mas.models import Merchant
from mas.selectors.merchants import get_own_merchant


class OwnMerchantPage(PortalPage):
    """A portal page about the merchant the person works for."""

    @cached_property
    def merchant(self) -> Merchant:
        return get_own_merchant(self.merchant_id or 0, actor=self.actor)
