"""The merchant's day: what to accept, what to ship, what is late."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard
from backoffice.ui.pages.base import chosen_merchant_id
from mms.selectors.tasks import list_tasks_for_merchant
from oms.permissions import VIEW_ORDERS, VIEW_STOCK
from oms.selectors.stock_work import list_open_alerts
from oms.selectors.time_limits import DUTIES, duty_task
from oms.selectors.worklists import count_work


def render_work(request: HttpRequest) -> Mapping[str, Any] | None:
    merchant_id = chosen_merchant_id(request)
    if merchant_id is None:
        return None
    return {"work": count_work(request.actor, merchant_id=merchant_id)}  # type: ignore[attr-defined]


def render_due_soon(request: HttpRequest) -> Mapping[str, Any] | None:
    merchant_id = chosen_merchant_id(request)
    if merchant_id is None:
        return None
    tasks = list(list_tasks_for_merchant(merchant_id, map(duty_task, DUTIES))[:5])
    return {"tasks": tasks} if tasks else None


def render_running_out(request: HttpRequest) -> Mapping[str, Any] | None:
    merchant_id = chosen_merchant_id(request)
    if merchant_id is None:
        return None
    alerts = list(list_open_alerts(request.actor, merchant_id=merchant_id)[:100])  # type: ignore[attr-defined]
    return {"alerts": alerts[:5], "more": len(alerts) - 5 if len(alerts) > 5 else 0} if alerts else None


CARDS = [
    HomeCard(_("Orders"), VIEW_ORDERS, render_work, "oms/portal/card_work.html", order=10),
    HomeCard(_("Due soon"), VIEW_ORDERS, render_due_soon, "oms/portal/card_due_soon.html", order=11),
    HomeCard(_("Running out"), VIEW_STOCK, render_running_out, "oms/portal/card_running_out.html", order=30),
]
