from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_tracking_file_ref() -> str:
    return new_ref("TRK")


class TrackingFile(models.Model):
    """A merchant's file of tracking numbers: its rows are shipped one by one, each with a result of its own."""

    ref = models.CharField(max_length=24, unique=True, default=new_tracking_file_ref)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    header = models.JSONField(default=list)
    job_ref = models.CharField(max_length=24, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=200)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = VisibleQuerySet["TrackingFile"].as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["merchant", "-id"], name="tracking_file_merchant")
        ]

    def __str__(self) -> str:
        return self.filename


class TrackingRowState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SHIPPED = "shipped", _("Shipped")
    KNOWN = "known", _("Shipped before")
    FAILED = "failed", _("Failed")


class TrackingRow(models.Model):
    """One row as it came, and what became of it."""

    file = models.ForeignKey(TrackingFile, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    order_ref = models.CharField(max_length=60, blank=True)
    state = models.CharField(
        max_length=10, choices=TrackingRowState.choices, default=TrackingRowState.WAITING
    )
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file", "number"], name="tracking_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.number}"
