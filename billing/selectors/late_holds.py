"""Holds set after the bank file was written: they no longer stop it by themselves, so a person is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from billing.chart import Code
from billing.models import Balance, Hold, Payout, PayoutState


@dataclass(frozen=True, slots=True)
class LateHold:
    """What was held after its file was written."""

    hold: Hold
    batch_ref: str


def is_held_since_file() -> Q:
    """Payouts in a bank file, unanswered by the bank, whose merchant or whose money is held since it was written.

    An amount held by finance counts when the balance does not cover it without this payout.
    """
    since = {"created_at__gt": OuterRef("batch__created_at")}
    everything = Hold.objects.open().filter(
        merchant_id=OuterRef("merchant_id"), amount_minor__isnull=True, **since
    )
    of_incident = Hold.objects.open().filter(left_with_id=OuterRef("pk"), amount_minor__gt=0)
    available = Balance.objects.filter(
        account__entity_id=OuterRef("entity_id"),
        account__code=Code.AVAILABLE,
        account__owner_type="merchant",
        account__owner_id=OuterRef("merchant_id"),
        account__currency=OuterRef("currency"),
    ).values(free=-F("posted_minor"))
    amounts = (
        Hold.objects.open()
        .of_finance()
        .filter(
            merchant_id=OuterRef("merchant_id"), currency=OuterRef("currency"), amount_minor__isnull=False
        )
    )
    held_minor = amounts.order_by().values("merchant_id").annotate(held=Sum("amount_minor")).values("held")
    too_much = Q(Exists(amounts.filter(**since))) & Q(GreaterThan(_or_zero(held_minor), _or_zero(available)))
    held = Q(Exists(everything)) | Q(Exists(of_incident)) | too_much
    return Q(state=PayoutState.EXPORTED) & held


def _or_zero(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows), 0, output_field=BigIntegerField())


def find_late_holds(payouts: Iterable[Payout]) -> dict[str, list[LateHold]]:
    """By ref of those among these payouts (of one bank file) that are held since, the holds, oldest first."""
    rows = list(payouts)
    flagged = list(
        Payout.objects.filter(is_held_since_file(), pk__in=[row.pk for row in rows]).select_related("batch")
    )
    if not flagged:
        return {}
    holds = list(
        Hold.objects.open()
        .filter(merchant_id__in={row.merchant_id for row in flagged})
        .filter(Q(left_with__in=flagged) | Q(source_key__isnull=True))
        .order_by("created_at", "pk")
    )
    return {
        row.ref: [LateHold(hold, row.batch.ref) for hold in holds if _concerns(hold, row)] for row in flagged
    }


def _concerns(hold: Hold, payout: Payout) -> bool:
    if hold.left_with_id is not None:
        return hold.left_with_id == payout.pk
    is_later = payout.batch is not None and hold.created_at > payout.batch.created_at
    return hold.merchant_id == payout.merchant_id and is_later and hold.currency in ("", payout.currency)
