from typing import ClassVar

from django.db import models
from django.db.models import Q

from backoffice.kernel import clock
from backoffice.kernel.scoping import VisibleQuerySet
from oms.models.merchant_orders import MerchantOrder


class InvoiceRequestQuerySet(VisibleQuerySet["InvoiceRequest"]):
    merchant_path = "merchant_order__merchant_id"


class InvoiceRequest(models.Model):
    """The buyer wants the merchant's invoice: due by a moment, done when the merchant uploaded it."""

    merchant_order = models.OneToOneField(
        MerchantOrder, on_delete=models.PROTECT, related_name="invoice_request"
    )
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    # The file in the asset store, private.
    asset_uuid = models.UUIDField(null=True, blank=True)
    filename = models.CharField(max_length=255, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = InvoiceRequestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(uploaded_at=None, asset_uuid=None)
                | Q(uploaded_at__isnull=False, asset_uuid__isnull=False),
                name="invoice_request_done_with_a_file",
            )
        ]

    def __str__(self) -> str:
        return f"invoice of {self.merchant_order_id}"

    @property
    def merchant_id(self) -> int:
        return self.merchant_order.merchant_id
