from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel.scoping import VisibleQuerySet


class ShopTextQuerySet(VisibleQuerySet["ShopText"]):
    """Scoped by its merchant."""


class ShopText(models.Model):
    """What a merchant says about itself on its public page, in one language."""

    merchant = models.ForeignKey("mas.Merchant", on_delete=models.CASCADE, related_name="shop_texts")
    language = models.CharField(max_length=10)
    tagline = models.CharField(_("one line about you"), max_length=160, blank=True)
    description = models.TextField(_("about the shop"), blank=True)
    shipping_policy = models.TextField(_("delivery"), blank=True)
    returns_policy = models.TextField(_("returns"), blank=True)
    legal_notice = models.TextField(_("legal notice"), blank=True)

    objects: ClassVar[Any] = ShopTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("shop text")
        verbose_name_plural = _("shop texts")
        ordering: ClassVar[list[str]] = ["language"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["merchant", "language"], name="shop_text_once_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.language}"
