"""After the hold days pending money becomes available, less the reserve."""

from datetime import timedelta

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, timer_actor
from backoffice.kernel.periodic import periodic
from billing.entries.sales import Maturing, maturity
from billing.models import Earning
from billing.operations.ledger import post_entry
from billing.operations.reserves import keep_reserve
from billing.selectors.earnings import (
    list_mature_earning_ids,
    lock_earning,
    sum_pending_by_kind,
)
from billing.selectors.maturity import sum_matured_by_kind
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
        reserve = keep_reserve(earning, net, now)
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
