from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.actors import STORE, WEBSITE
from backoffice.kernel.phrases import ShortPhraseField
from backoffice.kernel.scoping import VisibleQuerySet
from oms.models.orders import Order
from oms.permissions import VIEW_ORDERS


class MerchantOrderState(models.TextChoices):
    STAGED = "staged", _("Waiting for the buyer's payment")
    WAITING_ACCEPTANCE = "waiting_acceptance", _("To accept")
    WAITING_PAYMENT = "waiting_payment", _("Charging the buyer")
    IN_PREPARATION = "in_preparation", _("To ship")
    PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
    SHIPPED = "shipped", _("Shipped")
    TO_COLLECT = "to_collect", _("Ready to collect")
    RECEIVED = "received", _("Received")
    CLOSED = "closed", _("Closed")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")


S = MerchantOrderState
BEFORE_SHIPPING = [S.STAGED, S.WAITING_ACCEPTANCE, S.WAITING_PAYMENT, S.IN_PREPARATION]
# While the buyer is being charged, the amount must not change.
LINES_CANCELLABLE = [S.STAGED, S.WAITING_ACCEPTANCE, S.IN_PREPARATION, S.PARTLY_SHIPPED]
SHIPPABLE = [S.IN_PREPARATION, S.PARTLY_SHIPPED]
# The buyer's address is the merchant's business from here on.
ACCEPTED = [
    S.WAITING_PAYMENT,
    S.IN_PREPARATION,
    S.PARTLY_SHIPPED,
    S.SHIPPED,
    S.TO_COLLECT,
    S.RECEIVED,
    S.CLOSED,
]
REFUNDABLE = [S.WAITING_PAYMENT, S.IN_PREPARATION, S.PARTLY_SHIPPED, S.SHIPPED, S.TO_COLLECT, S.RECEIVED]


class MerchantOrderQuerySet(VisibleQuerySet["MerchantOrder"]):
    place_paths: ClassVar = {WEBSITE: "order__website_id", STORE: "order__store_id"}
    place_grant = VIEW_ORDERS

    def of_placed_orders(self) -> "MerchantOrderQuerySet":
        """Without the drafts whose payment is not yet decided: nobody but the checkout knows them."""
        return self.filter(placed_at__isnull=False)

    def late(self) -> "MerchantOrderQuerySet":
        return self.filter(state__in=SHIPPABLE, ship_by__lt=clock.now())


class MerchantOrder(FSMModelMixin, models.Model):
    """One merchant's part of an order: accepted, charged, shipped and refunded on its own.

    `total_minor` is what was agreed; `withdrawn_minor` is the part refused or cancelled before it was charged.
    """

    ref = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="merchant_orders")
    position = models.PositiveSmallIntegerField()
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    merchant_name = models.CharField(max_length=200)
    state = FSMField(_("state"), default=S.STAGED, choices=S.choices, protected=True)
    currency = models.CharField(max_length=3)
    # What the buyer pays for the goods: the merchant's own discount is taken off already.
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    voucher_code = models.CharField(max_length=40, blank=True, default="")
    shipping_minor = models.BigIntegerField()
    shipping_tax_rate_bps = models.PositiveIntegerField(default=0)
    shipping_tax_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    withdrawn_minor = models.BigIntegerField(default=0)
    withdrawn_shipping_minor = models.BigIntegerField(default=0)
    refunded_shipping_minor = models.BigIntegerField(default=0)
    delivery_name = models.CharField(max_length=120)
    delivery_kind = models.CharField(max_length=10, default="home")
    # Where the buyer collects, as the point was when the order was placed; empty for deliveries.
    pickup_address = models.JSONField(default=dict, blank=True)
    # The promise the buyer saw.
    delivery_from_on = models.DateField(null=True, blank=True)
    delivery_until_on = models.DateField(null=True, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(default=0)
    acceptance_mode = models.CharField(max_length=20, default="manual")
    # The buyer's address is shown once the merchant accepted; decided by a setting when the order opens.
    hides_address = models.BooleanField(default=True)
    # Where the buyer collects it, in the words of the delivery method.
    pickup_point = models.CharField(max_length=60, blank=True)
    # The marketplace's centre that ships it; the merchant cannot.
    fulfilment_centre = models.CharField(max_length=40, blank=True)
    # The merchant order whose refused pieces this one sends instead.
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="replacements", null=True, blank=True
    )
    created_at = models.DateTimeField(default=clock.now)
    # The order's moment, kept here too so that lists of a million orders sort by an index of this table.
    placed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ship_by = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = ShortPhraseField(max_length=300, blank=True)

    objects: ClassVar = MerchantOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="merchant_order_position_once"),
            models.CheckConstraint(
                condition=Q(
                    total_minor__gte=0, withdrawn_minor__gte=0, withdrawn_minor__lte=F("total_minor")
                ),
                name="merchant_order_withdrawn_within",
            ),
            models.CheckConstraint(
                condition=Q(discount_minor=0, voucher_code="")
                | (Q(discount_minor__gte=1) & ~Q(voucher_code="")),
                name="merchant_order_discount_by_voucher",
            ),
            models.CheckConstraint(
                condition=Q(
                    withdrawn_shipping_minor__gte=0,
                    refunded_shipping_minor__gte=0,
                    refunded_shipping_minor__lte=F("shipping_minor") - F("withdrawn_shipping_minor"),
                ),
                name="merchant_order_shipping_within",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "state", "-placed_at", "-id"], name="merchant_order_worklist"),
            models.Index(fields=["merchant", "-placed_at", "-id"], name="merchant_order_of_merchant"),
            models.Index(fields=["state", "-placed_at", "-id"], name="merchant_order_state"),
            models.Index(fields=["-placed_at", "-id"], name="merchant_order_placed"),
            models.Index(
                fields=["ship_by"],
                condition=Q(state__in=["in_preparation", "partly_shipped"]),
                name="merchant_order_to_ship",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def list_goods_minor(self) -> int:
        """The goods before the discount."""
        return self.goods_minor + self.discount_minor

    @property
    def payable_minor(self) -> int:
        """What the buyer owes for it: agreed minus withdrawn."""
        return self.total_minor - self.withdrawn_minor

    @property
    def is_late(self) -> bool:
        return bool(self.state in SHIPPABLE and self.ship_by is not None and self.ship_by < clock.now())

    @property
    def shows_address(self) -> bool:
        """Whether name and address may be shown to the merchant: once it accepted, or always by setting."""
        return self.state in ACCEPTED or not self.hides_address

    @property
    def can_answer(self) -> bool:
        return bool(self.state == S.WAITING_ACCEPTANCE)

    @property
    def can_ship(self) -> bool:
        return self.state in SHIPPABLE

    @property
    def can_cancel(self) -> bool:
        return self.state in BEFORE_SHIPPING

    @property
    def can_cancel_lines(self) -> bool:
        return self.state in LINES_CANCELLABLE

    @property
    def can_refund(self) -> bool:
        return self.state in REFUNDABLE

    @transition(field=state, source=S.STAGED, target=S.WAITING_ACCEPTANCE)
    def open_for_acceptance(self) -> None:
        """The payment is safe; the merchant may answer."""

    @transition(field=state, source=S.WAITING_ACCEPTANCE, target=S.WAITING_PAYMENT)
    def accept(self) -> None:
        """At least one line was accepted; now the buyer is charged."""

    @transition(field=state, source=S.WAITING_ACCEPTANCE, target=S.REFUSED)
    def refuse(self) -> None:
        """Every line was refused."""

    @transition(field=state, source=S.WAITING_PAYMENT, target=S.IN_PREPARATION)
    def start_preparation(self) -> None:
        """The money arrived."""

    @transition(field=state, source=[S.IN_PREPARATION, S.PARTLY_SHIPPED], target=S.PARTLY_SHIPPED)
    def ship_part(self) -> None:
        """A parcel left, more will follow."""

    @transition(field=state, source=[S.IN_PREPARATION, S.PARTLY_SHIPPED], target=S.SHIPPED)
    def ship_rest(self) -> None:
        """Nothing is left to ship."""

    @transition(field=state, source=S.SHIPPED, target=S.TO_COLLECT)
    def make_collectable(self) -> None:
        """The goods wait for the buyer at the pickup point."""

    @transition(field=state, source=[S.SHIPPED, S.TO_COLLECT], target=S.RECEIVED)
    def receive(self) -> None:
        """The buyer has everything."""

    @transition(field=state, source=S.RECEIVED, target=S.CLOSED)
    def close(self) -> None:
        """Refunds are refused from here on."""

    @transition(field=state, source=BEFORE_SHIPPING, target=S.CANCELLED)
    def cancel(self) -> None:
        """Ended before anything was shipped."""


class OrderLine(models.Model):
    """One offer of a merchant order, copied at placement: never read live again.

    Quantities only grow: `quantity = open + refused + cancelled + shipped`. Amounts: `withdrawn_minor` was never
    charged, `refunded_minor` was charged and given back.
    """

    merchant_order = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    offer = models.ForeignKey("pim.Offer", on_delete=models.PROTECT, related_name="+")
    offer_ref = models.CharField(max_length=24)
    card_id = models.BigIntegerField()
    card_ref = models.CharField(max_length=24, blank=True)
    title = models.CharField(max_length=500)
    merchant_sku = models.CharField(max_length=100, blank=True)
    brand = models.CharField(max_length=200, blank=True)
    condition = models.CharField(max_length=30, blank=True)
    asset_uuid = models.UUIDField(null=True, blank=True)
    # Leaf to root, for fees by category subtree.
    category_ids = models.JSONField(default=list)
    tax_class = models.CharField(max_length=20)
    tax_rate_bps = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    list_price_minor = models.BigIntegerField(null=True, blank=True)
    quantity = models.PositiveIntegerField()
    operator_discount_minor = models.BigIntegerField(default=0)
    merchant_discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    quantity_accepted = models.PositiveIntegerField(default=0)
    quantity_refused = models.PositiveIntegerField(default=0)
    quantity_cancelled = models.PositiveIntegerField(default=0)
    quantity_shipped = models.PositiveIntegerField(default=0)
    quantity_received = models.PositiveIntegerField(default=0)
    quantity_refunded = models.PositiveIntegerField(default=0)
    # Refused or cancelled before they were charged.
    quantity_withdrawn = models.PositiveIntegerField(default=0)
    withdrawn_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    # Of an order charged by parcel: the money of the pieces that left. Empty = charged as a whole.
    due_minor = models.BigIntegerField(null=True, blank=True)
    refuse_reason = ShortPhraseField(max_length=300, blank=True)
    # When pieces that were not there yet were promised to arrive.
    preorder_on = models.DateField(null=True, blank=True)
    # What is packed for one piece of a kit: [{"offer_ref", "merchant_sku", "title", "quantity"}].
    components = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant_order", "position"], name="order_line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_of_something"),
            models.CheckConstraint(
                condition=Q(
                    quantity__gte=F("quantity_refused") + F("quantity_cancelled") + F("quantity_shipped")
                ),
                name="order_line_quantities_within",
            ),
            models.CheckConstraint(
                condition=Q(quantity_accepted__lte=F("quantity") - F("quantity_refused"))
                & Q(quantity_received__lte=F("quantity_shipped"))
                & Q(quantity_refunded__lte=F("quantity") - F("quantity_withdrawn")),
                name="order_line_counts_in_order",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_minor__gte=0, refunded_minor__gte=0)
                & Q(total_minor__gte=F("withdrawn_minor") + F("refunded_minor")),
                name="order_line_money_within",
            ),
            models.CheckConstraint(
                condition=Q(merchant_discount_minor__gte=0, operator_discount_minor__gte=0),
                name="order_line_discounts_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["offer", "-id"], name="order_line_offer")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"

    @property
    def quantity_open(self) -> int:
        """Still to be answered or shipped."""
        return self.quantity - self.quantity_refused - self.quantity_cancelled - self.quantity_shipped

    @property
    def quantity_refundable(self) -> int:
        """Pieces that were charged and not given back."""
        if self.due_minor is not None:
            return self.quantity_shipped - self.quantity_refunded
        return self.quantity - self.quantity_withdrawn - self.quantity_refunded

    @property
    def refundable_minor(self) -> int:
        """What of the line's money is neither withdrawn nor given back; charged by parcel, of what left."""
        if self.due_minor is not None:
            return self.due_minor - self.refunded_minor
        return self.total_minor - self.withdrawn_minor - self.refunded_minor

    @property
    def charged_minor(self) -> int:
        return self.total_minor - self.withdrawn_minor
