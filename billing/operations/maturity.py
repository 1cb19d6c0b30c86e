"""After the hold days pending money becomes available, less the reserve; reserves are released when they fall due."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, timer_actor
from backoffice.kernel.money import round_half_up
from backoffice.kernel.periodic import periodic
from billing.chart import Code
from billing.entries.reversals import ReserveRelease, reserve_released
from billing.entries.sales import Maturing, maturity
from billing.models import Earning, PayoutTerms, ReserveItem
from billing.operations.ledger import post_entry
from billing.selectors.accounts import find_accounts
from billing.selectors.balances import find_balance
from billing.selectors.earnings import (
    list_due_reserve_ids,
    list_mature_earning_ids,
    lock_earning,
    sum_pending_by_kind,
)
from billing.selectors.maturity import sum_matured_by_kind
from billing.selectors.terms_of import find_payout_terms
from oms.selectors.payments import is_paid_outside

BATCH = 500


@periodic("billing.mature", every=timedelta(minutes=5))
def mature_due() -> int:
    """Move what is due from pending to available; returns how many orders. Safe to repeat and to be killed."""
    actor = timer_actor("hold days passed")
    moved = 0
    while True:
        due = list_mature_earning_ids(clock.now(), BATCH)
        for merchant_order_id in due:
            moved += mature_earning(merchant_order_id, actor=actor)
        if len(due) < BATCH:
            return moved


@transaction.atomic
def mature_earning(merchant_order_id: int, *, actor: Actor) -> bool:
    """E4 for one order: what is pending becomes available, the terms' part of it reserve. Safe to repeat.

    An order that was not paid yet waits; a commission alone does not leave pending before its sale does, unless the
    buyer pays the merchant and the fee is all the marketplace ever books.
    """
    earning = lock_earning(merchant_order_id)
    now = clock.now()
    if earning is None or not earning.has_pending or earning.matures_at is None or earning.matures_at > now:
        return False
    by_kind = sum_pending_by_kind(merchant_order_id, earning.currency)
    by_kind.pop("matured", None)
    moved = _moved_before(earning)
    amounts = {kind: amount - moved.get(kind, 0) for kind, amount in by_kind.items()}
    amounts = {kind: amount for kind, amount in amounts.items() if amount}
    if not earning.captured_minor and not is_paid_outside(merchant_order_id):
        Earning.objects.filter(pk=earning.pk).update(has_pending=False)
        return False
    net = sum(amounts.values())
    if amounts:
        reserve = _reserve(earning, net, now)
        maturing = Maturing(
            merchant_id=earning.merchant_id,
            merchant_order_id=merchant_order_id,
            by_kind=tuple(sorted(amounts.items())),
            reserve_minor=reserve,
            sequence=earning.matured_times + 1,
        )
        post_entry(maturity(earning.entity_id, earning.currency, maturing, occurred_at=now), actor=actor)
        earning.matured_times += 1
    earning.has_pending = False
    earning.matured_at = now
    earning.save(update_fields=["has_pending", "matured_at", "matured_times"])
    return bool(amounts)


def _moved_before(earning: Earning) -> dict[str, int]:
    """By kind, what earlier maturities of this order moved: their lines on the available account say so."""
    if not earning.matured_times:
        return {}
    return sum_matured_by_kind(earning.merchant_order_id, earning.currency)


def _reserve(earning: Earning, net: int, now: datetime) -> int:
    """What of the net stays as reserve: the rolling part, and what the fixed reserve still lacks."""
    terms = find_payout_terms(earning.merchant_id)
    if terms is None or net <= 0:
        return 0
    rolling = int(round_half_up(Decimal(net) * terms.reserve_bps / 10_000))
    if rolling:
        _keep(earning, rolling, now + timedelta(days=terms.reserve_days))
    lacking = _lacking(earning, terms, rolling) if terms.fixed_reserve_minor else 0
    fixed = max(0, min(net - rolling, lacking))
    if fixed:
        _keep(earning, fixed, None)
    return rolling + fixed


def _lacking(earning: Earning, terms: PayoutTerms, rolling: int) -> int:
    kept = ReserveItem.objects.filter(
        merchant_id=earning.merchant_id,
        entity_id=earning.entity_id,
        currency=earning.currency,
        release_at__isnull=True,
    ).aggregate(total=Sum(F("amount_minor") - F("released_minor")))["total"]
    return int(terms.fixed_reserve_minor - (kept or 0))


def _keep(earning: Earning, amount: int, release_at: datetime | None) -> None:
    ReserveItem.objects.create(
        entity_id=earning.entity_id,
        merchant_id=earning.merchant_id,
        earning=earning,
        currency=earning.currency,
        amount_minor=amount,
        release_at=release_at,
    )


@periodic("billing.release_reserves", every=timedelta(hours=1))
def release_due_reserves() -> int:
    """E9: reserves whose days are over become available; returns how many. Safe to repeat."""
    actor = timer_actor("reserve days passed")
    released = 0
    while True:
        due = list_due_reserve_ids(clock.now(), BATCH)
        for item_id in due:
            released += release_reserve(item_id, actor=actor)
        if len(due) < BATCH:
            return released


@transaction.atomic
def release_reserve(item_id: int, *, actor: Actor) -> bool:
    """Release one reserved part, or what a dispute left of it; the conditional update makes it happen once."""
    now = clock.now()
    if not ReserveItem.objects.filter(pk=item_id, released_at__isnull=True).update(released_at=now):
        return False
    item = ReserveItem.objects.get(pk=item_id)
    key = (item.entity_id, Code.RESERVE.value, "merchant", item.merchant_id, item.currency)
    account = find_accounts([key]).get(key)
    balance = find_balance(account) if account else None
    there = -balance.posted_minor if balance else 0
    amount = min(item.amount_minor, max(0, there))
    if amount:
        release = ReserveRelease(item.entity_id, item.currency, item.merchant_id, amount, str(item.pk))
        post_entry(reserve_released(release, occurred_at=now), actor=actor)
        ReserveItem.objects.filter(pk=item_id).update(released_minor=amount)
    return bool(amount)
