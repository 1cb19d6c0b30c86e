"""Cards of the console's home: products that wait for review."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.counting import Countable
from backoffice.ui.menus import HomeCard, Numbers
from pim.permissions import REVIEW_CARDS
from pim.selectors.reviews import list_open_reviews

SHOWN = 5


def count_to_review(request: HttpRequest) -> Mapping[str, Countable]:
    return {"waiting": list_open_reviews(request.actor)}  # type: ignore[attr-defined]


def render_to_review(request: HttpRequest, numbers: Numbers) -> Mapping[str, Any] | None:
    """The products that wait, the longest first; stays away when none does."""
    if not numbers["waiting"]:
        return None
    waiting = list_open_reviews(request.actor)  # type: ignore[attr-defined]
    return {"reviews": list(waiting[:SHOWN]), "count": numbers["waiting"]}


CARDS = [
    HomeCard(
        _("Products to review"),
        REVIEW_CARDS,
        render_to_review,
        "pim/console/card_review.html",
        order=30,
        counts=count_to_review,
    )
]
