"""Cards of the portal's home: offers that cannot be bought, and products the review turned down."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard
from backoffice.ui.pages.base import chosen_merchant_id
from pim.models import CardState
from pim.permissions import VIEW_OFFERS
from pim.selectors.cards import list_contributions
from pim.selectors.offer_lists import count_unbuyable


def render_products(request: HttpRequest) -> Mapping[str, Any] | None:
    """What keeps offers from being bought; stays away when nothing does."""
    actor, merchant_id = request.actor, chosen_merchant_id(request) or 0  # type: ignore[attr-defined]
    counts = count_unbuyable(actor, merchant_id)
    rejected = list_contributions(actor, merchant_id).filter(state=CardState.REJECTED).count()
    if not rejected and not any(counts.values()):
        return None
    return {"counts": counts, "rejected_count": rejected}


CARDS = [
    HomeCard(
        _("Products that need you"), VIEW_OFFERS, render_products, "pim/portal/card_products.html", order=30
    )
]
