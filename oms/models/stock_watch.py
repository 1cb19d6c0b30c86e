from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


class StockAlert(models.Model):
    """An article fell below the limit its merchant set; closes itself once there is enough again."""

    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("oms.StockItem", on_delete=models.CASCADE, related_name="alerts")
    limit = models.PositiveIntegerField()
    # Free pieces when it was opened.
    free = models.IntegerField()
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet["StockAlert"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(closed_at=None), name="stock_alert_open_once"
            )
        ]
        indexes = [models.Index(fields=["merchant"], condition=Q(closed_at=None), name="stock_alert_open")]

    def __str__(self) -> str:
        return f"{self.item_id} below {self.limit}"


class StockHeat(models.Model):
    """How long buyers waited for each other at one article of one place, since `since`."""

    offer = models.ForeignKey("pim.Offer", on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey("oms.StockLocation", on_delete=models.CASCADE, related_name="+")
    waits = models.PositiveIntegerField(default=0)
    waited_ms = models.PositiveBigIntegerField(default=0)
    since = models.DateTimeField(default=clock.now)
    last_wait_at = models.DateTimeField(default=clock.now)
    # How many rows the pieces are spread over; 1 = not spread.
    slots = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "location"], name="stock_heat_once"),
            models.CheckConstraint(condition=Q(slots__gte=1, slots__lte=16), name="stock_heat_slots"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} @ {self.location_id}: {self.waits} waits, {self.slots} slots"


def new_reconciliation_ref() -> str:
    return new_ref("REC")


class StockReconciliation(models.Model):
    """One comparison of stock counters with the rows behind them, and what was repaired."""

    ref = models.CharField(max_length=24, unique=True, default=new_reconciliation_ref)
    at = models.DateTimeField(_("when"), default=clock.now)
    actor_label = models.CharField(_("by"), max_length=200, blank=True)
    checked = models.PositiveIntegerField(_("rows compared"), default=0)
    repaired = models.BooleanField(_("repaired"), default=False)
    # [{"item", "sku", "place", "counter", "is", "should"}]
    findings = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.ref

    @property
    def found(self) -> int:
        return len(self.findings)
