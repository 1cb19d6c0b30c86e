"""What is kept of a merchant's money as reserve, part by part."""

from django.db.models import F

from billing.models import ReserveItem
from billing.selectors.payout_holds import BalanceKey


def list_open_reserves(of: BalanceKey) -> list[ReserveItem]:
    """The parts that still hold something: those without a day first, then by the day they fall due."""
    rows = ReserveItem.objects.filter(
        entity_id=of.entity_id, merchant_id=of.merchant_id, currency=of.currency, released_at__isnull=True
    )
    return list(rows.order_by(F("release_at").asc(nulls_first=True), "pk"))


def list_fixed_reserves(of: BalanceKey) -> list[ReserveItem]:
    """The parts that have no day, oldest first."""
    return [item for item in list_open_reserves(of) if item.release_at is None]
