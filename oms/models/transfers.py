from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_transfer_ref() -> str:
    return new_ref("TRF")


class TransferState(models.TextChoices):
    IN_TRANSIT = "in_transit", _("In transit")
    RECEIVED = "received", _("Received")
    SHORT = "short", _("Received short")
    CANCELLED = "cancelled", _("Returned")


class StockTransfer(models.Model):
    """Pieces on their way between two places of a merchant: at neither until they are received."""

    ref = models.CharField(max_length=24, unique=True, default=new_transfer_ref)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey("oms.StockLocation", on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey("oms.StockLocation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=TransferState.choices, default=TransferState.IN_TRANSIT
    )
    note = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(default=clock.now)
    sent_by_label = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_label = models.CharField(max_length=200, blank=True)

    objects = VisibleQuerySet["StockTransfer"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(source=F("destination")), name="stock_transfer_between_two_places"
            )
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="stock_transfer_merchant")]

    def __str__(self) -> str:
        return self.ref


class StockTransferLine(models.Model):
    """Pieces of one offer on the way; what did not arrive is missing for good."""

    transfer = models.ForeignKey(StockTransfer, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey("pim.Offer", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "offer"], name="stock_transfer_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="stock_transfer_of_something"),
            models.CheckConstraint(
                condition=Q(received=None) | Q(received__lte=F("quantity")),
                name="stock_transfer_received_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}: {self.quantity}"

    @property
    def missing(self) -> int:
        return self.quantity - (self.received or 0)
