"""Alerts about articles that run out, opened and closed by the stock itself."""

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Sum
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from oms.models import StockAlert, StockItem
from oms.permissions import MANAGE_STOCK
from oms.selectors.stock import get_stock_item


@transaction.atomic
def set_alert_limit(offer_ref: str, location_ref: str, limit: int | None, *, actor: Actor) -> StockItem:
    """Warn when fewer than `limit` pieces are free at a place; `None` = never. Judged at once."""
    item = get_stock_item(offer_ref, location_ref, actor=actor)
    actor.require(MANAGE_STOCK, merchant_id=item.merchant_id)
    if limit is not None and limit < 1:
        message = _("Give a number from 1 on, or leave it empty.")
        raise InvalidInput(message, fields={"alert_below": message})
    if item.alert_below != limit:
        changes = {"alert_below": [item.alert_below, limit]}
        StockItem.objects.filter(pk=item.pk).update(alert_below=limit)
        audit.record("oms.stock.alert_limit_set", actor=actor, subject=item, changes=changes)
        item.alert_below = limit
        judge_alerts(only=item)
    return item


@transaction.atomic
def judge_alerts(*, only: StockItem | None = None) -> int:
    """Open alerts for what fell below its limit and close those of what is enough again; returns how many changed.

    A fixed number of statements. Safe to repeat.
    """
    watched = StockItem.objects.filter(slot=0, alert_below__isnull=False)
    alerts = StockAlert.objects.filter(closed_at=None)
    if only is not None:
        watched, alerts = watched.filter(pk=only.pk), alerts.filter(item=only)
    low = list(
        watched.annotate(free_now=_free_at_place())
        .filter(free_now__lt=F("alert_below"))
        .values_list("pk", "merchant_id", "alert_below", "free_now")
    )
    known = set(alerts.values_list("item_id", flat=True))
    opened = StockAlert.objects.bulk_create(
        (
            StockAlert(item_id=item_id, merchant_id=merchant_id, limit=limit or 0, free=free_now)
            for item_id, merchant_id, limit, free_now in low
            if item_id not in known
        ),
        ignore_conflicts=True,
    )
    over = known - {item_id for item_id, *_rest in low}
    closed = alerts.filter(item_id__in=over).update(closed_at=clock.now()) if over else 0
    return len(opened) + closed


def _free_at_place() -> Subquery:
    """The free pieces of the place of an outer stock row, all its slots together."""
    slots = StockItem.objects.filter(offer_id=OuterRef("offer_id"), location_id=OuterRef("location_id"))
    rows = slots.order_by().values("offer_id")
    return Subquery(rows.annotate(n=Sum(F("on_hand") - F("safety") - F("reserved"))).values("n"))
