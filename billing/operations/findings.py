"""What a machine notices on a statement before a person looks."""

from datetime import timedelta
from statistics import median
from typing import Any

from backoffice.kernel import clock
from backoffice.kernel.phrases import stored
from billing.chart import Code, Kind
from billing.models import Balance, Finding, FindingKind, Hold, Payout, Settlement
from billing.operations.settlement_figures import key_of
from billing.selectors.payout_blocks import NEW_IBAN_DAYS, find_payout_blocks
from billing.selectors.payout_holds import list_held_amounts
from mas.selectors.payouts import get_payout_profiles

HISTORY = 6


def find_findings(settlements: list[Settlement], differing: set[int]) -> list[Finding]:
    """The findings of freshly calculated statements; `differing` are merchants whose statement is not the ledger's."""
    ids = [settlement.merchant_id for settlement in settlements]
    profiles = get_payout_profiles(ids)
    blocks = find_payout_blocks(ids)
    paid = set(
        Payout.objects.filter(merchant_id__in=ids, claimed_at__isnull=False).values_list(
            "merchant_id", flat=True
        )
    )
    disputes = set(
        Balance.objects.filter(account__code=Code.DISPUTE_HOLD, account__owner_id__in=ids)
        .exclude(posted_minor=0)
        .values_list("account__owner_id", flat=True)
    )
    with_holds = set(
        Hold.objects.open()
        .filter(merchant_id__in=ids, amount_minor__isnull=False)
        .values_list("merchant_id", flat=True)
    )
    history = _history(settlements)
    found: list[Finding] = []
    for settlement in settlements:
        before = history.get((settlement.merchant_id, settlement.currency), [])
        told: dict[str, dict[str, Any]] = {}
        if settlement.merchant_id not in paid:
            told[FindingKind.FIRST_PAYOUT] = {}
        profile = profiles.get(settlement.merchant_id)
        if (
            profile
            and profile.changed_at
            and profile.changed_at > clock.now() - timedelta(days=NEW_IBAN_DAYS)
        ):
            told[FindingKind.NEW_IBAN] = {"changed_at": profile.changed_at.isoformat()}
        if settlement.merchant_id in disputes:
            told[FindingKind.OPEN_DISPUTE] = {}
        if blocks.get(settlement.merchant_id):
            told[FindingKind.HELD] = {"codes": [block.code for block in blocks[settlement.merchant_id]]}
        if settlement.merchant_id in with_holds:
            told |= _amounts_held(settlement)
        if settlement.merchant_id in differing:
            told[FindingKind.DIFFERS] = {}
        told |= _compared(settlement, before)
        found += [
            Finding(settlement=settlement, kind=kind, params=params, is_blocking=kind == FindingKind.DIFFERS)
            for kind, params in told.items()
        ]
    return found


def _amounts_held(settlement: Settlement) -> dict[str, dict[str, Any]]:
    held = list_held_amounts(key_of(settlement), max_seq=settlement.max_seq)
    if not held:
        return {}
    told = [[row.amount_minor, stored(row.hold.reason)] for row in held]
    return {FindingKind.AMOUNT_HELD: {"held": told, "currency": settlement.currency}}


def _history(settlements: list[Settlement]) -> dict[tuple[int, str], list[Settlement]]:
    """Up to six earlier statements per balance, newest first."""
    rows: dict[tuple[int, str], list[Settlement]] = {}
    earlier = Settlement.objects.filter(
        merchant_id__in=[settlement.merchant_id for settlement in settlements]
    ).exclude(pk__in=[settlement.pk for settlement in settlements])
    for row in earlier.order_by("-to_at"):
        known = rows.setdefault((row.merchant_id, row.currency), [])
        if len(known) < HISTORY:
            known.append(row)
    return rows


def _compared(settlement: Settlement, before: list[Settlement]) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    usual = [row.payable_minor for row in before if row.payable_minor]
    if usual and settlement.payable_minor > 3 * median(usual):
        told[FindingKind.UNUSUAL_AMOUNT] = {
            "median_minor": int(median(usual)),
            "currency": settlement.currency,
        }
    if any(row.closing_minor < 0 for row in before):
        told[FindingKind.NEGATIVE_HISTORY] = {}
    now_bps, before_bps = _refund_bps([settlement]), _refund_bps(before)
    if before and now_bps > 1000 and now_bps > 2 * before_bps:
        told[FindingKind.REFUND_JUMP] = {"rate_bps": now_bps, "before_bps": before_bps}
    return told


def _refund_bps(settlements: list[Settlement]) -> int:
    sales = sum(row.totals.get(Kind.SALE.value, 0) for row in settlements)
    refunds = -sum(row.totals.get(Kind.REFUND.value, 0) for row in settlements)
    return refunds * 10_000 // sales if sales > 0 else 0
