from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.counting import Countable
from backoffice.ui.menus import HomeCard, Numbers
from mms.console.tasks import kind_label
from mms.permissions import MANAGE_WORK, VIEW_TASKS
from mms.selectors.tasks import list_open_kinds, list_overdue_tasks
from mms.selectors.work import Freshness, list_freshness_rows


def count_overdue(_request: HttpRequest) -> Mapping[str, Countable]:
    return {"overdue": list_overdue_tasks()}


def render_tasks(_request: HttpRequest, numbers: Numbers) -> dict[str, Any]:
    kinds = [(kind, kind_label(kind), count) for kind, count in list_open_kinds()]
    return {"kinds": kinds, "overdue": numbers["overdue"]}


def count_freshness(_request: HttpRequest) -> Mapping[str, Countable]:
    return list_freshness_rows()


def render_freshness(_request: HttpRequest, numbers: Numbers) -> dict[str, Any]:
    return {"freshness": Freshness(**numbers)}


CARDS = [
    HomeCard(
        _("Tasks"), VIEW_TASKS, render_tasks, "mms/console/card_tasks.html", order=10, counts=count_overdue
    ),
    HomeCard(
        _("System"),
        MANAGE_WORK,
        render_freshness,
        "mms/console/card_freshness.html",
        order=90,
        counts=count_freshness,
    ),
]
