"""The merchant's day: what to accept, what to ship, what is late."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.ui.menus import HomeCard
from backoffice.ui.pages.base import chosen_merchant_id
from oms.permissions import VIEW_ORDERS
from oms.selectors.worklists import count_work


def render_work(request: HttpRequest) -> Mapping[str, Any] | None:
    merchant_id = chosen_merchant_id(request)
    if merchant_id is None:
        return None
    return {"work": count_work(request.actor, merchant_id=merchant_id)}  # type: ignore[attr-defined]


CARDS = [HomeCard(_("Orders"), VIEW_ORDERS, render_work, "oms/portal/card_work.html", order=10)]
