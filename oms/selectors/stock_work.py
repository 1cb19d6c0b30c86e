"""Counts, transfers, inspections and alerts of a merchant's stock; strangers get "not found"."""

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from oms.models import (
    StockAlert,
    StockCount,
    StockCountLine,
    StockHeat,
    StockInspection,
    StockReconciliation,
    StockTransfer,
    StockTransferLine,
)


def list_counts(actor: Actor) -> QuerySet[StockCount]:
    """Count sheets, newest first, with how many lines they have, were counted and differ."""
    return (
        StockCount.objects.visible_to(actor)
        .select_related("location")
        .annotate(
            line_count=Count("lines"),
            counted_count=Count("lines", filter=Q(lines__counted__isnull=False)),
            different_count=Count(
                "lines", filter=Q(lines__counted__isnull=False) & ~Q(lines__counted=F("lines__expected"))
            ),
        )
        .order_by("-id")
    )


def get_count(ref: str, *, actor: Actor) -> StockCount:
    lines = StockCountLine.objects.select_related("item__offer__card").order_by("item__offer__merchant_sku")
    found = list_counts(actor).filter(ref=ref).prefetch_related(Prefetch("lines", lines)).first()
    if found is None:
        raise NotFound(_("There is no such count sheet."))
    return found


def lock_count(ref: str, *, actor: Actor) -> StockCount:
    found = StockCount.objects.visible_to(actor).select_for_update(of=("self",)).filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such count sheet."))
    return found


def list_transfers(actor: Actor) -> QuerySet[StockTransfer]:
    """Transfers, newest first, with their pieces sent and received."""
    return (
        StockTransfer.objects.visible_to(actor)
        .select_related("source", "destination")
        .annotate(pieces=Sum("lines__quantity"), pieces_received=Sum("lines__received"))
        .order_by("-id")
    )


def get_transfer(ref: str, *, actor: Actor) -> StockTransfer:
    lines = StockTransferLine.objects.select_related("offer__card").order_by("offer__merchant_sku")
    found = list_transfers(actor).filter(ref=ref).prefetch_related(Prefetch("lines", lines)).first()
    if found is None:
        raise NotFound(_("There is no such transfer."))
    return found


def lock_transfer(ref: str, *, actor: Actor) -> StockTransfer:
    found = (
        StockTransfer.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("source", "destination")
        .filter(ref=ref)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such transfer."))
    return found


def list_inspections(actor: Actor) -> QuerySet[StockInspection]:
    rows = StockInspection.objects.visible_to(actor)
    return rows.select_related("line__merchant_order", "location", "offer").order_by("-id")


def list_open_alerts(actor: Actor, *, merchant_id: int | None = None) -> QuerySet[StockAlert]:
    """Articles below their limit, the oldest first."""
    rows = StockAlert.objects.visible_to(actor).filter(closed_at=None)
    rows = rows.select_related("item__offer__card", "item__location").order_by("opened_at", "id")
    return rows if merchant_id is None else rows.filter(merchant_id=merchant_id)


def list_spread_stock() -> QuerySet[StockHeat]:
    """Articles whose pieces are spread over several rows, or where buyers waited for each other lately."""
    rows = StockHeat.objects.filter(Q(slots__gt=1) | Q(waits__gt=0))
    return rows.select_related("offer", "location").order_by("-slots", "-waited_ms", "id")


def list_reconciliations() -> QuerySet[StockReconciliation]:
    return StockReconciliation.objects.order_by("-id")


def get_reconciliation(ref: str) -> StockReconciliation:
    found = StockReconciliation.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound(_("There is no such report."))
    return found
