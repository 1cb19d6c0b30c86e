"""The card of the portal's home: next payout with its date."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard, Numbers
from backoffice.ui.pages.base import chosen_merchant_id
from billing.permissions import VIEW_MONEY
from billing.selectors.merchant_money import get_money_now


def render_money(request: HttpRequest, _numbers: Numbers) -> Mapping[str, Any] | None:
    """Balances and the next payout of the merchant one works for; stays away while there is no money."""
    merchant_id = chosen_merchant_id(request)
    if merchant_id is None:
        return None
    money = get_money_now(merchant_id)
    return {"money": money} if money.balances or money.blocks else None


CARDS = [
    HomeCard(_("Money"), VIEW_MONEY, render_money, "billing/portal/card_money.html", order=21, wide=True)
]
