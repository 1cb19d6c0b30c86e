from django.db import models
from django.db.models import Q

from backoffice.kernel import clock
from backoffice.kernel.refs import new_token


class Cart(models.Model):
    """What a buyer means to order, found by an unguessable token; prices are looked up anew at every view."""

    token = models.CharField(max_length=64, unique=True, default=new_token)
    website_id = models.BigIntegerField()
    # Where the goods should go and who asks: kept between the checkout pages.
    details = models.JSONField(default=dict)
    # Vouchers the buyer entered, at most one per merchant: here, so that carts without any ask nothing more.
    voucher_ids = models.JSONField(default=list, blank=True)
    # The form token of the next order; replaced once an order was placed or failed, so each order has its own.
    checkout_key = models.CharField(max_length=64, unique=True, default=new_token)
    ordered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return f"cart {self.pk}"


class CartLine(models.Model):
    """One offer in a cart; adding it again raises the quantity."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey("pim.Offer", on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    # What the buyer was shown last, to tell when a price changed.
    seen_price_minor = models.BigIntegerField(null=True, blank=True)
    seen_currency = models.CharField(max_length=3, blank=True)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "offer"], name="cart_line_offer_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cart_line_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.offer_id}"


class CartDelivery(models.Model):
    """The buyer's choice of delivery for one merchant's part of the cart."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="deliveries")
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.CASCADE, related_name="+")
    method = models.ForeignKey("oms.DeliveryMethod", on_delete=models.CASCADE, related_name="+")
    point = models.ForeignKey(
        "oms.PickupPoint", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "merchant"], name="cart_delivery_merchant_once")
        ]

    def __str__(self) -> str:
        return f"{self.cart_id}: {self.merchant_id} by {self.method_id}"
