"""What a merchant sold in a month so far: counted once per order, under a row lock, and frozen on its fees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Max, Sum

from billing.models import Earning, LegalEntity, MonthVolume
from billing.operations.periods import month_of


@dataclass(frozen=True, slots=True, order=True)
class VolumeKey:
    """Whose month: the order of the keys is the order of their locks."""

    entity_id: int
    merchant_id: int
    currency: str
    starts_on: date


def volume_key(entity: LegalEntity, merchant_id: int, currency: str, placed_at: datetime) -> VolumeKey:
    """The month of a sale in its company's time zone."""
    starts_on, _end = month_of(placed_at.astimezone(ZoneInfo(entity.time_zone)).date())
    return VolumeKey(entity.pk, merchant_id, currency, starts_on)


def month_bounds(starts_on: date, time_zone: str) -> tuple[datetime, datetime]:
    """The month as a half-open interval of moments."""
    zone = ZoneInfo(time_zone)
    start, end = month_of(starts_on)
    return tuple(datetime.combine(day, time(0), zone).astimezone(UTC) for day in (start, end))  # type: ignore[return-value]


def lock_month_volumes(keys: Iterable[VolumeKey], zones: dict[int, str]) -> dict[VolumeKey, int]:
    """What was sold in each month before now, in minor units; the rows stay locked to the end of the transaction.

    Orders placed count in full; what is refused or refunded later does not lower the month.
    """
    found = {}
    for key in sorted(set(keys)):
        MonthVolume.objects.get_or_create(
            entity_id=key.entity_id,
            merchant_id=key.merchant_id,
            currency=key.currency,
            starts_on=key.starts_on,
        )
        row = MonthVolume.objects.select_for_update().get(
            entity_id=key.entity_id,
            merchant_id=key.merchant_id,
            currency=key.currency,
            starts_on=key.starts_on,
        )
        _count_on(row, zones[key.entity_id])
        found[key] = row.sold_minor
    return found


def _count_on(row: MonthVolume, time_zone: str) -> None:
    start, end = month_bounds(row.starts_on, time_zone)
    later = Earning.objects.filter(
        pk__gt=row.last_earning_id,
        entity_id=row.entity_id,
        merchant_id=row.merchant_id,
        currency=row.currency,
        placed_at__gte=start,
        placed_at__lt=end,
    ).aggregate(sold=Sum("goods_minor"), last=Max("pk"))
    if later["last"] is not None:
        row.sold_minor += later["sold"]
        row.last_earning_id = later["last"]
        row.save(update_fields=["sold_minor", "last_earning_id"])
