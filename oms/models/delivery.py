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


class DeliveryZone(models.Model):
    """Countries with the same delivery prices; without a merchant it is the operator's, for merchants without zones."""

    ref = models.CharField(max_length=24, unique=True, default=new_zone_ref)
    merchant = models.ForeignKey(
        "mas.Merchant", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=120)
    countries = models.JSONField(_("countries"), default=list)
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


class DeliveryMethod(models.Model):
    """One way the goods reach a zone, with the days it takes and prices by class."""

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
    """Delivery costs `amount_minor` once the merchant's goods reach `from_minor`; an amount of 0 is free delivery."""

    method = models.ForeignKey(DeliveryMethod, on_delete=models.CASCADE, related_name="price_classes")
    currency = models.CharField(max_length=3)
    from_minor = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["method", "currency", "from_minor"], name="delivery_price_step_once"
            ),
            models.CheckConstraint(
                condition=Q(from_minor__gte=0, amount_minor__gte=0), name="delivery_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.from_minor}+: {self.amount_minor}"
