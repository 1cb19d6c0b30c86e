"""Cards of the console's home: registrations to review, papers to look at and papers that run out."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.counting import Countable
from backoffice.ui.menus import HomeCard, Numbers
from mas.permissions import REVIEW_MERCHANT, VIEW_MERCHANTS
from mas.selectors.documents import list_expiring_documents, list_pending_documents
from mas.selectors.merchants import list_merchants_in_review

SHOWN = 5


def count_to_review(request: HttpRequest) -> Mapping[str, Countable]:
    return {"waiting": list_merchants_in_review(request.actor)}  # type: ignore[attr-defined]


def render_to_review(request: HttpRequest, numbers: Numbers) -> Mapping[str, Any] | None:
    """The registrations that wait, the longest first; stays away when none does."""
    if not numbers["waiting"]:
        return None
    waiting = list_merchants_in_review(request.actor)  # type: ignore[attr-defined]
    return {"merchants": list(waiting[:SHOWN]), "count": numbers["waiting"]}


def count_documents(request: HttpRequest) -> Mapping[str, Countable]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return {"pending": list_pending_documents(actor), "expiring": list_expiring_documents(actor)}


def render_documents(request: HttpRequest, numbers: Numbers) -> Mapping[str, Any] | None:
    """Papers to look at and papers that run out within a month; stays away when there are neither."""
    if not any(numbers.values()):
        return None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    expiring = list(list_expiring_documents(actor)[:SHOWN]) if numbers["expiring"] else []
    return {"pending_count": numbers["pending"], "expiring": expiring}


CARDS = [
    HomeCard(
        _("Registrations to review"),
        REVIEW_MERCHANT,
        render_to_review,
        "mas/console/card_review.html",
        order=20,
        counts=count_to_review,
    ),
    HomeCard(
        _("Merchant documents"),
        VIEW_MERCHANTS,
        render_documents,
        "mas/console/card_documents.html",
        order=22,
        counts=count_documents,
    ),
]
