"""A merchant's money page: balances, what comes next and when, what holds it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from billing.chart import MERCHANT_CODES, Code
from billing.cycles import next_cut
from billing.models import Earning, LegalEntity, Posting, ReserveItem, Settlement, SettlementState
from billing.selectors.balances import MerchantBalance, get_merchant_balances
from billing.selectors.payout_blocks import Block, list_payout_blocks
from billing.selectors.terms_of import get_payout_terms


@dataclass(frozen=True, slots=True)
class NextPayout:
    """What is paid next: an approved statement on its way, else what the next cut will hold as of now."""

    amount_minor: int
    currency: str
    on: datetime | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """Pending sales by the day they become available."""

    on: datetime
    count: int
    goods_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class MerchantMoney:
    balances: tuple[MerchantBalance, ...]
    next_payouts: tuple[NextPayout, ...]
    blocks: tuple[Block, ...]
    expected: tuple[Expected, ...]
    reserves: tuple[ReserveItem, ...]


def get_merchant_money(merchant_id: int) -> MerchantMoney:
    """Everything the money page shows, for the one merchant whose page it is."""
    balances = get_merchant_balances(merchant_id)
    return MerchantMoney(
        balances=tuple(balances),
        next_payouts=tuple(_next_payouts(merchant_id, balances)),
        blocks=tuple(list_payout_blocks(merchant_id)),
        expected=tuple(_expected(merchant_id)),
        reserves=tuple(
            ReserveItem.objects.filter(merchant_id=merchant_id, released_at__isnull=True).order_by(
                "release_at"
            )[:20]
        ),
    )


def _next_payouts(merchant_id: int, balances: list[MerchantBalance]) -> list[NextPayout]:
    on_the_way = Settlement.objects.filter(
        merchant_id=merchant_id,
        state__in=[SettlementState.IN_REVIEW, SettlementState.APPROVED, SettlementState.PAYABLE],
    )
    found = [NextPayout(row.payable_minor, row.currency, None, True) for row in on_the_way.order_by("to_at")]
    taken: dict[str, int] = {}
    for row in found:
        taken[row.currency] = taken.get(row.currency, 0) + row.amount_minor
    cycle = get_payout_terms(merchant_id).cycle
    zones = dict(LegalEntity.objects.values_list("pk", "time_zone"))
    for balance in balances:
        rest = balance.available_minor - taken.get(balance.currency, 0)
        if rest > 0:
            cut = next_cut(cycle, ZoneInfo(zones[balance.entity_id]), clock.now())
            found.append(NextPayout(rest, balance.currency, cut, False))
    return found


def _expected(merchant_id: int) -> list[Expected]:
    rows = (
        Earning.objects.filter(merchant_id=merchant_id, has_pending=True, matures_at__isnull=False)
        .annotate(day=TruncDate("matures_at"))
        .values("day", "currency")
        .annotate(goods=Sum("captured_minor"))
        .order_by("day")[:14]
    )
    return [Expected(row["day"], 0, row["goods"], row["currency"]) for row in rows]


def list_transactions(actor: Actor, merchant_id: int) -> QuerySet[Posting]:
    """Every movement on the merchant's accounts, newest first; transfers between its own accounts included once.

    The available account tells the whole story of payable money; pending ones are shown until they mature.
    """
    if not actor.is_global and merchant_id not in actor.merchant_ids:
        return Posting.objects.none()
    return (
        Posting.objects.filter(
            account__owner_type="merchant",
            account__owner_id=merchant_id,
            account__code__in=[code for code in MERCHANT_CODES if code in (Code.PENDING, Code.AVAILABLE)],
        )
        .select_related("entry", "account")
        .order_by("-id")
    )
