"""Reserves: part of what matures stays for some days, or as long as agreed; chargebacks draw on it first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, timer_actor
from backoffice.kernel.money import round_half_up
from backoffice.kernel.periodic import periodic
from billing.entries.reversals import ReserveRelease, reserve_released
from billing.models import Earning, ReserveItem
from billing.operations.ledger import post_entry
from billing.selectors.balances import lock_merchant_balances
from billing.selectors.earnings import list_due_reserve_ids
from billing.selectors.payout_holds import BalanceKey
from billing.selectors.reserves import list_fixed_reserves, list_open_reserves
from billing.selectors.terms_of import find_payout_terms, get_payout_terms

BATCH = 500


def keep_reserve(earning: Earning, net_minor: int, now: datetime) -> int:
    """What of a maturing order stays: the rolling part, and what the fixed reserve still lacks; returns the sum."""
    terms = find_payout_terms(earning.merchant_id)
    if terms is None or net_minor <= 0:
        return 0
    rolling = int(round_half_up(Decimal(net_minor) * terms.reserve_bps / 10_000))
    if rolling:
        _keep(earning, rolling, now + timedelta(days=terms.reserve_days))
    if not terms.fixed_reserve_minor:
        return rolling
    of = BalanceKey(earning.entity_id, earning.merchant_id, earning.currency)
    # Two orders that mature at once would both fill what is lacking.
    lock_merchant_balances(of.entity_id, of.merchant_id, of.currency)
    lacking = terms.fixed_reserve_minor - sum(item.left_minor for item in list_fixed_reserves(of))
    fixed = max(0, min(net_minor - rolling, lacking))
    if fixed:
        _keep(earning, fixed, None)
    return rolling + fixed


def _keep(earning: Earning, amount: int, release_at: datetime | None) -> None:
    ReserveItem.objects.create(
        entity_id=earning.entity_id,
        merchant_id=earning.merchant_id,
        earning=earning,
        currency=earning.currency,
        amount_minor=amount,
        release_at=release_at,
    )


def use_reserve(of: BalanceKey, amount_minor: int) -> None:
    """A chargeback takes this much of the reserve; the caller has locked the merchant's balances.

    First of the fixed part, which later sales fill again, then of what falls due soonest.
    """
    left = amount_minor
    for item in list_open_reserves(of):
        part = min(left, item.left_minor)
        if not part:
            break
        item.used_minor += part
        left -= part
        _close_when_empty(item)
        item.save(update_fields=["used_minor", "released_at"])


def _close_when_empty(item: ReserveItem) -> None:
    if not item.left_minor:
        item.released_at = clock.now()


@periodic("billing.release_reserves", every=timedelta(hours=1))
def release_due_reserves() -> int:
    """E9: reserves whose days are over become available, and fixed ones above what is agreed now; returns how many.

    Safe to repeat and to be killed.
    """
    actor = timer_actor("reserve days passed")
    released = 0
    while True:
        due = list_due_reserve_ids(clock.now(), BATCH)
        for item_id in due:
            released += release_reserve(item_id, actor=actor)
        if len(due) < BATCH:
            break
    return released + sum(release_surplus(of, actor=actor) for of in _with_fixed_reserves())


@transaction.atomic
def release_reserve(item_id: int, *, actor: Actor) -> bool:
    """Release one reserved part, or what a dispute left of it; the conditional update makes it happen once."""
    now = clock.now()
    if not ReserveItem.objects.filter(pk=item_id, released_at__isnull=True).update(released_at=now):
        return False
    item = ReserveItem.objects.get(pk=item_id)
    return _release(item, item.left_minor, str(item.pk), actor)


def _with_fixed_reserves() -> Sequence[BalanceKey]:
    rows = ReserveItem.objects.filter(released_at__isnull=True, release_at__isnull=True)
    keys = rows.order_by("entity_id", "merchant_id", "currency").values_list(
        "entity_id", "merchant_id", "currency"
    )
    return [BalanceKey(*key) for key in keys.distinct()]


@transaction.atomic
def release_surplus(of: BalanceKey, *, actor: Actor) -> int:
    """Release what a fixed reserve holds above the agreed amount, the oldest part first; returns how many parts."""
    lock_merchant_balances(of.entity_id, of.merchant_id, of.currency)
    items = list_fixed_reserves(of)
    surplus = sum(item.left_minor for item in items) - get_payout_terms(of.merchant_id).fixed_reserve_minor
    released = 0
    for item in items:
        part = min(max(0, surplus), item.left_minor)
        surplus -= part
        # A part can be released more than once, each time with a key of its own.
        released += _release(item, part, f"{item.pk}:{item.released_minor + part}", actor)
    return released


def _release(item: ReserveItem, amount: int, key: str, actor: Actor) -> bool:
    if not amount:
        return False
    release = ReserveRelease(item.entity_id, item.currency, item.merchant_id, amount, key)
    post_entry(reserve_released(release, occurred_at=clock.now()), actor=actor)
    item.released_minor += amount
    _close_when_empty(item)
    item.save(update_fields=["released_minor", "released_at"])
    return True
