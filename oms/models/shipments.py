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


class CarrierStatus(models.TextChoices):
    """What the carrier says about a parcel: news beside the order's own state, which it never moves."""

    ANNOUNCED = "announced", _("Announced")
    IN_TRANSIT = "in_transit", _("In transit")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    AT_PICKUP_POINT = "at_pickup_point", _("At the pickup point")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Delivery failed")
    RETURNED = "returned", _("On its way back")


NEEDS_ATTENTION = (CarrierStatus.FAILED, CarrierStatus.RETURNED)


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
    # The merchant's own number on the parcel.
    package_ref = models.CharField(_("package reference"), max_length=60, blank=True)
    # The newest news of the carrier by the moment it happened, whatever order the news came in.
    carrier_status = models.CharField(max_length=20, choices=CarrierStatus.choices, blank=True)
    carrier_status_at = models.DateTimeField(null=True, blank=True)
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


class CarrierEvent(models.Model):
    """One piece of news from a carrier, kept as it came."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="carrier_events")
    status = models.CharField(max_length=20, choices=CarrierStatus.choices)
    happened_at = models.DateTimeField()
    message = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "status", "happened_at"], name="carrier_event_once")
        ]
        indexes = [models.Index(fields=["shipment", "-happened_at"], name="carrier_event_newest")]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.status} {self.happened_at:%Y-%m-%d %H:%M}"


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
