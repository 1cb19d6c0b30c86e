from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.actors import STORE, WEBSITE, Place
from backoffice.kernel.phrases import ShortPhraseField
from backoffice.kernel.refs import new_ref, new_token
from backoffice.kernel.scoping import VisibleQuerySet
from oms.permissions import VIEW_ORDERS


def new_order_ref() -> str:
    return new_ref("ORD")


class OrderState(models.TextChoices):
    """Computed from the merchant orders, never stored."""

    DRAFT = "draft", _("Payment open")
    ABANDONED = "abandoned", _("Not completed")
    WAITING_PAYMENT = "waiting_payment", _("Waiting for payment")
    PLACED = "placed", _("Placed")
    IN_PREPARATION = "in_preparation", _("In preparation")
    PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
    SHIPPED = "shipped", _("Shipped")
    RECEIVED = "received", _("Received")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class OrderQuerySet(VisibleQuerySet["Order"]):
    """The whole purchase is for operators, of all stores or their own; merchants see their merchant orders only."""

    merchant_path = ""
    place_paths: ClassVar = {WEBSITE: "website_id", STORE: "store_id"}
    place_grant = VIEW_ORDERS

    def placed(self) -> "OrderQuerySet":
        return self.filter(placed_at__isnull=False)


class Order(models.Model):
    """What the buyer agreed to, over all merchants. Amounts never change; what happens is on the merchant orders."""

    ref = models.CharField(max_length=24, unique=True, default=new_order_ref)
    # One order per form token: a hundred double posts find the first one's order.
    checkout_key = models.CharField(max_length=64, unique=True, default=new_token)
    cart_id = models.BigIntegerField(null=True, blank=True)
    website_id = models.BigIntegerField()
    store_id = models.BigIntegerField()
    view_id = models.BigIntegerField()
    # Codes and names of website, store and view as they were.
    store_copy = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    tax_included = models.BooleanField(default=True)
    buyer_name = models.CharField(max_length=200)
    buyer_email = models.EmailField(db_index=True)
    buyer_phone = models.CharField(max_length=40, blank=True)
    shipping_address = models.JSONField(default=dict)
    billing_address = models.JSONField(default=dict)
    goods_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    # The buyer agreed that another merchant may send what the first one refuses, at no higher price.
    may_reroute = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    # Set once the payment was authorised (or a transfer agreed): from then on it is an order.
    placed_at = models.DateTimeField(null=True, blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)
    abandon_reason = ShortPhraseField(max_length=200, blank=True)

    objects: ClassVar = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(placed_at=None) | Q(abandoned_at=None), name="order_placed_or_abandoned"
            ),
            models.CheckConstraint(
                condition=Q(goods_minor__gte=0, shipping_minor__gte=0, tax_minor__gte=0, total_minor__gte=0),
                name="order_amounts_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="order_placed"),
            # People type an address in any case.
            models.Index(Upper("buyer_email"), name="order_email"),
            models.Index(
                fields=["created_at"], condition=Q(placed_at=None, abandoned_at=None), name="order_drafts"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def places(self) -> tuple[Place, Place]:
        """Where rights over this order may be held."""
        return (WEBSITE, self.website_id), (STORE, self.store_id)

    @property
    def state(self) -> OrderState:
        """The state computed from the merchant orders (prefetch them for lists)."""
        if self.abandoned_at is not None:
            return OrderState.ABANDONED
        if self.placed_at is None:
            return OrderState.DRAFT
        return summarise_states([child.state for child in self.merchant_orders.all()])

    @property
    def discount_minor(self) -> int:
        """What the merchants' vouchers took off (prefetch the merchant orders for lists)."""
        return sum(child.discount_minor for child in self.merchant_orders.all())

    @property
    def list_goods_minor(self) -> int:
        """The goods before the merchants' vouchers."""
        return self.goods_minor + self.discount_minor

    @property
    def state_label(self) -> Any:
        return self.state.label

    @property
    def is_placed(self) -> bool:
        return self.placed_at is not None


def summarise_states(states: Sequence[str]) -> OrderState:
    """The state of an order from the states of its merchant orders: refused and cancelled ones do not hold it back."""
    live = {state for state in states if state not in {"refused", "cancelled"}}
    if not live:
        return OrderState.CANCELLED
    if live == {"closed"}:
        return OrderState.CLOSED
    if live <= {"received", "closed"}:
        return OrderState.RECEIVED
    if live <= {"shipped", "to_collect", "received", "closed"}:
        return OrderState.SHIPPED
    if live & {"partly_shipped", "shipped", "to_collect", "received", "closed"}:
        return OrderState.PARTLY_SHIPPED
    if "in_preparation" in live:
        return OrderState.IN_PREPARATION
    if live == {"staged"}:
        return OrderState.WAITING_PAYMENT
    return OrderState.PLACED
