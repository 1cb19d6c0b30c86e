"""What a sale does to the books, step by step, as the order system announces it."""

from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F

from backoffice.kernel.actors import Actor
from billing.entries.sales import Captured, Charge, SaleShare, capture, commission, subsidy
from billing.fees.returns import share_of
from billing.models import Earning, FeeKind, FeeSnapshot
from billing.operations.fee_freezing import freeze_order_fees, maturity_day
from billing.operations.ledger import post_entries, post_entry
from billing.operations.unknown_orders import report_unknown_order
from billing.selectors.earnings import find_earnings, lock_earning
from billing.selectors.journal import find_entries_by_key
from billing.selectors.snapshots import lock_fee_snapshots
from oms.selectors.fee_basis import get_fee_basis

CHARGED_FIELDS = (
    "charged_base_minor",
    "charged_fee_minor",
    "charged_percent_minor",
    "charged_tax_minor",
    "refunded_minor",
)


class CaptureNews(Protocol):
    """What a capture event says."""

    @property
    def capture_id(self) -> int: ...
    @property
    def order_id(self) -> int: ...
    @property
    def provider(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def shares(self) -> tuple[tuple[int, int, int], ...]: ...
    @property
    def occurred_at(self) -> datetime: ...


@transaction.atomic
def book_capture(news: CaptureNews, *, actor: Actor) -> None:
    """E1: money arrived; each merchant's share is pending. Safe to repeat by the capture's own key."""
    wanted = [share[0] for share in news.shares]
    earnings = find_earnings(wanted)
    if len(earnings) < len(set(wanted)):
        freeze_order_fees(news.order_id)
        earnings = find_earnings(wanted)
    shares = []
    for merchant_order_id, merchant_id, amount in news.shares:
        earning = earnings[merchant_order_id]
        shipping = _shipping_part(earning, amount)
        shares.append(SaleShare(merchant_id, merchant_order_id, amount - shipping, shipping))
    entity_id = earnings[wanted[0]].entity_id
    draft = capture(
        Captured(
            entity_id=entity_id,
            psp=news.provider,
            capture_id=str(news.capture_id),
            currency=news.currency,
            amount_minor=news.amount_minor,
            shares=tuple(shares),
            occurred_at=news.occurred_at,
        )
    )
    if find_entries_by_key([(entity_id, draft.idem_key)]):
        return
    post_entry(draft, actor=actor)
    for merchant_order_id, _merchant_id, amount in sorted(news.shares):
        Earning.objects.filter(merchant_order_id=merchant_order_id).update(
            captured_minor=F("captured_minor") + amount, has_pending=True, psp=news.provider
        )


def _shipping_part(earning: Earning, amount: int) -> int:
    """The shipping inside this capture, by cumulative difference over all captures of the merchant order."""
    whole = earning.goods_minor + earning.shipping_minor
    before = share_of(earning.shipping_minor, earning.captured_minor, whole)
    return share_of(earning.shipping_minor, min(whole, earning.captured_minor + amount), whole) - before


@transaction.atomic
def charge_commission(merchant_order_id: int, *, occurred_at: datetime, actor: Actor) -> None:
    """E2 (and E15): on acceptance the frozen fees fall due on what was not withdrawn. Safe to repeat."""
    earning = lock_earning(merchant_order_id)
    if earning is None:
        report_unknown_order(merchant_order_id, str(merchant_order_id))
        return
    if earning.accepted_at is not None:
        return
    snapshots = lock_fee_snapshots(merchant_order_id)
    left = _kept_shares(merchant_order_id)
    subsidies = 0
    for snapshot in snapshots:
        paid, whole = _kept_of(snapshot, left, earning)
        _charge(snapshot, paid, whole)
        subsidies += share_of(snapshot.subsidy_minor, paid, whole)
    FeeSnapshot.objects.bulk_update(snapshots, CHARGED_FIELDS)
    fee = sum(row.charged_fee_minor for row in snapshots)
    tax = sum(row.charged_tax_minor for row in snapshots)
    drafts = []
    if fee or tax:
        charge = Charge(earning.merchant_id, merchant_order_id, fee, tax)
        drafts.append(commission(earning.entity_id, earning.currency, charge, occurred_at=occurred_at))
    if subsidies:
        share = SaleShare(earning.merchant_id, merchant_order_id, subsidies)
        drafts.append(subsidy(earning.entity_id, earning.currency, share, occurred_at=occurred_at))
    if drafts:
        post_entries(drafts, actor=actor)
        earning.has_pending = True
    earning.accepted_at = occurred_at
    earning.save(update_fields=["accepted_at", "has_pending"])


def _kept_shares(merchant_order_id: int) -> dict[int, tuple[int, int]]:
    """Line id → (what is left after withdrawal, the whole), in minor units."""
    basis = get_fee_basis(merchant_order_id)
    return {
        line.line_id: (line.goods_gross_minor - line.withdrawn_minor, line.goods_gross_minor)
        for line in basis.lines
        if line.goods_gross_minor
    }


def _kept_of(snapshot: FeeSnapshot, left: dict[int, tuple[int, int]], earning: Earning) -> tuple[int, int]:
    """(what is left, the whole) of what the fee was taken of: a line, the shipping, or the whole merchant order."""
    if snapshot.fee_kind != FeeKind.PAYMENT:
        return left.get(snapshot.order_line_id, (1, 1))
    kept = sum(paid for paid, _whole in left.values()) + earning.shipping_minor
    whole = earning.goods_minor + earning.shipping_minor
    return (kept, whole) if whole else (1, 1)


def _charge(snapshot: FeeSnapshot, paid: int, whole: int) -> None:
    """Charge the frozen fee on what was neither withdrawn nor refunded before acceptance."""
    base = share_of(snapshot.base_minor, paid, whole)
    due = max(0, base - snapshot.refunded_minor)
    snapshot.charged_base_minor = due
    snapshot.charged_fee_minor = share_of(snapshot.fee_minor, due, snapshot.base_minor)
    snapshot.charged_percent_minor = share_of(snapshot.percent_minor, due, snapshot.base_minor)
    snapshot.charged_tax_minor = share_of(snapshot.tax_minor, due, snapshot.base_minor)
    if snapshot.base_minor == 0:
        snapshot.charged_fee_minor, snapshot.charged_tax_minor = snapshot.fee_minor, snapshot.tax_minor
    # Counted anew from what is charged: earlier refunds lowered the charge itself.
    snapshot.refunded_minor = 0


@transaction.atomic
def start_hold(merchant_order_id: int, *, occurred_at: datetime) -> None:
    """The buyer has everything: from now the hold days count. Safe to repeat; the first moment stays."""
    earning = lock_earning(merchant_order_id)
    if earning is None or earning.received_at is not None:
        return
    earning.received_at = occurred_at
    maturity_day(earning)
    earning.save(update_fields=["received_at", "matures_at"])
