from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from mms.models.scopes import country_code


def new_tax_ref() -> str:
    return new_ref("TAX")


class TaxClass(models.TextChoices):
    STANDARD = "standard", _("Standard")
    REDUCED = "reduced", _("Reduced")
    ZERO = "zero", _("Zero")


class TaxRate(models.Model):
    """The rate of a class in a country from a day on, until a later row takes over; rows are never changed."""

    ref = models.CharField(max_length=24, unique=True, default=new_tax_ref)
    country = models.CharField(_("country"), max_length=2, validators=[country_code])
    tax_class = models.CharField(_("tax class"), max_length=10, choices=TaxClass.choices)
    rate_bps = models.PositiveIntegerField(_("rate in basis points"))
    valid_from = models.DateField(_("valid from"))
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("tax rate")
        ordering = ["country", "tax_class", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "tax_class", "valid_from"],
                name="tax_rate_once_per_day",
                violation_error_message=_("A rate from this day on is already entered."),
            ),
            models.CheckConstraint(condition=models.Q(rate_bps__lte=10_000), name="tax_rate_at_most_all"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.tax_class} {self.rate_bps} bps from {self.valid_from}"
