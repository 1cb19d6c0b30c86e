"""The inbox of payment providers' messages."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import ConsolePage, IndexPage, Tab
from backoffice.ui.tables import Column, Table
from oms.models import NotificationState, PaymentNotification
from oms.permissions import RESOLVE_PAYMENTS
from oms.ports import list_providers
from oms.selectors.payments import list_notifications


def _provider_choices() -> list[tuple[str, Any]]:
    return [(provider.code, provider.label) for provider in list_providers()]


class MessageFilter(FilterSet):
    q = SearchFilter(
        fields=["event_id__icontains", "kind__icontains"], label=gettext_lazy("Number or kind of event")
    )
    provider = MultipleChoiceFilter(label=gettext_lazy("Provider"), choices=_provider_choices)
    state = MultipleChoiceFilter(label=gettext_lazy("State"), choices=NotificationState.choices)


class MessageTable(Table):
    columns = (
        Column("event_id", gettext_lazy("Message"), kind="ref", sub="kind", link=True),
        Column("provider", gettext_lazy("Provider"), sort=True, priority=2),
        Column("received_at", gettext_lazy("Received"), kind="when", sort=True),
        Column("state", gettext_lazy("State"), kind="badge", states="oms.PaymentNotification", sort=True),
        Column("tries", gettext_lazy("Tries"), kind="count", sort=True, priority=2),
        Column("error", gettext_lazy("Error"), priority=2),
    )
    default_sort = "-received_at"

    def row_url(self, record: PaymentNotification) -> str:
        if record.state != NotificationState.PARKED:
            return ""
        back = reverse("console:oms-notification-list")
        return reverse("console:oms-notification-retry", args=[record.pk]) + f"?next={back}"


class MessageListView(ConsolePage, IndexPage):
    grant = RESOLVE_PAYMENTS
    title = gettext_lazy("Messages of payment providers")
    intro = gettext_lazy(
        "Kept for ninety days. A message only says that something changed; what is true is asked at the provider. "
        "Open a parked one to handle it again."
    )
    table_class = MessageTable
    filter_class = MessageFilter
    empty_title = gettext_lazy("No messages")
    empty_text = gettext_lazy("What payment providers report about charges and refunds appears here.")
    empty_icon = "mail"

    def get_rows(self) -> QuerySet[PaymentNotification]:
        return list_notifications(self.actor)

    def get_tabs(self) -> Sequence[Tab]:
        return [Tab(_("All")), Tab(_("Parked"), "state=parked"), Tab(_("Waiting"), "state=received")]
