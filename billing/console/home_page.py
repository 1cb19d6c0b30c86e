"""Finance home: what waits for me, exposure, clearing items by age."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.ui.pages import ConsolePage, Page
from billing.permissions import VIEW_FINANCE
from billing.selectors.finance_home import count_waiting, list_clearing_accounts, list_exposures
from billing.selectors.periods import count_unsealed_entries


class FinanceHomeView(ConsolePage, Page):
    grant = VIEW_FINANCE
    title = _("Finance")
    template_name = "billing/console/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            waiting=count_waiting(),
            exposures=list_exposures(),
            clearing=list_clearing_accounts(),
            unchained=count_unsealed_entries(),
            **kwargs,
        )
