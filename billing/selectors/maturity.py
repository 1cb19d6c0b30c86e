"""What left pending already, read from the journal itself."""

from django.db.models import Sum

from billing.chart import Code, Kind
from billing.models import Posting


def sum_matured_by_kind(merchant_order_id: int, currency: str) -> dict[str, int]:
    """By kind, what maturity entries of one order put on the available account, in merchant terms."""
    rows = (
        Posting.objects.filter(
            merchant_order_id=merchant_order_id,
            account__code=Code.AVAILABLE,
            currency=currency,
            entry__event_type="maturity",
        )
        .exclude(kind=Kind.RESERVE)
        .values_list("kind")
        .annotate(total=Sum("amount_minor"))
        .order_by("kind")
    )
    return {kind: -total for kind, total in rows if total}
