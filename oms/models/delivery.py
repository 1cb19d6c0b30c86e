from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.phrases import ShortPhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_zone_ref() -> str:
    return new_ref("DZN")


def new_method_ref() -> str:
    return new_ref("DLM")


def new_point_ref() -> str:
    return new_ref("PUP")


class DeliveryZone(models.Model):
    """Countries with the same delivery prices; without a merchant it is the operator's, for merchants without zones."""

    ref = models.CharField(max_length=24, unique=True, default=new_zone_ref)
    merchant = models.ForeignKey(
        "mas.Merchant", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=120)
    countries = models.JSONField(_("countries"), default=list)
    # Country → postcodes it is limited to: "10115", "10" (all that begin so) or "25980-25999".
    postcodes = models.JSONField(_("postcodes"), default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = VisibleQuerySet["DeliveryZone"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="delivery_zone_name_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(merchant=None), name="delivery_zone_operator_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryMethodQuerySet(VisibleQuerySet["DeliveryMethod"]):
    merchant_path = "zone__merchant_id"


class DeliveryKind(models.TextChoices):
    HOME = "home", _("To the address")
    PICKUP = "pickup", _("Buyer collects")


class PriceBasis(models.TextChoices):
    AMOUNT = "amount", _("Value of the goods")
    WEIGHT = "weight", _("Weight in grams")
    COUNT = "count", _("Number of pieces")
    CLASS = "class", _("Delivery class of the goods")


class DeliveryMethod(models.Model):
    """One way the goods reach a zone, with the working days it takes and prices by class."""

    ref = models.CharField(max_length=24, unique=True, default=new_method_ref)
    zone = models.ForeignKey(DeliveryZone, on_delete=models.CASCADE, related_name="methods")
    # Words of the merchant, or a phrase that each buyer reads in their language.
    name = ShortPhraseField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=DeliveryKind.choices, default=DeliveryKind.HOME)
    min_days = models.PositiveSmallIntegerField(_("days at least"), default=1)
    max_days = models.PositiveSmallIntegerField(_("days at most"), default=3)
    tax_class = models.CharField(max_length=20, default="standard")
    rank = models.PositiveSmallIntegerField(_("order of display"), default=1)
    is_active = models.BooleanField(_("offered to buyers"), default=True)
    price_by = models.CharField(
        _("price depends on"), max_length=10, choices=PriceBasis.choices, default=PriceBasis.AMOUNT
    )
    # Currency → value of goods in minor units from which it is free, whatever the price depends on.
    free_from = models.JSONField(_("free from"), default=dict, blank=True)

    objects = DeliveryMethodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "name"], name="delivery_method_name_once"),
            models.CheckConstraint(
                condition=Q(min_days__lte=F("max_days")), name="delivery_method_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryPriceClass(models.Model):
    """Delivery costs `amount_minor` from `from_value` on: minor units, grams or pieces, as the method says.

    Where the price depends on the class of the goods, `delivery_class` names it; the dearest of a package counts.
    """

    method = models.ForeignKey(DeliveryMethod, on_delete=models.CASCADE, related_name="price_classes")
    currency = models.CharField(max_length=3)
    from_value = models.BigIntegerField(default=0)
    delivery_class = models.CharField(max_length=30, blank=True)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["method", "currency", "from_value", "delivery_class"], name="delivery_price_step_once"
            ),
            models.CheckConstraint(
                condition=Q(from_value__gte=0, amount_minor__gte=0), name="delivery_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.delivery_class or self.from_value}+: {self.amount_minor}"


class PickupPoint(models.Model):
    """A place where buyers fetch what they ordered; without a merchant it is the operator's."""

    ref = models.CharField(max_length=24, unique=True, default=new_point_ref)
    merchant = models.ForeignKey(
        "mas.Merchant", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street"), max_length=200)
    postcode = models.CharField(_("postcode"), max_length=20)
    city = models.CharField(_("city"), max_length=120)
    country = models.CharField(_("country"), max_length=2)
    opening_hours = models.CharField(_("opening hours"), max_length=300, blank=True)
    is_active = models.BooleanField(_("offered to buyers"), default=True)

    objects = VisibleQuerySet["PickupPoint"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="pickup_point_name_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(merchant=None), name="pickup_point_operator_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfferLogistics(models.Model):
    """What delivery prices ask of an offer: the weight of a piece, and a class such as `bulky`."""

    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    offer = models.OneToOneField("pim.Offer", on_delete=models.CASCADE, related_name="+")
    weight_grams = models.PositiveIntegerField(_("weight in grams"), null=True, blank=True)
    delivery_class = models.CharField(_("delivery class"), max_length=30, blank=True)

    objects = VisibleQuerySet["OfferLogistics"].as_manager()

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.weight_grams} g {self.delivery_class}"
