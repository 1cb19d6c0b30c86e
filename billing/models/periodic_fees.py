from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from billing.models.fees import FeeKind, FeeRule


def new_periodic_fee_ref() -> str:
    return new_ref("FCH")


class PeriodicFeeQuerySet(VisibleQuerySet[Any]):
    """Scoped by its merchant."""


class PeriodicFee(models.Model):
    """A subscription or listing fee of one merchant and month, charged once, frozen with its reasons."""

    ref = models.CharField(max_length=24, unique=True, default=new_periodic_fee_ref, editable=False)
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    fee_kind = models.CharField(max_length=20, choices=FeeKind.choices)
    month = models.DateField(help_text="The first day of the month it is for.")
    rule = models.ForeignKey(FeeRule, on_delete=models.PROTECT, related_name="periodic_fees")
    rule_version = models.PositiveIntegerField()
    engine_version = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    quantity = models.PositiveIntegerField(default=1)
    raw = models.CharField(max_length=40)
    fee_minor = models.BigIntegerField()
    tax_category = models.CharField(max_length=2)
    tax_country = models.CharField(max_length=2)
    tax_rate_bps = models.PositiveIntegerField()
    tax_minor = models.BigIntegerField()
    flags = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    charged_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = PeriodicFeeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "merchant", "fee_kind", "month"], name="periodic_fee_once"
            ),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0) & Q(tax_minor__gte=0), name="periodic_fee_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-month"], name="periodic_fee_merchant")]

    def __str__(self) -> str:
        return self.ref

    @property
    def total_minor(self) -> int:
        return self.fee_minor + self.tax_minor
