"""The card of the portal's home: next payout with its date."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.ui.menus import HomeCard
from billing.permissions import VIEW_MONEY
from billing.selectors.merchant_money import get_merchant_money


def render_money(request: HttpRequest) -> Mapping[str, Any] | None:
    """Balances and the next payout of the merchant one works for; stays away while there is no money."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen = request.session.get("merchant_id")
    merchant_id = chosen if chosen in actor.merchant_ids else min(actor.merchant_ids, default=None)
    if merchant_id is None:
        return None
    money = get_merchant_money(merchant_id)
    return {"money": money} if money.balances or money.blocks else None


CARDS = [HomeCard(_("Money"), VIEW_MONEY, render_money, "billing/portal/card_money.html", order=40)]
