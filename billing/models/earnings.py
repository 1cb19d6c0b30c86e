from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from backoffice.kernel import clock
from backoffice.kernel.scoping import VisibleQuerySet


class EarningQuerySet(VisibleQuerySet[Any]):
    """Scoped by its merchant."""


class Earning(models.Model):
    """What billing knows of a merchant order: whose money it is and when it may leave pending.

    Amounts live in the ledger; this row says which postings wait for which day.
    """

    merchant_order_id = models.BigIntegerField(unique=True)
    merchant_order_ref = models.CharField(max_length=40, unique=True)
    order_ref = models.CharField(max_length=40)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    goods_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    hold_days = models.PositiveSmallIntegerField()
    psp = models.CharField(max_length=40, blank=True)
    placed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    matures_at = models.DateTimeField(null=True)
    matured_at = models.DateTimeField(null=True)
    # How often money of this order left pending; part of the entry's natural key.
    matured_times = models.PositiveSmallIntegerField(default=0)
    # True while the pending account may hold money of this order.
    has_pending = models.BooleanField(default=False)

    objects: ClassVar[Any] = EarningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=F("captured_minor")),
                name="earning_refund_within_capture",
            )
        ]
        indexes = [
            models.Index(fields=["matures_at"], condition=Q(has_pending=True), name="earning_to_mature"),
            models.Index(fields=["merchant", "matures_at"], name="earning_merchant"),
        ]

    def __str__(self) -> str:
        return self.merchant_order_ref


class ReserveItem(models.Model):
    """Part of a matured order kept back; what a chargeback uses of it is not released any more.

    A rolling part is released once, on its day; a fixed one (no day) when less is agreed, in parts if need be.
    """

    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    earning = models.ForeignKey(Earning, on_delete=models.PROTECT, related_name="reserves", null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    release_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    # Set when nothing is left of it.
    released_at = models.DateTimeField(null=True)
    released_minor = models.BigIntegerField(default=0)
    used_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0)
                & Q(released_minor__gte=0)
                & Q(used_minor__gte=0)
                & Q(amount_minor__gte=F("released_minor") + F("used_minor")),
                name="reserve_item_within_amount",
            )
        ]
        indexes = [
            models.Index(
                fields=["release_at"], condition=Q(released_at__isnull=True), name="reserve_item_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id}: {self.amount_minor} {self.currency}"

    @property
    def left_minor(self) -> int:
        """What is still kept of it."""
        return self.amount_minor - self.released_minor - self.used_minor
