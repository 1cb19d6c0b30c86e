"""The sales card of both homes: the last thirty days as a line, this week against the one before."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.ui.charts import Chart, Series
from backoffice.ui.menus import Numbers
from backoffice.ui.pages.base import chosen_merchant_id
from mms.selectors.scopes import list_store_contexts_for
from reports.pages import axis_label
from reports.periods import last_days
from reports.permissions import VIEW_REPORTS
from reports.selectors.sales import Scope, sales_by_day

SHOWN_DAYS = 30
WEEK = 7


def console_sales(request: HttpRequest, _numbers: Numbers) -> Mapping[str, Any] | None:
    """The whole marketplace, for operators."""
    return _sales(request.actor, None, reverse("console:reports-sales-by-day"))  # type: ignore[attr-defined]


def portal_sales(request: HttpRequest, _numbers: Numbers) -> Mapping[str, Any] | None:
    """The chosen merchant's own sales."""
    merchant_id = chosen_merchant_id(request)
    if merchant_id is None:
        return None
    return _sales(request.actor, merchant_id, reverse("portal:reports-sales-by-day"))  # type: ignore[attr-defined]


def _sales(actor: Actor, merchant_id: int | None, url: str) -> Mapping[str, Any] | None:
    currency = next((store.currency for store in list_store_contexts_for(actor, VIEW_REPORTS)), "")
    if not currency:
        return None
    today = timezone.localtime(clock.now()).date()
    days = sales_by_day(actor, Scope(last_days(SHOWN_DAYS, today), currency, merchant_id))
    if not any(day.orders for day in days):
        return None
    chart = Chart(
        title=_("Net sales of the last thirty days"),
        labels=[axis_label(day) for day in days],
        series=[Series(_("Net sales"), [day.net_minor for day in days], currency=currency)],
    )
    this_week = sum(day.net_minor for day in days[-WEEK:])
    last_week = sum(day.net_minor for day in days[-2 * WEEK : -WEEK])
    return {
        "chart": chart,
        "currency": currency,
        "this_week_minor": this_week,
        "last_week_minor": last_week,
        "change_bps": (this_week - last_week) * 100 // last_week * 100 if last_week > 0 else None,
        "report_url": url,
    }
