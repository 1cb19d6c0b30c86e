"""The journal of one booking day: its control figures and the file for bookkeeping."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.ui.pages import ConsolePage, DetailPage, Page
from billing.console.pages import FinancePage
from billing.exports.journal import journal_csv
from billing.permissions import VIEW_FINANCE
from billing.selectors.entities import get_entity, list_entities
from billing.selectors.journal_days import get_journal_day


def day_of(text: str) -> date:
    """What a date input says; yesterday when empty. Raises `InvalidInput`."""
    if not text:
        return clock.today() - timedelta(days=1)
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise InvalidInput(gettext("“%(text)s” is not a day. Choose one from the calendar.") % {"text": text})
    return day


class JournalDayView(ConsolePage, Page):
    grant = VIEW_FINANCE
    title = _("Journal by day")
    template_name = "billing/console/journal_day.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        companies = list(list_entities())
        asked = self.request.GET.get("company")
        company = next((row for row in companies if row.code == asked), companies[0] if companies else None)
        text, found, problem = self.request.GET.get("day", ""), None, ""
        try:
            day = day_of(text)
            text = day.isoformat()
            found = get_journal_day(company, day) if company else None
        except InvalidInput as error:
            problem = str(error)
        return super().get_context_data(
            companies=companies, company=company, asked=text, found=found, problem=problem, **kwargs
        )


class JournalDayCsvView(FinancePage, DetailPage):
    """The file of one day, written while it is read."""

    grant = VIEW_FINANCE

    def get_object(self) -> Any:
        try:
            day = day_of(self.kwargs["day"])
        except InvalidInput as error:
            raise NotFound(gettext("There is no such day.")) from error
        return get_journal_day(get_entity(self.kwargs["code"]), day)

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return journal_csv(self.object)
