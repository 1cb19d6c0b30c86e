"""What a merchant will be paid and when: available money, pending orders by their hold, reserves by their days."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Sum

from backoffice.kernel import clock
from backoffice.kernel.money import round_half_up
from billing.bankdays import next_bank_day
from billing.chart import Code
from billing.cycles import next_cut
from billing.models import Earning, Hold, LegalEntity, PayoutTerms, Posting, ReserveItem
from billing.selectors.balances import MerchantBalance


@dataclass(slots=True)
class ForecastDay:
    """One payout to come, as far as it can be known today; `on` is empty where no day is agreed or known yet."""

    on: date | None
    currency: str
    available_minor: int = 0
    maturing_minor: int = 0
    reserve_minor: int = 0
    orders: int = 0

    @property
    def total_minor(self) -> int:
        return self.available_minor + self.maturing_minor + self.reserve_minor

    def add(self, other: "ForecastDay") -> None:
        self.available_minor += other.available_minor
        self.maturing_minor += other.maturing_minor
        self.reserve_minor += other.reserve_minor
        self.orders += other.orders


def _by_day(row: ForecastDay) -> tuple[bool, date, str]:
    return row.on is None, row.on or date.min, row.currency


@dataclass(frozen=True, slots=True)
class Lapse:
    """A part of the available balance that is free from a moment on, because its hold ends by itself."""

    entity_id: int
    currency: str
    at: datetime
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is not free: per currency what of the available balance written statements pay already or holds keep."""

    taken: dict[str, int]
    holds: Sequence[Hold] = ()
    lapses: Sequence[Lapse] = ()


@dataclass(slots=True)
class _Calendar:
    """When what becomes available at a moment is paid: the next cut in the company's zone, then a day banks work."""

    cycle: str
    zones: dict[int, ZoneInfo]
    days: dict[tuple[int, str], dict[date | None, ForecastDay]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def day(self, entity_id: int, currency: str, at: datetime | None) -> ForecastDay:
        zone = self.zones[entity_id]
        cut = next_cut(self.cycle, zone, max(at, clock.now())) if at is not None else None
        on = next_bank_day(cut.astimezone(zone).date(), currency) if cut is not None else None
        return self.days[(entity_id, currency)].setdefault(on, ForecastDay(on, currency))

    def payouts(self) -> list[ForecastDay]:
        """Days with money, of all companies together; a debt takes from its company's next days first."""
        found: dict[tuple[date | None, str], ForecastDay] = {}
        for (_entity_id, currency), days in self.days.items():
            owed = 0
            for row in sorted(days.values(), key=_by_day):
                row.available_minor += owed
                owed = min(0, row.total_minor)
                if row.total_minor > 0:
                    found.setdefault((row.on, currency), ForecastDay(row.on, currency)).add(row)
        return sorted(found.values(), key=_by_day)


def payout_day(balance: MerchantBalance, cycle: str) -> date | None:
    """The day on which what is available now would be paid; None for merchants paid on demand."""
    zones = {balance.entity_id: ZoneInfo(balance.time_zone)}
    return _Calendar(cycle, zones).day(balance.entity_id, balance.currency, clock.now()).on


def forecast_payouts(
    terms: PayoutTerms,
    balances: Sequence[MerchantBalance],
    kept_back: Kept,
    reserves: Sequence[ReserveItem],
) -> list[ForecastDay]:
    """The payouts to come by day; what a merchant owes is netted with the first of them, none is below zero.

    What lines with an open incident will bring is left out: it is paid when the incident is closed.
    """
    merchant_id = terms.merchant_id
    held = _held_by_order(kept_back.holds)
    zones = {pk: ZoneInfo(zone) for pk, zone in LegalEntity.objects.values_list("pk", "time_zone")}
    calendar = _Calendar(terms.cycle, zones)
    pending = _pending_orders(merchant_id)
    for balance in balances:
        free = balance.available_minor - kept_back.taken.get(balance.currency, 0)
        if free:
            calendar.day(balance.entity_id, balance.currency, clock.now()).available_minor += free
        known = 0
        for earning, amount in pending[(balance.entity_id, balance.currency)]:
            known += amount
            row = calendar.day(balance.entity_id, balance.currency, earning.matures_at)
            kept = max(_kept(amount, terms), min(amount, held.get(earning.merchant_order_id, 0)))
            row.maturing_minor += amount - kept
            row.orders += 1
        if balance.pending_minor != known:
            row = calendar.day(balance.entity_id, balance.currency, None)
            row.maturing_minor += balance.pending_minor - known
    for lapse in kept_back.lapses:
        calendar.day(lapse.entity_id, lapse.currency, lapse.at).available_minor += lapse.amount_minor
    for item in reserves:
        if item.release_at is None or not item.left_minor:
            continue
        row = calendar.day(item.entity_id, item.currency, item.release_at)
        row.reserve_minor += item.left_minor
    return calendar.payouts()


def _held_by_order(holds: Sequence[Hold]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for hold in holds:
        if hold.earning is not None:
            found[hold.earning.merchant_order_id] += int(hold.amount_minor or 0)
    return found


def _kept(amount: int, terms: PayoutTerms) -> int:
    if amount <= 0 or not terms.reserve_bps:
        return 0
    return int(round_half_up(Decimal(amount) * terms.reserve_bps / 10_000))


def _pending_orders(merchant_id: int) -> dict[tuple[int, str], list[tuple[Earning, int]]]:
    """Received orders whose hold runs, with what of each is pending after fees."""
    rows = Earning.objects.filter(merchant_id=merchant_id, has_pending=True, matures_at__isnull=False)
    earnings = {row.merchant_order_id: row for row in rows}
    sums = (
        Posting.objects.filter(
            account__owner_type="merchant",
            account__owner_id=merchant_id,
            account__code=Code.PENDING,
            merchant_order_id__in=rows.values("merchant_order_id"),
        )
        .values_list("merchant_order_id", "account__entity_id", "currency")
        .annotate(total=Sum("amount_minor"))
        .order_by("merchant_order_id")
    )
    found: dict[tuple[int, str], list[tuple[Earning, int]]] = defaultdict(list)
    for merchant_order_id, entity_id, currency, total in sums:
        if total:
            found[(entity_id, currency)].append((earnings[merchant_order_id], -total))
    return found
