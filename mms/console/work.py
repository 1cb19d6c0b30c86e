from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.kernel.models import Delivery, DeliveryState
from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import BulkAction, ConsolePage, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from mms.operations.work import replay_delivery
from mms.permissions import MANAGE_WORK
from mms.selectors.work import list_deliveries, list_parked_deliveries

STATES = [
    (DeliveryState.WAITING.value, gettext_lazy("Waiting")),
    (DeliveryState.DONE.value, gettext_lazy("Delivered")),
    (DeliveryState.PARKED.value, gettext_lazy("Parked")),
]


class DeliveryTable(Table):
    columns = (
        Column("event.name", gettext_lazy("Event"), sub="subscriber"),
        Column("state", gettext_lazy("State"), kind="badge", states="kernel.Delivery", sort=True),
        Column("attempts", gettext_lazy("Attempts"), kind="count", sort=True),
        Column("due_at", gettext_lazy("Next try"), kind="when", sort=True, priority=2),
        Column("last_error", gettext_lazy("Last error"), value=lambda row: row.last_error[:200], priority=2),
        Column(
            "event.created_at", gettext_lazy("Announced"), kind="when", sort="event__created_at", priority=3
        ),
    )
    default_sort = "-event.created_at"
    key = "pk"


class DeliveryFilter(FilterSet):
    q = SearchFilter(fields=["event__name__icontains", "subscriber__icontains"], label=gettext_lazy("Event"))
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=STATES)


class DeliveryListView(ConsolePage, IndexPage):
    grant = MANAGE_WORK
    title = gettext_lazy("Deliveries")
    intro = gettext_lazy("Who still has to hear of what happened. A parked one gave up after twelve tries.")
    table_class = DeliveryTable
    filter_class = DeliveryFilter
    empty_title = gettext_lazy("No news to deliver")
    empty_text = gettext_lazy("Events that other parts of the marketplace react to appear here.")
    bulk_actions = (
        BulkAction("replay", gettext_lazy("Try again"), "replay_rows", icon="refresh", grant=MANAGE_WORK),
    )

    def get_rows(self) -> Any:
        return list_deliveries()

    def get_tabs(self) -> list[Tab]:
        return [Tab(_("All")), Tab(_("Parked"), "state=parked", list_parked_deliveries())]

    def replay_rows(self, rows: Any) -> str:
        parked: list[Delivery] = [row for row in rows if row.state == DeliveryState.PARKED]
        for row in parked:
            replay_delivery(row.pk, actor=self.actor)
        return _("%(count)s deliveries will be tried again.") % {"count": len(parked)}
