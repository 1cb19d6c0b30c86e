from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from pim.models.families import Named


class MeasureFamily(Named):
    """A dimension such as length or mass; amounts are compared in its base unit."""

    base_unit = models.CharField(_("base unit"), max_length=20)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "measure families"
        constraints = [models.UniqueConstraint(fields=["code"], name="pim_measure_family_code")]


class Unit(Named):
    """base amount = amount × factor + offset; factor and offset are exact decimal text."""

    family = models.ForeignKey(MeasureFamily, on_delete=models.CASCADE, related_name="units")
    symbol = models.CharField(_("symbol"), max_length=12)
    factor = models.CharField(_("factor"), max_length=40)
    offset = models.CharField(_("offset"), max_length=40, default="0")
    # Lower case spellings found in feeds: "cm", "centimetre".
    aliases = models.JSONField(_("other spellings"), default=list, blank=True)

    class Meta:
        ordering = ["family", "id"]
        constraints = [models.UniqueConstraint(fields=["code"], name="pim_unit_code")]

    @property
    def exact_factor(self) -> Decimal:
        return Decimal(self.factor)

    @property
    def exact_offset(self) -> Decimal:
        return Decimal(self.offset)
