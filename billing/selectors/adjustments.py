"""Reading adjustments."""

from django.db.models import QuerySet

from backoffice.kernel.actors import Actor
from billing.models import Adjustment


def list_adjustments(actor: Actor) -> QuerySet[Adjustment]:
    rows: QuerySet[Adjustment] = Adjustment.objects.visible_to(actor).select_related("merchant", "entity")
    return rows.order_by("-created_at", "-id")
