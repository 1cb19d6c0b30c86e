"""The operators' cards: orders that wait, and what is stuck."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.ui.menus import HomeCard
from oms.permissions import MARK_PAID, VIEW_ORDERS
from oms.selectors.stuck import list_stuck
from oms.selectors.worklists import count_work, list_orders_to_mark_paid


def render_work(request: HttpRequest) -> Mapping[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    unpaid = list_orders_to_mark_paid(actor).count() if actor.can(MARK_PAID) else None
    return {"work": count_work(actor), "unpaid": unpaid}


def render_stuck(request: HttpRequest) -> Mapping[str, Any] | None:
    """Stays away while nothing is stuck."""
    found = list_stuck(request.actor)  # type: ignore[attr-defined]
    return {"stuck": found[:5], "count": len(found)} if found else None


CARDS = [
    HomeCard(_("Orders"), VIEW_ORDERS, render_work, "oms/console/card_work.html", order=20, by_place=True),
    HomeCard(_("Stuck"), VIEW_ORDERS, render_stuck, "oms/console/card_stuck.html", order=21),
]
