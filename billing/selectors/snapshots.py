"""Fees frozen on orders, and their explanations."""

from django.db.models import QuerySet

from backoffice.kernel.actors import Actor
from billing.fees.explain import explain
from billing.models import FeeSnapshot


def list_fee_snapshots(actor: Actor, *, merchant_order_id: int | None = None) -> QuerySet[FeeSnapshot]:
    """Frozen fees the actor may see, newest first."""
    rows: QuerySet[FeeSnapshot] = FeeSnapshot.objects.visible_to(actor).select_related("rule")
    if merchant_order_id is not None:
        rows = rows.filter(merchant_order_id=merchant_order_id)
    return rows.order_by("-merchant_order_id", "order_line_id", "fee_kind")


def lock_fee_snapshots(merchant_order_id: int) -> list[FeeSnapshot]:
    """All frozen fees of one merchant order under row locks, in primary key order."""
    return list(
        FeeSnapshot.objects.select_for_update().filter(merchant_order_id=merchant_order_id).order_by("pk")
    )


def explain_snapshot(snapshot: FeeSnapshot) -> list[str]:
    """“Explain this cent” in the reader's language, from what was frozen."""
    return explain(snapshot.steps, snapshot.currency)
