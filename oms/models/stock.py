from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_location_ref() -> str:
    return new_ref("LOC")


class StockLocation(models.Model):
    """A place a merchant ships from; the lowest rank is drawn on first."""

    ref = models.CharField(max_length=24, unique=True, default=new_location_ref)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    is_default = models.BooleanField(_("receives stock stated without a place"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = VisibleQuerySet["StockLocation"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"], condition=Q(is_default=True), name="stock_location_one_default"
            ),
            models.UniqueConstraint(fields=["merchant", "name"], name="stock_location_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class StockItem(models.Model):
    """Pieces of one offer at one place. Available = on hand + backorder cap - safety - reserved.

    Slot 0 is the row; more slots exist while so many buyers want the offer that they wait for each other: each holds
    pieces of its own, so that buyers lock different rows.
    """

    offer = models.ForeignKey("pim.Offer", on_delete=models.PROTECT, related_name="stock_items")
    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="items")
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    on_hand = models.PositiveIntegerField(_("on hand"), default=0)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    safety = models.PositiveIntegerField(_("safety stock"), default=0)
    backorder_cap = models.PositiveIntegerField(_("may be sold beyond stock"), default=0)
    # When the pieces that are sold beyond stock arrive: what buyers of a pre-order are told.
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    slot = models.PositiveSmallIntegerField(default=0)
    alert_below = models.PositiveIntegerField(_("warn below"), null=True, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    objects = VisibleQuerySet["StockItem"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "location", "slot"], name="stock_item_once_per_slot"),
            # The last word on overselling, whatever code path writes.
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand") + F("backorder_cap")), name="stock_item_never_oversold"
            ),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_item_reserved_not_negative"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_item_on_hand_not_negative"),
        ]
        indexes = [models.Index(fields=["merchant", "offer"], name="stock_item_merchant")]

    def __str__(self) -> str:
        return f"{self.offer_id} @ {self.location_id}: {self.on_hand} - {self.reserved}"

    @property
    def available(self) -> int:
        return max(0, self.on_hand + self.backorder_cap - self.safety - self.reserved)


class ReservationState(models.TextChoices):
    HELD = "held", _("Held")
    COMMITTED = "committed", _("Committed")
    FULFILLED = "fulfilled", _("Shipped")
    RELEASED = "released", _("Released")
    EXPIRED = "expired", _("Expired")


class Reservation(models.Model):
    """Pieces promised to one buyer: held during checkout, committed by the order, used up by shipping."""

    key = models.CharField(max_length=100, unique=True)
    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="reservations")
    # What the pieces are for: `order:<ref>`; everything of one order is released or committed by this.
    purpose = models.CharField(max_length=60)
    line = models.ForeignKey(
        "oms.OrderLine", on_delete=models.PROTECT, related_name="reservations", null=True, blank=True
    )
    quantity = models.PositiveIntegerField()
    # How many of these make one piece of the order line: more than 1 when the line is a kit.
    units_per_piece = models.PositiveIntegerField(default=1)
    # What of the quantity still counts in `StockItem.reserved`.
    open_quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ReservationState.choices, default=ReservationState.HELD)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1, units_per_piece__gte=1), name="reservation_of_something"
            ),
            models.CheckConstraint(
                condition=Q(open_quantity__gte=0, open_quantity__lte=F("quantity")),
                name="reservation_open_within",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "committed"]) | Q(open_quantity=0),
                name="reservation_ended_is_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["purpose"], name="reservation_purpose"),
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="reservation_expiry"),
            models.Index(fields=["item"], condition=Q(open_quantity__gt=0), name="reservation_open"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.open_quantity}/{self.quantity} ({self.state})"


class MovementKind(models.TextChoices):
    STATED = "stated", _("Stated by the merchant")
    COUNTED = "counted", _("Counted")
    RESERVED = "reserved", _("Reserved")
    RELEASED = "released", _("Released")
    EXPIRED = "expired", _("Hold expired")
    SHIPPED = "shipped", _("Shipped")
    SENT = "sent", _("Sent to another place")
    RECEIVED = "received", _("Received from another place")
    RETURNED = "returned", _("Back in stock after inspection")
    MOVED = "moved", _("Spread over rows or merged")
    REPAIRED = "repaired", _("Repaired by the reconciler")


class StockMovement(models.Model):
    """Append-only: the counters of an item equal the sum of its movements (a trigger refuses changes)."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=MovementKind.choices)
    on_hand_delta = models.IntegerField(default=0)
    reserved_delta = models.IntegerField(default=0)
    reference = models.CharField(max_length=100, blank=True)
    actor_label = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["item", "-id"], name="stock_movement_item")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on_hand_delta:+d} / {self.reserved_delta:+d}"
