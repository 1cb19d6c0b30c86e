"""The card of the console's home: what waits in finance."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard
from billing.permissions import VIEW_FINANCE
from billing.selectors.finance_home import count_waiting, list_exposures


def render_finance(_request: HttpRequest) -> Mapping[str, Any] | None:
    """Queues of finance and what merchants owe; always there, so that zero is visible too."""
    return {"waiting": count_waiting(), "exposures": list_exposures()}


CARDS = [HomeCard(_("Finance"), VIEW_FINANCE, render_finance, "billing/console/card_finance.html", order=30)]
