from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.scoping import VisibleQuerySet


class StockPoolQuerySet(VisibleQuerySet["StockPool"]):
    merchant_path = "location__merchant_id"


class StockPool(models.Model):
    """A place that feeds a store. A merchant without any serves the store from all its places.

    A place may feed several stores: the pieces exist once, so the stores can never sell one of them twice.
    """

    store = models.ForeignKey("mms.Store", on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey("oms.StockLocation", on_delete=models.CASCADE, related_name="pools")
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    buffer = models.PositiveIntegerField(_("kept for other stores"), default=0)
    cap = models.PositiveIntegerField(_("shown at most"), null=True, blank=True)

    objects = StockPoolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "location"], name="stock_pool_place_once"),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gte=1), name="stock_pool_cap_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} for {self.store_id}"
