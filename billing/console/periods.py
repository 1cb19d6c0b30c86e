"""Accounting months: what keeps one open, explaining clearing accounts, closing and reopening."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import audit
from backoffice.kernel.errors import NotFound
from backoffice.ui import badges, formats
from backoffice.ui.pages import ActionPage, ConsolePage, DetailPage, Fact, IndexPage
from backoffice.ui.tables import Column, Table
from billing.console.pages import FinancePage
from billing.models import PeriodState
from billing.operations.periods import (
    ask_to_reopen_period,
    explain_clearing,
    hard_close_period,
    reopen_period,
    soft_close_period,
)
from billing.permissions import CLOSE_PERIOD, VIEW_FINANCE
from billing.selectors.closing import find_closing, list_clearing, list_closing_obstacles
from billing.selectors.periods import get_period, list_periods


class PeriodTable(Table):
    columns = (
        Column("ref", _("Month"), sort="starts_on", link=True),
        Column("entity.name", _("Company")),
        Column("closed_at", _("Closed"), kind="when", priority=2),
        Column("state", _("State"), kind="badge", states="billing.Period", sort=True),
    )
    default_sort = "-ref"

    def row_url(self, record: Any) -> str:
        return reverse("console:billing-period-detail", args=[record.entity.code, record.ref])


class PeriodListView(ConsolePage, IndexPage):
    grant = VIEW_FINANCE
    title = _("Periods")
    intro = _(
        "A closed month takes no more entries; late events land in the next open one with their own date."
    )
    table_class = PeriodTable
    empty_title = _("No months yet")
    empty_text = _("The first entry opens its month.")

    def get_rows(self) -> Any:
        return list_periods()


def _period_of(kwargs: dict[str, Any]) -> Any:
    period = get_period(kwargs["code"], kwargs["month"])
    if period is None:
        raise NotFound("There is no such period.")
    return period


class PeriodDetailView(FinancePage, DetailPage):
    """The check before closing: every obstacle, and each clearing account with its explanation."""

    grant = VIEW_FINANCE
    template_name = "billing/console/period.html"
    object_name = "period"

    def get_object(self) -> Any:
        return _period_of(self.kwargs)

    def get_title(self) -> str:
        return f"{self.object.ref} · {self.object.entity.name}"

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Periods"), reverse("console:billing-period-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.Period")

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        facts = [Fact(_("From"), formats.day(row.starts_on)), Fact(_("Before"), formats.day(row.ends_on))]
        closing = find_closing(row)
        if closing is not None:
            facts.append(
                Fact(
                    _("Closed"),
                    formats.when(closing.closed_at),
                    hint=f"{closing.closed_by_label} · {closing.figures_sha256[:16]}",
                )
            )
        return facts

    def get_timeline(self) -> Iterable[Any]:
        return audit.list_entries(self.object)[:50]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        is_closed = row.state == PeriodState.HARD_CLOSED
        return super().get_context_data(
            obstacles=[] if is_closed else list_closing_obstacles(row),
            clearing=list_clearing(row),
            is_closed=is_closed,
            can_close=self.actor.can(CLOSE_PERIOD),
            is_asker=self.actor.user_id is not None and row.reopen_asked_by_user_id == self.actor.user_id,
            **kwargs,
        )


class _PeriodAction(ConsolePage, ActionPage):
    grant = CLOSE_PERIOD

    @property
    def period(self) -> Any:
        return _period_of(self.kwargs)

    def get_success_url(self) -> str:
        return reverse("console:billing-period-detail", args=[self.kwargs["code"], self.kwargs["month"]])


class SoftClosePeriodView(_PeriodAction):
    success_message = _("Closed for automatic entries.")

    def perform(self) -> None:
        soft_close_period(self.period.pk, actor=self.actor)


class ExplainClearingView(_PeriodAction):
    success_message = _("Explained, for this amount.")

    def perform(self) -> None:
        explain_clearing(
            self.period.pk,
            code=self.request.POST.get("account", ""),
            currency=self.request.POST.get("currency", ""),
            text=self.request.POST.get("text", ""),
            actor=self.actor,
        )


class HardClosePeriodView(_PeriodAction):
    success_message = _("The month is closed.")

    def perform(self) -> None:
        hard_close_period(self.period.pk, actor=self.actor)


class AskToReopenPeriodView(_PeriodAction):
    success_message = _("Asked. Another person must open the month.")

    def perform(self) -> None:
        ask_to_reopen_period(self.period.pk, reason=self.request.POST.get("reason", ""), actor=self.actor)


class ReopenPeriodView(_PeriodAction):
    success_message = _("The month is open again.")

    def perform(self) -> None:
        reopen_period(self.period.pk, actor=self.actor)
