"""The card of the console's home: what waits in finance."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.counting import Countable
from backoffice.ui.menus import HomeCard, Numbers
from billing.permissions import VIEW_FINANCE
from billing.selectors.finance_home import list_exposures, list_waiting


def count_finance(_request: HttpRequest) -> Mapping[str, Countable]:
    queues = list_waiting()
    return {name: queues[name] for name in ("settlements_in_review", "payouts_to_send", "payouts_unknown")}


def render_finance(_request: HttpRequest, numbers: Numbers) -> Mapping[str, Any] | None:
    """Queues of finance and what merchants owe; always there, so that zero is visible too."""
    return {"waiting": numbers, "exposures": list_exposures()}


CARDS = [
    HomeCard(
        _("Finance"),
        VIEW_FINANCE,
        render_finance,
        "billing/console/card_finance.html",
        order=30,
        counts=count_finance,
    )
]
