from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from pim.models.values import GLOBAL_SCOPE


def new_offer_ref() -> str:
    return new_ref("OFR")


class Condition(models.TextChoices):
    NEW = "new", _("New")
    REFURBISHED = "refurbished", _("Refurbished")
    USED_LIKE_NEW = "used_like_new", _("Used, like new")
    USED_GOOD = "used_good", _("Used, good")
    USED_ACCEPTABLE = "used_acceptable", _("Used, acceptable")


class OfferState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    REMOVED = "removed", _("Removed")


class OfferQuerySet(VisibleQuerySet["Offer"]):
    """Merchants see their own offers only."""

    def sellable(self) -> "OfferQuerySet":
        """Active offers of selling merchants on published cards; price and stock are judged apart."""
        return self.filter(state=OfferState.ACTIVE, merchant_is_selling=True, card__state="published")


class Offer(FSMModelMixin, models.Model):
    """One merchant's terms on a card. Price and stock files touch offers, never cards."""

    ref = models.CharField(max_length=24, unique=True, default=new_offer_ref, editable=False)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="offers")
    card = models.ForeignKey("pim.Card", on_delete=models.PROTECT, related_name="offers")
    merchant_sku = models.CharField(_("your SKU"), max_length=80)
    condition = models.CharField(
        _("condition"), max_length=16, choices=Condition.choices, default=Condition.NEW
    )
    condition_note = models.CharField(_("about the condition"), max_length=250, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(_("days until dispatch"), default=1)
    min_quantity = models.PositiveIntegerField(_("smallest order quantity"), default=1)
    max_quantity = models.PositiveIntegerField(_("largest order quantity"), null=True, blank=True)
    pack_size = models.PositiveIntegerField(_("sold in packs of"), default=1)
    state = FSMField(
        _("state"), max_length=8, choices=OfferState.choices, default=OfferState.ACTIVE, protected=True
    )
    # Stored facts of other apps: whether the merchant may sell (MAS), what can be sold now (OMS).
    merchant_is_selling = models.BooleanField(default=True)
    available_quantity = models.IntegerField(default=0)
    # Stores that may sell another number than that: store id (as text) → pieces.
    store_quantities = models.JSONField(default=dict, blank=True)
    # What of it is there now; the rest is sold before it arrives, on `restocked_on` when that is known.
    in_stock_quantity = models.IntegerField(default=0)
    restocked_on = models.DateField(null=True, blank=True)
    created_in = models.ForeignKey(
        "pim.ChangeSet", on_delete=models.PROTECT, null=True, related_name="created_offers"
    )
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[OfferQuerySet] = OfferQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "merchant_sku"], name="pim_offer_sku_once_per_merchant"
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gte=1, pack_size__gte=1), name="pim_offer_quantities"
            ),
            models.CheckConstraint(
                condition=Q(max_quantity__isnull=True) | Q(max_quantity__gte=F("min_quantity")),
                name="pim_offer_max_above_min",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "state", "-id"], name="pim_offer_merchant"),
            # Somebody typed a SKU into the shop's search.
            models.Index(fields=["merchant_sku"], name="pim_offer_sku"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.merchant_sku}"

    def quantity_in(self, store_id: int) -> int:
        """What one store may sell now."""
        return int(self.store_quantities.get(str(store_id), self.available_quantity))

    @transition(field=state, source=OfferState.ACTIVE, target=OfferState.PAUSED)
    def pause(self) -> None:
        """Off sale by the merchant's wish."""

    @transition(field=state, source=[OfferState.PAUSED, OfferState.REMOVED], target=OfferState.ACTIVE)
    def resume(self) -> None:
        """Back on sale."""

    @transition(field=state, source=[OfferState.ACTIVE, OfferState.PAUSED], target=OfferState.REMOVED)
    def remove(self) -> None:
        """No longer offered; past orders still know it."""


class OfferPrice(models.Model):
    """A price of an offer as buyers see it: for a scope and currency, from a quantity on, open-ended or dated."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="prices")
    scope_id = models.BigIntegerField(default=GLOBAL_SCOPE)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    # The price before a discount, shown struck through.
    list_amount_minor = models.BigIntegerField(null=True, blank=True)
    min_quantity = models.PositiveIntegerField(default=1)
    # Half-open [from, to); a dated price wins over the open-ended one while it is valid.
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "scope_id", "currency", "min_quantity"],
                condition=Q(valid_from__isnull=True),
                name="pim_price_one_open_ended",
            ),
            models.UniqueConstraint(
                fields=["offer", "scope_id", "currency", "min_quantity", "valid_from"],
                condition=Q(valid_from__isnull=False),
                name="pim_price_one_per_start",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="pim_price_positive"),
            models.CheckConstraint(
                condition=Q(list_amount_minor__isnull=True) | Q(list_amount_minor__gt=F("amount_minor")),
                name="pim_price_list_above_price",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True, valid_to__isnull=True)
                | Q(valid_from__isnull=False, valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="pim_price_validity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.amount_minor} {self.currency}"


class PriceLog(models.Model):
    """Every price an offer ever had, for disputes and for the lowest price of the last 30 days. Append-only."""

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="price_log", db_index=False)
    scope_id = models.BigIntegerField(default=GLOBAL_SCOPE)
    currency = models.CharField(max_length=3)
    min_quantity = models.PositiveIntegerField(default=1)
    # Null = the price was withdrawn.
    amount_minor = models.BigIntegerField(null=True)
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    at = models.DateTimeField(default=clock.now)
    actor_label = models.CharField(max_length=200)
    change_set = models.ForeignKey(
        "pim.ChangeSet", on_delete=models.PROTECT, null=True, related_name="price_changes"
    )

    class Meta:
        indexes = [models.Index(fields=["offer", "at"], name="pim_price_log_offer")]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.amount_minor} {self.currency} {self.at:%Y-%m-%d}"
