"""The merchant's money: balances, next payout, holds, transactions, statements, fees explained."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.errors import NotFound
from backoffice.ui import badges, formats
from backoffice.ui.charts import Chart, Series
from backoffice.ui.filters import ChoiceFilter, DateRangeFilter, FilterSet, MultipleChoiceFilter
from backoffice.ui.pages import DetailPage, Fact, IndexPage, Page, PortalPage
from backoffice.ui.tables import Column, Table
from billing.chart import Code, Kind
from billing.exports.statement_pdf import statement_pdf
from billing.exports.statements import statement_csv
from billing.permissions import VIEW_MONEY
from billing.selectors.debts import list_own_debts
from billing.selectors.earnings import attach_order_refs, get_earning
from billing.selectors.merchant_money import get_merchant_money, list_transactions
from billing.selectors.payout_forecast import ForecastDay
from billing.selectors.settlements import get_settlement, get_totals, list_settlements, list_statement_lines
from billing.selectors.snapshots import explain_snapshot, list_fee_snapshots

SHOWN_LINES = 200
# The merchant's words for its accounts.
BALANCES: dict[str, Any] = {Code.PENDING.value: _("Pending"), Code.AVAILABLE.value: _("Available")}


class MoneyPage(PortalPage):
    grant = VIEW_MONEY

    @property
    def own_merchant_id(self) -> int:
        merchant_id = self.merchant_id
        if merchant_id is None:
            raise NotFound(gettext("You work for no merchant."))
        return merchant_id


class MoneyHomeView(MoneyPage, Page):
    title = _("Money")
    template_name = "billing/portal/money.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        money = get_merchant_money(self.own_merchant_id)
        owes = any(row.available_minor < 0 for row in money.balances)
        return super().get_context_data(
            money=money,
            debts=list_own_debts(self.actor, self.own_merchant_id) if owes else [],
            terms=money.terms,
            has_disputes=any(row.dispute_minor for row in money.balances),
            reserve_share=formats.percent_text(money.terms.reserve_bps),
            chart=forecast_chart(money.forecast),
            latest=list_settlements(self.actor).filter(merchant_id=self.own_merchant_id)[:5],
            **kwargs,
        )


def forecast_chart(rows: Sequence[ForecastDay]) -> Chart | None:
    """The dated payouts of the main currency as bars; stays away while there are fewer than two."""
    dated = [row for row in rows if row.on is not None and row.currency == rows[0].currency]
    if len(dated) < 2:
        return None
    currency = dated[0].currency
    return Chart(
        title=gettext("Expected payouts"),
        labels=[formats.date_text(row.on) for row in dated if row.on],
        series=[Series(gettext("Expected"), [row.total_minor for row in dated], currency=currency)],
        kind="bar",
        x_label=gettext("Paid on"),
    )


class TransactionTable(Table):
    columns = (
        Column("entry.occurred_at", _("Date"), kind="when"),
        Column("get_kind_display", _("What"), value=lambda record: record.get_kind_display()),
        Column("order_ref", _("Order"), url=lambda record: _fees_url(record)),
        Column(
            "get_code_display",
            _("Balance"),
            value=lambda record: BALANCES[record.account.code],
            priority=3,
        ),
        Column("shown_minor", _("Amount"), kind="money"),
    )

    def prepare(self, records: list[Any]) -> list[Any]:
        attach_order_refs(records)
        return records


def _fees_url(record: Any) -> str:
    return reverse("portal:billing-fees-explained", args=[record.order_ref]) if record.order_ref else ""


class TransactionFilter(FilterSet):
    kind = MultipleChoiceFilter(label=_("What"), choices=[choice for choice in Kind.choices if choice[0]])
    balance = ChoiceFilter(
        field_name="account__code",
        label=_("Balance"),
        choices=list(BALANCES.items()),
    )
    date = DateRangeFilter(field_name="entry__occurred_at", label=_("Date"))


class TransactionListView(MoneyPage, IndexPage):
    title = _("Transactions")
    table_class = TransactionTable
    filter_class = TransactionFilter
    empty_title = _("No transactions yet")
    empty_text = _("Your first paid order appears here.")

    def get_rows(self) -> Any:
        return list_transactions(self.actor, self.own_merchant_id)


class StatementTable(Table):
    columns = (
        Column("ref", _("Statement"), kind="ref", link=True, sub="number"),
        Column("from_at", _("From"), kind="when", priority=3),
        Column("to_at", _("Until"), kind="when", sort=True),
        Column("closing_minor", _("Closing balance"), kind="money", priority=2),
        Column("payable_minor", _("Paid out"), kind="money", sort=True),
        Column("state", _("State"), kind="badge", states="billing.Settlement"),
    )
    default_sort = "-to_at"

    def row_url(self, record: Any) -> str:
        return reverse("portal:billing-statement-detail", args=[record.ref])


class StatementListView(MoneyPage, IndexPage):
    title = _("Statements")
    table_class = StatementTable
    empty_title = _("No statements yet")
    empty_text = _("A statement is written at the end of each cycle with money in it.")

    def get_rows(self) -> Any:
        return list_settlements(self.actor).filter(merchant_id=self.own_merchant_id)


class StatementDetailView(MoneyPage, DetailPage):
    template_name = "billing/portal/statement.html"
    object_name = "settlement"

    def get_object(self) -> Any:
        return get_settlement(self.kwargs["ref"], actor=self.actor)

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Statements"), reverse("portal:billing-statement-list"))]

    def get_badge(self) -> Any:
        return badges.badge(self.object.state, "billing.Settlement")

    def get_facts(self) -> Sequence[Fact]:
        row = self.object
        return [
            Fact(_("Number"), row.number or _("Given at approval")),
            Fact(_("From"), formats.when(row.from_at), hint=row.time_zone),
            Fact(_("Until"), formats.when(row.to_at), hint=row.time_zone),
            Fact(_("Paid out"), formats.money(row.payable_minor, row.currency)),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = list(list_statement_lines(self.object)[:SHOWN_LINES])
        attach_order_refs(line.posting for line in lines)
        return super().get_context_data(
            totals=get_totals(self.object), lines=lines, shown_lines=SHOWN_LINES, **kwargs
        )


class StatementCsvView(MoneyPage, DetailPage):
    def get_object(self) -> Any:
        return get_settlement(self.kwargs["ref"], actor=self.actor)

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return statement_csv(self.object)


class StatementPdfView(MoneyPage, DetailPage):
    """The statement on paper."""

    def get_object(self) -> Any:
        return get_settlement(self.kwargs["ref"], actor=self.actor)

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return statement_pdf(self.object)


class FeesExplainedView(MoneyPage, DetailPage):
    """Explain this cent: every fee of one order, step by step."""

    template_name = "billing/portal/fees_explained.html"
    object_name = "earning"

    def get_object(self) -> Any:
        return get_earning(self.kwargs["ref"], actor=self.actor)

    def get_title(self) -> str:
        return gettext("Fees of %(ref)s") % {"ref": self.object.merchant_order_ref}

    def get_breadcrumbs(self) -> Sequence[Any]:
        return [(_("Money"), reverse("portal:billing-money-home"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list_fee_snapshots(self.actor, merchant_order_id=self.object.merchant_order_id)
        return super().get_context_data(snapshots=[(row, explain_snapshot(row)) for row in rows], **kwargs)
