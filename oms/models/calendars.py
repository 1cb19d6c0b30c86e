from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock

# Monday to Friday, as ISO weekday numbers.
MONDAY_TO_FRIDAY = "12345"
END_OF_DAY = 24


class Holiday(models.Model):
    """A day on which nobody works in a country; entered or imported by the operator."""

    country = models.CharField(_("country"), max_length=2)
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "on"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.country} {self.on}: {self.name}"


class FulfilmentTerms(models.Model):
    """How a merchant works off its orders: working days, cut-off hour, and which orders accept themselves.

    Merchants without a row work Monday to Friday until midnight and answer as their profile says.
    """

    merchant = models.OneToOneField("mas.Merchant", on_delete=models.CASCADE, related_name="+")
    weekdays = models.CharField(
        _("working days"),
        max_length=7,
        default=MONDAY_TO_FRIDAY,
        validators=[RegexValidator("^1?2?3?4?5?6?7?$")],
    )
    # Whose holidays count; empty = the merchant's own country.
    holiday_country = models.CharField(_("holidays of"), max_length=2, blank=True)
    # Orders after this full hour count for the next working day.
    cut_off_hour = models.PositiveSmallIntegerField(_("cut-off hour"), default=END_OF_DAY)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    # Mixed acceptance: an order accepts itself when every rule that is set holds.
    auto_accept_up_to_minor = models.BigIntegerField(null=True, blank=True)
    auto_accept_needs_stock = models.BooleanField(default=True)
    auto_accept_needs_payment = models.BooleanField(default=False)
    # Set by the operator: the centre that ships this merchant's orders in its place.
    fulfilment_centre = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(cut_off_hour__gte=0, cut_off_hour__lte=24), name="terms_cut_off_is_an_hour"
            ),
            models.CheckConstraint(condition=~Q(weekdays=""), name="terms_work_on_some_day"),
            models.CheckConstraint(
                condition=Q(auto_accept_up_to_minor=None) | Q(auto_accept_up_to_minor__gte=0),
                name="terms_auto_accept_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id}: {self.weekdays} until {self.cut_off_hour}"
