from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_count_ref() -> str:
    return new_ref("CNT")


class CountState(models.TextChoices):
    OPEN = "open", _("Being counted")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


class StockCount(models.Model):
    """A count sheet of one place: what should be there, what was found, and the differences once posted."""

    ref = models.CharField(max_length=24, unique=True, default=new_count_ref)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey("oms.StockLocation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=CountState.choices, default=CountState.OPEN)
    created_at = models.DateTimeField(default=clock.now)
    created_by_label = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_label = models.CharField(max_length=200, blank=True)

    objects = VisibleQuerySet["StockCount"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["merchant", "-id"], name="stock_count_merchant")]

    def __str__(self) -> str:
        return self.ref


class CountOutcome(models.TextChoices):
    NONE = "", _("Not posted")
    SAME = "same", _("As expected")
    POSTED = "posted", _("Corrected")
    REFUSED = "refused", _("Below what buyers were promised")


class StockCountLine(models.Model):
    """One article on the sheet. `expected` is what was on hand when its pieces were counted."""

    count = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey("oms.StockItem", on_delete=models.PROTECT, related_name="+")
    expected = models.PositiveIntegerField()
    counted = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=CountOutcome.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "item"], name="stock_count_line_once"),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(counted__isnull=False), name="stock_count_line_posted_was_counted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count_id}: {self.expected} → {self.counted}"

    @property
    def difference(self) -> int | None:
        return None if self.counted is None else self.counted - self.expected
