from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.scoping import VisibleQuerySet


class KitComponent(models.Model):
    """An offer that is sold as a set of others has no stock of its own: it draws on its components' stock."""

    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    kit = models.ForeignKey("pim.Offer", on_delete=models.CASCADE, related_name="+")
    component = models.ForeignKey("pim.Offer", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("pieces in one kit"), default=1)

    objects = VisibleQuerySet["KitComponent"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kit", "component"], name="kit_component_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="kit_component_of_something"),
            models.CheckConstraint(condition=~Q(kit=F("component")), name="kit_component_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.kit_id}: {self.quantity} × {self.component_id}"
