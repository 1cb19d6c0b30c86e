from django.db import models


class MonthVolume(models.Model):
    """What a merchant sold in a calendar month of a company, counted up to an order: tiers by month start there."""

    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    sold_minor = models.BigIntegerField(default=0)
    # Orders up to this one are counted; later ones are added when the next order asks.
    last_earning_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "merchant", "currency", "starts_on"], name="month_volume_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.starts_on:%Y-%m}: {self.sold_minor} {self.currency}"
