"""A merchant's money page: balances, what comes next and when, what holds it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from billing.chart import MERCHANT_CODES, Code
from billing.cycles import next_cut
from billing.models import (
    ENDED_UNPAID,
    Hold,
    Payout,
    PayoutTerms,
    Posting,
    ReserveItem,
    Settlement,
    SettlementState,
)
from billing.selectors.balances import MerchantBalance, get_merchant_balances
from billing.selectors.payout_blocks import Block, list_payout_blocks
from billing.selectors.payout_forecast import ForecastDay, Kept, Lapse, forecast_payouts, payout_day
from billing.selectors.payout_holds import BalanceKey, HeldAmount, held_among, list_amount_holds
from billing.selectors.terms_of import get_payout_terms

SHOWN_RESERVES = 20


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
    # More of the balance is held than it would leave there.
    waits_for_hold: bool = False


@dataclass(frozen=True, slots=True)
class MoneyNow:
    balances: tuple[MerchantBalance, ...]
    next_payouts: tuple[NextPayout, ...]
    blocks: tuple[Block, ...]
    # Parts of the balance, or of what will come to it, that are not paid out yet.
    amount_holds: tuple[Hold, ...]
    terms: PayoutTerms
    kept: Kept


@dataclass(frozen=True, slots=True)
class MerchantMoney:
    balances: tuple[MerchantBalance, ...]
    next_payouts: tuple[NextPayout, ...]
    blocks: tuple[Block, ...]
    # Parts of the balance, or of what will come to it, that are not paid out yet.
    amount_holds: tuple[Hold, ...]
    terms: PayoutTerms
    forecast: tuple[ForecastDay, ...]
    reserves: tuple[ReserveItem, ...]


def get_merchant_money(merchant_id: int) -> MerchantMoney:
    """Everything the money page shows, for the one merchant whose page it is."""
    now = get_money_now(merchant_id)
    reserves = list(
        ReserveItem.objects.filter(merchant_id=merchant_id, released_at__isnull=True).order_by("release_at")
    )
    return MerchantMoney(
        balances=now.balances,
        next_payouts=now.next_payouts,
        blocks=now.blocks,
        amount_holds=now.amount_holds,
        terms=now.terms,
        forecast=tuple(forecast_payouts(now.terms, now.balances, now.kept, reserves)),
        reserves=tuple(reserves[:SHOWN_RESERVES]),
    )


def get_money_now(merchant_id: int) -> MoneyNow:
    """Balances, next payouts and what holds them, as the merchant's home shows them; in seven statements."""
    balances = get_merchant_balances(merchant_id)
    on_the_way, taken = _on_the_way(merchant_id)
    amount_holds = tuple(list_amount_holds(merchant_id))
    lapses: list[Lapse] = []
    for balance in balances if amount_holds else ():
        held = held_among(amount_holds, BalanceKey(balance.entity_id, merchant_id, balance.currency))
        left = balance.available_minor - taken[balance.currency]
        taken[balance.currency] += min(sum(row.amount_minor for row in held), max(0, left))
        lapses += _lapses(balance, held, max(0, left))
        if sum(row.amount_minor for row in held) > left:
            on_the_way = [_waiting(row, balance.currency) for row in on_the_way]
    terms = get_payout_terms(merchant_id)
    return MoneyNow(
        balances=tuple(balances),
        next_payouts=(*on_the_way, *_at_the_next_cut(terms, balances, taken)),
        blocks=tuple(list_payout_blocks(merchant_id)),
        amount_holds=amount_holds,
        terms=terms,
        kept=Kept(taken, amount_holds, lapses),
    )


def _lapses(balance: MerchantBalance, held: list[HeldAmount], left_minor: int) -> Iterator[Lapse]:
    """What becomes free with each hold that ends by itself, while the others go on."""
    still = sum(row.amount_minor for row in held)
    ending = [(row.hold.lapses_at, row.amount_minor) for row in held if row.hold.lapses_at is not None]
    for at, amount in sorted(ending):
        freed = min(still, left_minor) - min(still - amount, left_minor)
        still -= amount
        if freed:
            yield Lapse(balance.entity_id, balance.currency, at, freed)


def _waiting(row: NextPayout, currency: str) -> NextPayout:
    """A written payout that is not in a file yet and too little would be left after."""
    return replace(row, waits_for_hold=True) if row.currency == currency and row.pay_on is None else row


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
    claims = Payout.objects.filter(settlement=OuterRef("pk"), claimed_at__isnull=False).exclude(
        state__in=ENDED_UNPAID
    )
    rows = written.annotate(
        is_claimed=Exists(claims), pay_on=Subquery(claims.order_by("-pk").values("batch__execution_on")[:1])
    )
    found: list[NextPayout] = []
    taken: dict[str, int] = defaultdict(int)
    for row in rows.order_by("to_at"):
        waits = row.state == SettlementState.PAYABLE and not row.is_claimed
        found.append(NextPayout(row.payable_minor, row.currency, None, True, row.pay_on, waits))
        if not row.is_claimed:
            taken[row.currency] += row.payable_minor
    return found, taken


def _at_the_next_cut(
    terms: PayoutTerms, balances: list[MerchantBalance], taken: dict[str, int]
) -> list[NextPayout]:
    found = []
    for balance in balances:
        rest = balance.available_minor - taken.get(balance.currency, 0)
        if rest > 0:
            cut = next_cut(terms.cycle, ZoneInfo(balance.time_zone), clock.now())
            on = payout_day(balance, terms.cycle)
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
