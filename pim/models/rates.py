from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock


class Rate(models.Model):
    """How many `quote` one `base` cost on a day, as one source published it; exact decimal text."""

    source = models.CharField(_("source"), max_length=20)
    base = models.CharField(_("one unit of"), max_length=3)
    quote = models.CharField(_("is worth in"), max_length=3)
    on = models.DateField(_("date"))
    value = models.CharField(_("rate"), max_length=40)
    entered_by = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "base", "quote", "on"], name="pim_rate_once_per_day")
        ]
        indexes = [models.Index(fields=["base", "quote", "-on"], name="pim_rate_latest")]

    def __str__(self) -> str:
        return f"1 {self.base} = {self.value} {self.quote} ({self.on})"

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.value)


class Rounding(models.TextChoices):
    MINOR = "minor", _("To the cent")
    WHOLE = "whole", _("To whole units")
    ENDING_99 = "99", _("To .99")
    ENDING_90 = "90", _("To .90")


class ConversionRule(models.Model):
    """How prices are converted for a scope when a merchant gave none in its currency."""

    # 0 = everywhere; the narrowest rule of a view's path applies.
    scope_id = models.BigIntegerField(_("scope"), default=0, unique=True)
    margin_bps = models.IntegerField(_("margin in hundredths of a percent"), default=0)
    rounding = models.CharField(_("rounding"), max_length=5, choices=Rounding.choices, default=Rounding.MINOR)
    is_enabled = models.BooleanField(_("convert prices"), default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(margin_bps__gt=-10_000), name="pim_conversion_margin_above_minus_all"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope_id}: {self.margin_bps} bps, {self.rounding}"
