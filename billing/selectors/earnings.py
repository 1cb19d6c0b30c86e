"""Whose money waits for which day."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from billing.chart import Code
from billing.models import Earning, JournalEntry, Posting, ReserveItem


def list_earnings(actor: Actor) -> QuerySet[Earning]:
    rows: QuerySet[Earning] = Earning.objects.visible_to(actor).order_by("-placed_at", "-id")
    return rows


def find_earnings(merchant_order_ids: Iterable[int]) -> dict[int, Earning]:
    rows = Earning.objects.filter(merchant_order_id__in=list(merchant_order_ids))
    return {row.merchant_order_id: row for row in rows}


def lock_earning(merchant_order_id: int) -> Earning | None:
    found: Earning | None = (
        Earning.objects.select_for_update().filter(merchant_order_id=merchant_order_id).first()
    )
    return found


def list_mature_earning_ids(now: datetime, limit: int) -> list[int]:
    """Orders whose hold is over and that still have money pending."""
    due = Earning.objects.filter(has_pending=True, matures_at__lte=now).order_by("matures_at", "id")
    return list(due.values_list("merchant_order_id", flat=True)[:limit])


def sum_pending_by_kind(merchant_order_id: int, currency: str) -> dict[str, int]:
    """What of one order is on the pending account, by kind, in merchant terms (+ = the merchant's money)."""
    rows = (
        Posting.objects.filter(
            merchant_order_id=merchant_order_id, account__code=Code.PENDING, currency=currency
        )
        .values_list("kind")
        .annotate(total=Sum("amount_minor"))
        .order_by("kind")
    )
    return {kind: -total for kind, total in rows if total}


def list_due_reserve_ids(now: datetime, limit: int) -> list[int]:
    due = ReserveItem.objects.filter(released_at__isnull=True, release_at__lte=now).order_by(
        "release_at", "id"
    )
    return list(due.values_list("id", flat=True)[:limit])


def attach_order_refs(postings: Iterable[Posting]) -> None:
    """Set `order_ref` on each posting (empty when it belongs to no order), in one statement."""
    rows = list(postings)
    known = find_earnings({row.merchant_order_id for row in rows if row.merchant_order_id})
    for row in rows:
        earning = known.get(row.merchant_order_id or 0)
        row.order_ref = earning.merchant_order_ref if earning else ""  # type: ignore[attr-defined]


def attach_source_labels(entries: Iterable[JournalEntry]) -> None:
    """Set `source_label` on each entry: the order its money belongs to, else what caused it; two statements."""
    rows = list(entries)
    order_ids: dict[Any, int | None] = {}
    postings = Posting.objects.filter(entry__in=rows, merchant_order_id__isnull=False).order_by("line_no")
    for entry_id, order_id in postings.values_list("entry_id", "merchant_order_id"):
        order_ids.setdefault(entry_id, order_id)
    known = find_earnings(order_id for order_id in order_ids.values() if order_id)
    for row in rows:
        earning = known.get(order_ids.get(row.pk) or 0) if row.source_id.isdigit() else None
        row.source_label = earning.merchant_order_ref if earning else row.source_id  # type: ignore[attr-defined]


def get_earning(merchant_order_ref: str, *, actor: Actor) -> Earning:
    """What billing knows of one merchant order. Raises `NotFound`, also for those of other merchants."""
    found: Earning | None = list_earnings(actor).filter(merchant_order_ref=merchant_order_ref).first()
    if found is None:
        raise NotFound(_("There is no such order in the books."))
    return found
