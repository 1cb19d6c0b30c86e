"""The operators' cards: orders that wait, and what is stuck."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.counting import Countable
from backoffice.ui.menus import HomeCard, Numbers
from oms.permissions import MARK_PAID, VIEW_ORDERS
from oms.selectors.incidents import list_live_incidents
from oms.selectors.stuck import list_stuck_rows
from oms.selectors.worklists import list_orders_to_mark_paid, list_work

# What each kind of stuck thing is called on the card.
STUCK = {
    "payment": _("Payments without an answer"),
    "capture": _("Orders that could not be charged"),
    "refund": _("Refunds that did not arrive"),
    "clock": _("Missed time limits"),
    "invoice": _("Invoices overdue"),
    "message": _("Messages of providers"),
}


def count_waiting(request: HttpRequest) -> Mapping[str, Countable]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    unpaid = {"unpaid": list_orders_to_mark_paid(actor)} if actor.can(MARK_PAID) else {}
    return {**list_work(actor), "incidents": list_live_incidents(actor), **unpaid}


def render_work(_request: HttpRequest, numbers: Numbers) -> Mapping[str, Any]:
    return {"work": numbers, "unpaid": numbers.get("unpaid")}


def count_stuck(request: HttpRequest) -> Mapping[str, Countable]:
    return list_stuck_rows(request.actor)  # type: ignore[attr-defined]


def render_stuck(_request: HttpRequest, numbers: Numbers) -> Mapping[str, Any] | None:
    """How much of each kind is stuck; stays away while nothing is."""
    kinds = [(STUCK[kind], number) for kind, number in numbers.items() if number]
    return {"kinds": kinds} if kinds else None


CARDS = [
    HomeCard(
        _("Orders"),
        VIEW_ORDERS,
        render_work,
        "oms/console/card_work.html",
        order=1,
        wide=True,
        by_place=True,
        counts=count_waiting,
    ),
    HomeCard(
        _("Stuck"), VIEW_ORDERS, render_stuck, "oms/console/card_stuck.html", order=21, counts=count_stuck
    ),
]
