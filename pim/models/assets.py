from django.db import models
from django.utils.translation import gettext_lazy as _

from pim.models.values import GLOBAL_SCOPE


class AssetRole(models.TextChoices):
    GALLERY = "gallery", _("Gallery")
    VIDEO = "video", _("Video")
    MODEL = "model", _("3D model")
    DOCUMENT = "document", _("Document")


class AssetLink(models.Model):
    """A picture or file of a card, by the asset's uuid; the lowest position of the gallery is the main picture."""

    card = models.ForeignKey("pim.Card", on_delete=models.CASCADE, related_name="asset_links")
    asset_uuid = models.UUIDField()
    role = models.CharField(max_length=8, choices=AssetRole.choices, default=AssetRole.GALLERY)
    position = models.PositiveIntegerField(default=0)
    scope_id = models.BigIntegerField(default=GLOBAL_SCOPE)
    locale = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "asset_uuid", "role", "scope_id", "locale"], name="pim_asset_link_once"
            )
        ]
        indexes = [models.Index(fields=["asset_uuid"], name="pim_asset_link_asset")]

    def __str__(self) -> str:
        return f"{self.card_id} {self.role} {self.asset_uuid}"
