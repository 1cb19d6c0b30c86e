"""What the merchant pays besides commission, with the reason or the computation of each."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.ui import formats
from backoffice.ui.pages import DetailPage, Fact, IndexPage
from backoffice.ui.tables import Column, Table
from billing.portal.money import MoneyPage
from billing.selectors.periodic_fees import explain_periodic_fee, get_periodic_fee, list_other_charges


class OtherChargeTable(Table):
    columns = (
        Column("charged_at", _("Date"), kind="when"),
        Column("what", _("What"), sub="reason", url=lambda record: _url(record)),
        Column("net_minor", _("Net"), kind="money", priority=2),
        Column("tax_minor", _("Tax"), kind="money", priority=2),
        Column("total_minor", _("Amount"), kind="money"),
    )


def _url(record: Any) -> str:
    return reverse("portal:billing-periodic-fee-detail", args=[record.ref]) if record.is_periodic else ""


class OtherChargeListView(MoneyPage, IndexPage):
    title = _("Other fees")
    intro = _("Monthly fees, one-off fees, penalties and goodwill. Commission is explained on each order.")
    table_class = OtherChargeTable
    empty_title = _("Nothing besides commission")
    empty_text = _("Monthly and one-off fees appear here with their reason.")

    def get_rows(self) -> Any:
        return list_other_charges(self.actor, self.own_merchant_id)


class PeriodicFeeDetailView(MoneyPage, DetailPage):
    """Explain this cent: one monthly fee, step by step."""

    template_name = "billing/portal/periodic_fee.html"
    object_name = "fee"

    def get_object(self) -> Any:
        return get_periodic_fee(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Other fees"), reverse("portal:billing-charge-list"))]

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(_("Kind"), row.get_fee_kind_display()),
            Fact(_("Month"), f"{row.month:%Y-%m}"),
            Fact(_("Fee"), formats.money(row.fee_minor, row.currency)),
            Fact(_("Tax"), formats.money(row.tax_minor, row.currency)),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sentences=explain_periodic_fee(self.object), **kwargs)
