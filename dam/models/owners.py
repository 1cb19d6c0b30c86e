from django.db import models


class Owner(models.Model):
    """What a merchant is called, as last told by the app above: so lists and filters can name owners."""

    merchant_id = models.BigIntegerField(unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
