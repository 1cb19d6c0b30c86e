"""The merchant's day: what to accept, what to ship, what is late."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.counting import Countable
from backoffice.ui.menus import HomeCard, Numbers
from backoffice.ui.pages.base import chosen_merchant_id
from mms.selectors.tasks import list_tasks_for_merchant
from oms.permissions import VIEW_ORDERS, VIEW_STOCK
from oms.selectors.incidents import list_live_incidents
from oms.selectors.stock_work import list_open_alerts
from oms.selectors.time_limits import DUTIES, duty_task
from oms.selectors.worklists import list_work

SHOWN = 5


def count_waiting(request: HttpRequest) -> Mapping[str, Countable]:
    actor = request.actor  # type: ignore[attr-defined]
    return {**list_work(actor), "incidents": list_live_incidents(actor)}


def render_work(_request: HttpRequest, numbers: Numbers) -> Mapping[str, Any]:
    return {"work": numbers}


def count_due_soon(request: HttpRequest) -> Mapping[str, Countable]:
    return {"tasks": list_tasks_for_merchant(chosen_merchant_id(request) or 0, map(duty_task, DUTIES))}


def render_due_soon(request: HttpRequest, numbers: Numbers) -> Mapping[str, Any] | None:
    if not numbers["tasks"]:
        return None
    tasks = list_tasks_for_merchant(chosen_merchant_id(request) or 0, map(duty_task, DUTIES))
    return {"tasks": list(tasks[:SHOWN])}


def count_running_out(request: HttpRequest) -> Mapping[str, Countable]:
    return {"alerts": list_open_alerts(request.actor)}  # type: ignore[attr-defined]


def render_running_out(request: HttpRequest, numbers: Numbers) -> Mapping[str, Any] | None:
    number = numbers["alerts"]
    if not number:
        return None
    alerts = list_open_alerts(request.actor)  # type: ignore[attr-defined]
    return {"alerts": list(alerts[:SHOWN]), "more": max(number - SHOWN, 0)}


CARDS = [
    HomeCard(
        _("Orders"),
        VIEW_ORDERS,
        render_work,
        "oms/portal/card_work.html",
        order=10,
        counts=count_waiting,
        wide=True,
    ),
    HomeCard(
        _("Due soon"),
        VIEW_ORDERS,
        render_due_soon,
        "oms/portal/card_due_soon.html",
        order=22,
        counts=count_due_soon,
    ),
    HomeCard(
        _("Running out"),
        VIEW_STOCK,
        render_running_out,
        "oms/portal/card_running_out.html",
        order=30,
        counts=count_running_out,
    ),
]
