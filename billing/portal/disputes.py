"""Chargebacks as the merchant reads them: what was taken back, until when an answer helps, how it ended."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.ui.filters import FilterSet, MultipleChoiceFilter, SearchFilter
from backoffice.ui.pages import IndexPage
from backoffice.ui.tables import Column, Table
from billing.models import DisputeState
from billing.portal.money import MoneyPage
from billing.selectors.disputes import list_disputes


class DisputeTable(Table):
    columns = (
        Column("ref", _("Chargeback"), kind="ref"),
        Column("earning.merchant_order_ref", _("Order"), sub="line_ref"),
        Column(
            "get_reason_display", _("Reason"), value=lambda record: record.get_reason_display(), priority=2
        ),
        Column("amount_minor", _("Amount"), kind="money", sort=True),
        Column("answer_by", _("Evidence until"), kind="date", sort=True, priority=2),
        Column("opened_at", _("Opened"), kind="when", sort=True, priority=3),
        Column("state", _("State"), kind="badge", states="billing.Dispute", sort=True),
    )
    default_sort = "-opened_at"


class DisputeFilter(FilterSet):
    q = SearchFilter(fields=["ref__icontains", "earning__merchant_order_ref__icontains"], label=_("Order"))
    state = MultipleChoiceFilter(label=_("State"), choices=DisputeState.choices)


class DisputeListView(MoneyPage, IndexPage):
    title = _("Chargebacks")
    intro = _(
        "A buyer's bank took this money back. It is held until the case is decided; send proof of delivery to "
        "the marketplace before the date shown."
    )
    table_class = DisputeTable
    filter_class = DisputeFilter
    empty_title = _("No chargebacks")
    empty_text = _("No buyer's bank took money of your orders back.")

    def get_rows(self) -> Any:
        return list_disputes(self.actor).filter(merchant_id=self.own_merchant_id)
