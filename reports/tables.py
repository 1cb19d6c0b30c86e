"""How figures are laid out: one table per kind of report."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from backoffice.ui.columns import Column
from backoffice.ui.tables import Table

SALES = (
    Column("orders", _("Orders"), kind="count", sort=True),
    Column("units", _("Units"), kind="count", sort=True),
    Column(
        "sold_minor", _("Sold"), kind="money", sort=True, hint=_("Agreed prices of the lines, tax included.")
    ),
    Column(
        "withdrawn_minor",
        _("Withdrawn"),
        kind="money",
        sort=True,
        priority=2,
        hint=_("Refused or cancelled before the buyer was charged."),
    ),
    Column("refunded_minor", _("Refunded"), kind="money", sort=True, priority=2),
    Column("net_minor", _("Net"), kind="money", sort=True, hint=_("Sold less withdrawn and refunded.")),
)


class FigureTable(Table):
    """Rows that lead to the lines they were summed from."""

    key = "key"
    per_page = 100
    drill_url: str = ""

    def row_url(self, record: Any) -> str:
        if not self.drill_url or not record.query:
            return ""
        kept = self.request.GET.copy()
        for pair in record.query.split("&"):
            name, _eq, value = pair.partition("=")
            kept[name] = value
            if name.startswith("placed_"):
                kept.pop("placed", None)
        for name in ("sort", "page", "export"):
            kept.pop(name, None)
        return f"{self.drill_url}?{kept.urlencode()}"


class DayTable(FigureTable):
    columns = (Column("key", _("Day"), kind="date", sort=True, link=True), *SALES)
    default_sort = "-key"


class MerchantTable(FigureTable):
    columns = (Column("label", _("Merchant"), sort=True, link=True), *SALES)
    default_sort = "-sold_minor"


class CategoryTable(FigureTable):
    columns = (
        Column(
            "label", _("Category"), sort=True, link=True, value=lambda row: row.label or _("Without category")
        ),
        *SALES,
    )
    default_sort = "-sold_minor"


class ViewTable(FigureTable):
    columns = (Column("label", _("Store view"), sort=True, link=True), *SALES)
    default_sort = "-sold_minor"


class CardTable(FigureTable):
    columns = (
        Column("label", _("Product"), sort=True),
        Column("key", _("Card"), kind="ref", priority=2),
        *SALES,
    )
    default_sort = "-sold_minor"


class LineTable(Table):
    """The order lines behind a figure."""

    key = "pk"
    default_sort = "-merchant_order.order.placed_at"
    columns: ClassVar = (
        Column("merchant_order.ref", _("Order"), kind="ref"),
        Column(
            "merchant_order.order.placed_at",
            _("Placed"),
            kind="when",
            sort="merchant_order__order__placed_at",
        ),
        Column("title", _("Product"), sub="merchant_sku"),
        Column("merchant_order.merchant_name", _("Merchant"), priority=2),
        Column("quantity", _("Units"), kind="count", sort=True),
        Column("total_minor", _("Sold"), kind="money", sort=True, currency="merchant_order.currency"),
        Column(
            "withdrawn_minor",
            _("Withdrawn"),
            kind="money",
            sort=True,
            currency="merchant_order.currency",
            priority=2,
        ),
        Column(
            "refunded_minor",
            _("Refunded"),
            kind="money",
            sort=True,
            currency="merchant_order.currency",
            priority=2,
        ),
    )


INCOME = (
    Column("charged_minor", _("Charged"), kind="money", sort=True),
    Column(
        "returned_minor",
        _("Given back"),
        kind="money",
        sort=True,
        hint=_("Commission returned with refunds."),
    ),
    Column("net_minor", _("Net income"), kind="money", sort=True),
)


class IncomeDayTable(FigureTable):
    columns = (Column("key", _("Day"), kind="date", sort=True, link=True), *INCOME)
    default_sort = "-key"


class IncomeMerchantTable(FigureTable):
    columns = (
        Column("label", _("Merchant"), sort=True, link=True, value=lambda row: row.label or _("No order")),
        *INCOME,
    )
    default_sort = "-net_minor"


class PostingTable(Table):
    """The ledger lines behind an income figure."""

    key = "pk"
    default_sort = "-entry.occurred_at"
    columns: ClassVar = (
        Column("entry.occurred_at", _("When"), kind="when", sort="entry__occurred_at"),
        Column("entry.event_type", _("Event")),
        Column("account", _("Account"), value=lambda posting: posting.account.get_code_display()),
        Column("entry.idem_key", _("Cause"), priority=2),
        Column("income", _("Income"), kind="money", value=lambda posting: -posting.amount_minor),
    )


class BalanceTable(FigureTable):
    key = "merchant_ref"
    columns = (
        Column("merchant_name", _("Merchant"), sort=True),
        Column("currency", _("Currency")),
        Column("pending_minor", _("Pending"), kind="money", sort=True),
        Column("available_minor", _("Available"), kind="money", sort=True, problem=True),
        Column("reserve_minor", _("Reserve"), kind="money", sort=True),
        Column("disputed_minor", _("In dispute"), kind="money", sort=True, priority=2),
        Column("total_minor", _("Owed in all"), kind="money", sort=True, problem=True),
    )
    default_sort = "-total_minor"
