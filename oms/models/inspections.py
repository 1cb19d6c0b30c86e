from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.scoping import VisibleQuerySet


class Grade(models.TextChoices):
    RESTOCK_A = "restock_a", _("As new: back into stock")
    RESTOCK_B = "restock_b", _("Second choice: into stock of another offer")
    QUARANTINE = "quarantine", _("Quarantine: decided later")
    SCRAP = "scrap", _("Scrap")


class StockInspection(models.Model):
    """What somebody found when pieces came back. Only this lets returned pieces into stock again."""

    key = models.CharField(max_length=100, unique=True)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey("oms.OrderLine", on_delete=models.PROTECT, related_name="inspections")
    location = models.ForeignKey("oms.StockLocation", on_delete=models.PROTECT, related_name="+")
    # Where the pieces went; nowhere for quarantine and scrap.
    offer = models.ForeignKey("pim.Offer", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    grade = models.CharField(_("grade"), max_length=10, choices=Grade.choices)
    quantity = models.PositiveIntegerField(_("pieces"))
    note = models.CharField(_("what was found"), max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)
    actor_label = models.CharField(max_length=200, blank=True)

    objects = VisibleQuerySet["StockInspection"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="stock_inspection_of_something"),
            models.CheckConstraint(
                condition=Q(grade__in=["restock_a", "restock_b"], offer__isnull=False)
                | Q(grade__in=["quarantine", "scrap"], offer=None),
                name="stock_inspection_restocks_an_offer",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="stock_inspection_merchant")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.grade}"
