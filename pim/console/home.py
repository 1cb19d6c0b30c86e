"""Cards of the console's home: products that wait for review."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard
from pim.models import ReviewState
from pim.permissions import REVIEW_CARDS
from pim.selectors.reviews import list_reviews

SHOWN = 5


def render_to_review(request: HttpRequest) -> Mapping[str, Any] | None:
    """The products that wait, the longest first; stays away when none does."""
    waiting = list_reviews(request.actor).filter(state=ReviewState.OPEN)  # type: ignore[attr-defined]
    rows = list(waiting[: SHOWN + 1])
    if not rows:
        return None
    return {"reviews": rows[:SHOWN], "count": waiting.count() if len(rows) > SHOWN else len(rows)}


CARDS = [
    HomeCard(
        _("Products to review"), REVIEW_CARDS, render_to_review, "pim/console/card_review.html", order=30
    )
]
