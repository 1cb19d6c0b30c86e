"""Promises about fees, statements against the ledger, and reversals, proved on live data by `manage.py doctor`."""

from collections.abc import Iterator

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.invariants import invariant
from billing.chart import Code
from billing.models import (
    ENDED_UNPAID,
    Adjustment,
    AdjustmentKind,
    AdjustmentState,
    Earning,
    JournalEntry,
    MonthVolume,
    Payout,
    PayoutState,
    PeriodicFee,
    Posting,
    Settlement,
)
from billing.operations.month_volumes import month_bounds

SENTENCES = 20
FEE_EVENTS = ("merchant_fee", "penalty", "periodic_fee")
# Nothing left for the bank, or it did not stay there.
UNPAID_PAYOUTS = (PayoutState.CREATED, *ENDED_UNPAID)


@invariant(
    "billing.statement_ledger", _("A merchant's latest statement closes at its ledger balance of the cut")
)
def statements_equal_ledger() -> Iterator[str]:
    key = ("entity_id", "merchant_id", "currency")
    latest = Settlement.objects.values(*key).annotate(last=Max("max_seq")).order_by()
    for row in latest.iterator():
        settlement = Settlement.objects.filter(
            **{name: row[name] for name in key}, max_seq=row["last"]
        ).latest("pk")
        booked = Posting.objects.filter(
            account__entity_id=settlement.entity_id,
            account__code=Code.AVAILABLE,
            account__owner_type="merchant",
            account__owner_id=settlement.merchant_id,
            account__currency=settlement.currency,
            entry__seal__seq__lte=settlement.max_seq,
        ).aggregate(total=Sum("amount_minor"))["total"]
        if settlement.closing_minor != -(booked or 0):
            yield f"{settlement.ref} closes at {settlement.closing_minor}, the ledger at {-(booked or 0)}"


@invariant("billing.payouts_covered", _("Nobody was paid more than was ever made available"))
def payouts_are_covered() -> Iterator[str]:
    paid = (
        Payout.objects.exclude(state__in=UNPAID_PAYOUTS)
        .values("entity_id", "merchant_id", "currency")
        .annotate(total=Sum("amount_minor"))
        .order_by("entity_id", "merchant_id", "currency")
    )
    for row in paid.iterator():
        credited = Posting.objects.filter(
            account__entity_id=row["entity_id"],
            account__code=Code.AVAILABLE,
            account__owner_type="merchant",
            account__owner_id=row["merchant_id"],
            account__currency=row["currency"],
            amount_minor__lt=0,
        ).aggregate(total=Sum("amount_minor"))["total"]
        if row["total"] > -(credited or 0):
            yield (
                f"merchant {row['merchant_id']} was paid {row['total']} {row['currency']}, "
                f"available was {-(credited or 0)} in all"
            )


@invariant(
    "billing.reversals", _("A reversal is the exact opposite of its entry, and is never reversed itself")
)
def reversals_undo() -> Iterator[str]:
    twice = JournalEntry.objects.filter(reverses__reverses__isnull=False)
    for entry_id in twice.values_list("pk", flat=True)[:SENTENCES]:
        yield f"entry {entry_id} reverses a reversal"
    undone = Posting.objects.filter(
        entry=OuterRef("entry__reverses"),
        account=OuterRef("account"),
        amount_minor=-1 * OuterRef("amount_minor"),
        line_no=OuterRef("line_no"),
    )
    odd = Posting.objects.filter(entry__reverses__isnull=False).exclude(Exists(undone))
    for entry_id in odd.order_by("entry_id").values_list("entry_id", flat=True).distinct()[:SENTENCES]:
        yield f"entry {entry_id} does not undo what it reverses"
    short = JournalEntry.objects.filter(reverses__isnull=False).exclude(n_lines=F("reverses__n_lines"))
    for entry_id in short.values_list("pk", flat=True)[:SENTENCES]:
        yield f"entry {entry_id} undoes only a part of what it reverses"


@invariant("billing.merchant_fees", _("Monthly and one-off fees are exactly what the ledger booked for them"))
def merchant_fees_match() -> Iterator[str]:
    stated: dict[str, int] = {}
    fees = PeriodicFee.objects.values_list("currency").annotate(total=Sum("fee_minor"))
    decided = Adjustment.objects.filter(
        state=AdjustmentState.APPROVED, kind__in=[AdjustmentKind.FEE, AdjustmentKind.PENALTY]
    )
    for rows in (fees, decided.values_list("currency").annotate(total=Sum("amount_minor"))):
        for currency, total in rows.order_by():
            stated[currency] = stated.get(currency, 0) + total
    booked = {
        currency: -total
        for currency, total in Posting.objects.filter(
            account__code=Code.MERCHANT_FEES,
            entry__event_type__in=FEE_EVENTS,
            entry__reversed_by__isnull=True,
        )
        .values_list("currency")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    }
    for currency in sorted(stated.keys() | booked.keys()):
        if stated.get(currency, 0) != booked.get(currency, 0):
            yield f"{currency}: fees are {stated.get(currency, 0)}, the ledger says {booked.get(currency, 0)}"


@invariant("billing.month_volumes", _("A merchant's month counts each of its orders once"))
def month_volumes_match() -> Iterator[str]:
    for row in MonthVolume.objects.select_related("entity").order_by("pk").iterator():
        start, end = month_bounds(row.starts_on, row.entity.time_zone)
        sold = Earning.objects.filter(
            pk__lte=row.last_earning_id,
            entity_id=row.entity_id,
            merchant_id=row.merchant_id,
            currency=row.currency,
            placed_at__gte=start,
            placed_at__lt=end,
        ).aggregate(total=Sum("goods_minor"))["total"]
        if row.sold_minor != (sold or 0):
            yield f"{row} was counted, its orders are {sold or 0}"


@invariant("billing.write_offs", _("Adjustments took two people and moved exactly what they say"))
def adjustments_match() -> Iterator[str]:
    booked = Adjustment.objects.filter(state__in=[AdjustmentState.APPROVED, AdjustmentState.REVERSED])
    alone = booked.filter(decided_by_user_id=F("proposed_by_user_id"), decided_by_user_id__isnull=False)
    for ref in alone.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref} was proposed and approved by the same person"
    moved = (
        Posting.objects.filter(
            Q(entry__source_type="adjustment"),
            entry__source_id=OuterRef("ref"),
            account__code=Code.AVAILABLE,
        )
        .order_by()
        .values("entry__source_id")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    for row in booked.annotate(moved=Coalesce(Subquery(moved), 0)).iterator():
        against = row.kind in (AdjustmentKind.FEE, AdjustmentKind.PENALTY)
        stated = row.amount_minor + row.tax_minor if against else -row.amount_minor
        if row.state == AdjustmentState.REVERSED:
            stated = 0
        if row.moved != stated:
            yield f"{row.ref} says {stated}, the ledger moved {row.moved}"
