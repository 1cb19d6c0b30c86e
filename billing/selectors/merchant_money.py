"""A merchant's money page: balances, what comes next and when, what holds it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from billing.chart import MERCHANT_CODES, Code
from billing.cycles import next_cut
from billing.models import ENDED_UNPAID, Hold, Payout, Posting, ReserveItem, Settlement, SettlementState
from billing.selectors.balances import MerchantBalance, get_merchant_balances
from billing.selectors.entities import get_entity_by_id
from billing.selectors.payout_blocks import Block, list_payout_blocks
from billing.selectors.payout_forecast import ForecastDay, forecast_payouts, payout_day
from billing.selectors.payout_holds import BalanceKey, list_amount_holds, sum_held
from billing.selectors.terms_of import get_payout_terms


@dataclass(frozen=True, slots=True)
class NextPayout:
    """What is paid next: an approved statement on its way, else what the next cut will hold as of now."""

    amount_minor: int
    currency: str
    on: datetime | None
    is_certain: bool
    pay_on: date | None = None
    # The statement is checked and approved; only the file for the bank is not written yet.
    waits_for_file: bool = False


@dataclass(frozen=True, slots=True)
class MerchantMoney:
    balances: tuple[MerchantBalance, ...]
    next_payouts: tuple[NextPayout, ...]
    blocks: tuple[Block, ...]
    # Parts of the balance, or of what will come to it, that are not paid out yet.
    amount_holds: tuple[Hold, ...]
    forecast: tuple[ForecastDay, ...]
    reserves: tuple[ReserveItem, ...]


def get_merchant_money(merchant_id: int) -> MerchantMoney:
    """Everything the money page shows, for the one merchant whose page it is."""
    balances = get_merchant_balances(merchant_id)
    on_the_way, taken = _on_the_way(merchant_id)
    amount_holds = tuple(list_amount_holds(merchant_id))
    if amount_holds:
        for balance in balances:
            taken[balance.currency] += sum_held(BalanceKey(balance.entity_id, merchant_id, balance.currency))
    return MerchantMoney(
        balances=tuple(balances),
        next_payouts=(*on_the_way, *_at_the_next_cut(merchant_id, balances, taken)),
        blocks=tuple(list_payout_blocks(merchant_id)),
        amount_holds=amount_holds,
        forecast=tuple(forecast_payouts(merchant_id, balances, taken, amount_holds)),
        reserves=tuple(
            ReserveItem.objects.filter(merchant_id=merchant_id, released_at__isnull=True).order_by(
                "release_at"
            )[:20]
        ),
    )


def _on_the_way(merchant_id: int) -> tuple[list[NextPayout], dict[str, int]]:
    """Written statements that are not paid yet, and per currency what of the available balance they will take.

    A claimed payout has left the available balance already, so only its day is told.
    """
    written = Settlement.objects.filter(
        merchant_id=merchant_id,
        state__in=[
            SettlementState.IN_REVIEW,
            SettlementState.APPROVED,
            SettlementState.ON_HOLD,
            SettlementState.PAYABLE,
        ],
    )
    claimed = dict(
        Payout.objects.filter(settlement__in=written, claimed_at__isnull=False)
        .exclude(state__in=ENDED_UNPAID)
        .values_list("settlement_id", "batch__execution_on")
    )
    found: list[NextPayout] = []
    taken: dict[str, int] = defaultdict(int)
    for row in written.order_by("to_at"):
        waits = row.state == SettlementState.PAYABLE and row.pk not in claimed
        found.append(NextPayout(row.payable_minor, row.currency, None, True, claimed.get(row.pk), waits))
        if row.pk not in claimed:
            taken[row.currency] += row.payable_minor
    return found, taken


def _at_the_next_cut(
    merchant_id: int, balances: list[MerchantBalance], taken: dict[str, int]
) -> list[NextPayout]:
    found = []
    cycle = get_payout_terms(merchant_id).cycle
    for balance in balances:
        rest = balance.available_minor - taken.get(balance.currency, 0)
        if rest > 0:
            entity = get_entity_by_id(balance.entity_id)
            cut = next_cut(cycle, ZoneInfo(entity.time_zone), clock.now())
            on = payout_day(balance.entity_id, balance.currency, cycle)
            found.append(NextPayout(rest, balance.currency, cut, False, on))
    return found


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
