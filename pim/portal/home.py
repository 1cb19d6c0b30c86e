"""Cards of the portal's home: offers that cannot be bought, and products the review turned down."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.counting import Countable
from backoffice.ui.menus import HomeCard, Numbers
from backoffice.ui.pages.base import chosen_merchant_id
from pim.models import CardState
from pim.permissions import VIEW_OFFERS
from pim.selectors.cards import list_contributions
from pim.selectors.offer_lists import list_unbuyable


def count_products(request: HttpRequest) -> Mapping[str, Countable]:
    actor, merchant_id = request.actor, chosen_merchant_id(request) or 0  # type: ignore[attr-defined]
    rejected = list_contributions(actor, merchant_id).filter(state=CardState.REJECTED)
    return {**list_unbuyable(actor, merchant_id), "rejected": rejected}


def render_products(_request: HttpRequest, numbers: Numbers) -> Mapping[str, Any] | None:
    """What keeps offers from being bought; stays away when nothing does."""
    return {"counts": numbers} if any(numbers.values()) else None


CARDS = [
    HomeCard(
        _("Products that need you"),
        VIEW_OFFERS,
        render_products,
        "pim/portal/card_products.html",
        order=30,
        counts=count_products,
    )
]
