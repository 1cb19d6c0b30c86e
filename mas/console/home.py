"""Cards of the console's home: registrations to review, papers to look at and papers that run out."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.ui.menus import HomeCard
from mas.models import MerchantStatus
from mas.permissions import REVIEW_MERCHANT, VIEW_MERCHANTS
from mas.selectors.documents import list_expiring_documents, list_pending_documents
from mas.selectors.merchants import list_merchants

SHOWN = 5


def render_to_review(request: HttpRequest) -> Mapping[str, Any] | None:
    """The registrations that wait, the longest first; stays away when none does."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    waiting = list_merchants(actor).filter(status=MerchantStatus.IN_REVIEW).order_by("submitted_at", "id")
    rows = list(waiting[: SHOWN + 1])
    if not rows:
        return None
    return {"merchants": rows[:SHOWN], "count": waiting.count() if len(rows) > SHOWN else len(rows)}


def render_documents(request: HttpRequest) -> Mapping[str, Any] | None:
    """Papers to look at and papers that run out within a month; stays away when there are neither."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    pending = list_pending_documents(actor).count()
    expiring = list(list_expiring_documents(actor)[:SHOWN])
    if not pending and not expiring:
        return None
    return {"pending_count": pending, "expiring": expiring}


CARDS = [
    HomeCard(
        _("Registrations to review"),
        REVIEW_MERCHANT,
        render_to_review,
        "mas/console/card_review.html",
        order=20,
    ),
    HomeCard(
        _("Merchant documents"), VIEW_MERCHANTS, render_documents, "mas/console/card_documents.html", order=22
    ),
]
