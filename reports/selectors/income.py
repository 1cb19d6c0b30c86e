"""The marketplace's commission income, straight from the ledger's revenue accounts."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import TruncDate

from backoffice.kernel.actors import Actor
from billing.chart import Code
from billing.models import Posting
from mas.models import Merchant
from oms.models import MerchantOrder
from reports.selectors.sales import Scope

INCOME_CODES = (Code.COMMISSION, Code.SERVICE_FEE, Code.SHIPPING_REVENUE, Code.MERCHANT_FEES)


@dataclass(frozen=True, slots=True)
class IncomeFigure:
    """Income of a day or merchant in minor units: charged, given back with refunds, and what remains."""

    key: Any
    label: str
    charged_minor: int
    returned_minor: int
    currency: str
    query: str = field(default="", compare=False)

    @property
    def net_minor(self) -> int:
        return self.charged_minor - self.returned_minor


# Revenue accounts stand on the credit side: a negative posting is income, a positive one gives it back.
CHARGED = Sum(
    Case(When(amount_minor__lt=0, then=-F("amount_minor")), default=Value(0), output_field=IntegerField())
)
RETURNED = Sum(
    Case(When(amount_minor__gt=0, then=F("amount_minor")), default=Value(0), output_field=IntegerField())
)


def list_income_postings(actor: Actor, scope: Scope) -> QuerySet[Posting]:
    """Postings on revenue accounts whose cause happened in the period; operators only."""
    if not actor.is_global:
        return Posting.objects.none()
    postings = Posting.objects.filter(
        account__code__in=INCOME_CODES,
        currency=scope.currency,
        entry__occurred_at__gte=scope.period.start,
        entry__occurred_at__lt=scope.period.end,
    )
    if scope.merchant_id is not None:
        postings = postings.filter(
            merchant_order_id__in=MerchantOrder.objects.filter(merchant_id=scope.merchant_id).values("pk")
        )
    return postings


def income_by_day(actor: Actor, scope: Scope) -> list[IncomeFigure]:
    """One figure per local day of the period."""
    postings: Any = list_income_postings(actor, scope)
    rows = (
        postings.annotate(day=TruncDate("entry__occurred_at"))
        .values("day")
        .annotate(charged=CHARGED, returned=RETURNED)
    )
    by_day: dict[date, dict[str, Any]] = {row["day"]: row for row in rows}
    return [
        IncomeFigure(
            day,
            day.isoformat(),
            by_day.get(day, {}).get("charged") or 0,
            by_day.get(day, {}).get("returned") or 0,
            scope.currency,
            f"placed_from={day}&placed_to={day}",
        )
        for day in scope.period.days
    ]


def income_by_merchant(actor: Actor, scope: Scope) -> list[IncomeFigure]:
    """One figure per merchant, the largest first; income that belongs to no order is its own row."""
    owner = MerchantOrder.objects.filter(pk=OuterRef("merchant_order_id")).values("merchant_id")[:1]
    rows = list(
        list_income_postings(actor, scope)
        .annotate(merchant=Subquery(owner))
        .values("merchant")
        .annotate(charged=CHARGED, returned=RETURNED)
    )
    merchants = Merchant.objects.in_bulk([row["merchant"] for row in rows if row["merchant"]])
    figures = []
    for row in rows:
        merchant = merchants.get(row["merchant"])
        figures.append(
            IncomeFigure(
                row["merchant"] or 0,
                merchant.name if merchant else "",
                row["charged"],
                row["returned"],
                scope.currency,
                f"merchant={merchant.ref}" if merchant else "",
            )
        )
    return sorted(figures, key=lambda figure: (-figure.net_minor, figure.label))
