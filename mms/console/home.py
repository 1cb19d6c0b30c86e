from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard
from mms.console.tasks import kind_label
from mms.permissions import MANAGE_WORK, VIEW_TASKS
from mms.selectors.tasks import count_overdue_tasks, list_open_kinds
from mms.selectors.work import read_freshness


def render_tasks(request: HttpRequest) -> dict[str, Any]:
    kinds = [(kind, kind_label(kind), count) for kind, count in list_open_kinds()]
    return {"kinds": kinds, "overdue": count_overdue_tasks()}


def render_freshness(request: HttpRequest) -> dict[str, Any]:
    return {"freshness": read_freshness()}


CARDS = [
    HomeCard(_("Tasks"), VIEW_TASKS, render_tasks, "mms/console/card_tasks.html", order=10),
    HomeCard(_("System"), MANAGE_WORK, render_freshness, "mms/console/card_freshness.html", order=90),
]
