"""Promises about held payouts and reserves, proved on live data by `manage.py doctor`."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.invariants import invariant
from billing.chart import Code
from billing.models import Adjustment, AdjustmentState, Balance, Hold, HoldEnd, ReserveItem
from billing.operations.incident_holds import source_key
from billing.selectors.payout_holds import get_line_earnings
from oms.selectors.incidents import list_live_openings

CHUNK = 500


@invariant(
    "billing.incident_holds",
    _("Every incident that is not closed holds what its line earns, and nothing else does"),
)
def incidents_hold_their_lines() -> Iterator[str]:
    live = {source_key(ref, opening) for ref, opening in list_live_openings()}
    holds = list(Hold.objects.open().filter(source_key__isnull=False).order_by("pk"))
    held = {str(hold.source_key) for hold in holds}
    for key in sorted(live - held):
        yield f"{key} is open and holds nothing"
    for key in sorted(held - live):
        yield f"{key} is held and not open"
    for start in range(0, len(holds), CHUNK):
        part = holds[start : start + CHUNK]
        earned = get_line_earnings(hold.order_line_id or 0 for hold in part)
        for hold in part:
            line_earns = earned.get(hold.order_line_id or 0)
            if hold.amount_minor != line_earns:
                yield f"{hold.source_key} holds {hold.amount_minor}, its line earns {line_earns}"


@invariant(
    "billing.held_charges", _("A charge out of a held amount is booked exactly when its hold ended with it")
)
def held_charges_match() -> Iterator[str]:
    booked = Q(state__in=[AdjustmentState.APPROVED, AdjustmentState.REVERSED])
    charged = Q(held_as__ended_as=HoldEnd.CHARGED)
    charges = Adjustment.objects.filter(held_as__isnull=False).select_related("held_as")
    for charge in charges.filter(booked ^ charged):
        yield f"{charge}: {charge.state}, its hold {charge.held_as.pk} is {charge.held_as.ended_as or 'open'}"
    for charge in charges.filter(amount_minor__gt=F("held_as__amount_minor")):
        yield f"{charge}: {charge.amount_minor} charged out of {charge.held_as.amount_minor} held"


@invariant("billing.reserves", _("A merchant's reserve is the sum of the parts that are kept"))
def reserves_match() -> Iterator[str]:
    booked = {
        tuple(row[:3]): -row[3]
        for row in Balance.objects.filter(account__code=Code.RESERVE).values_list(
            "account__entity_id", "account__owner_id", "account__currency", "posted_minor"
        )
    }
    left = Sum(F("amount_minor") - F("released_minor") - F("used_minor"))
    open_parts = ReserveItem.objects.filter(released_at__isnull=True)
    kept = {
        tuple(row[:3]): row[3]
        for row in open_parts.order_by()
        .values_list("entity_id", "merchant_id", "currency")
        .annotate(left=left)
    }
    for key in sorted(booked.keys() | kept.keys()):
        if booked.get(key, 0) != kept.get(key, 0):
            yield (
                f"merchant {key[1]}: parts of the reserve are {kept.get(key, 0)} {key[2]}, "
                f"the ledger says {booked.get(key, 0)}"
            )
