from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.actors import STORE, WEBSITE
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from oms.models.merchant_orders import MerchantOrder, OrderLine
from oms.permissions import VIEW_ORDERS


def new_shipment_ref() -> str:
    return new_ref("SHP")


class ShipmentQuerySet(VisibleQuerySet["Shipment"]):
    merchant_path = "merchant_order__merchant_id"
    place_paths: ClassVar = {
        WEBSITE: "merchant_order__order__website_id",
        STORE: "merchant_order__order__store_id",
    }
    place_grant = VIEW_ORDERS


class Shipment(models.Model):
    """One parcel that left the merchant, with what is in it and how to follow it."""

    ref = models.CharField(max_length=24, unique=True, default=new_shipment_ref)
    merchant_order = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="shipments")
    # Merchants retry after timeouts: the same key finds the first one's parcel.
    request_key = models.CharField(max_length=100, unique=True)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True)
    carrier_name = models.CharField(max_length=80, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=80, blank=True)
    tracking_url = models.URLField(max_length=300, blank=True)
    shipped_at = models.DateTimeField(default=clock.now)
    shipped_by = models.CharField(max_length=200, blank=True)

    objects: ClassVar = ShipmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["tracking_number"], name="shipment_tracking")]

    def __str__(self) -> str:
        return self.ref

    @property
    def merchant_id(self) -> int:
        return self.merchant_order.merchant_id


class ShipmentLine(models.Model):
    """Pieces of one line in a parcel."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="shipment_line_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"
