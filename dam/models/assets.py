import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.scoping import VisibleQuerySet
from dam.models.originals import Kind, Original


class AssetQuerySet(VisibleQuerySet["Asset"]):
    merchant_path = "owner_merchant_id"


class Asset(models.Model):
    """A file as its owner knows it: name, title, text for those who cannot see it, rights, and where it is used."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="assets")
    # A plain id: merchants live in an app above. Empty = the operator's own.
    owner_merchant_id = models.BigIntegerField(null=True, blank=True)
    # Copy of the original's, so the browser filters without a join.
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    filename = models.CharField(_("file name"), max_length=200)
    title = models.CharField(_("title"), max_length=200, blank=True)
    alt = models.CharField(_("text for people who do not see it"), max_length=300, blank=True)
    rights_holder = models.CharField(_("rights holder"), max_length=200, blank=True)
    # After this moment the asset is not delivered any more.
    licensed_until = models.DateTimeField(_("licensed until"), null=True, blank=True)
    # Private files have no public renditions; they are served by signed link to people who may see them.
    is_private = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    created_by_label = models.CharField(max_length=200, blank=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        constraints = [
            models.UniqueConstraint(
                fields=["original", "owner_merchant_id", "is_private"],
                condition=Q(owner_merchant_id__isnull=False),
                name="asset_once_per_merchant",
            ),
            models.UniqueConstraint(
                fields=["original", "is_private"],
                condition=Q(owner_merchant_id__isnull=True),
                name="asset_once_for_operator",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_merchant_id", "-id"], name="asset_owner"),
            models.Index(fields=["kind", "-id"], name="asset_kind"),
        ]

    def __str__(self) -> str:
        return self.title or self.filename

    @property
    def ref(self) -> str:
        return str(self.uuid)

    @property
    def merchant_id(self) -> int | None:
        return self.owner_merchant_id

    @property
    def icon_name(self) -> str:
        """What stands for a file that is not a picture."""
        return {Kind.VIDEO: "video", Kind.MODEL: "cube", Kind.DOCUMENT: "file"}.get(Kind(self.kind), "image")

    @property
    def is_expired(self) -> bool:
        return self.licensed_until is not None and self.licensed_until <= clock.now()


class AssetUsage(models.Model):
    """One place that shows an asset, named by its user: `pim.card:CRD-…`. While there is one, deletion is refused."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="usages")
    used_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "used_by"], name="asset_usage_once")]
        indexes = [models.Index(fields=["used_by"], name="asset_used_by")]

    def __str__(self) -> str:
        return self.used_by

    @property
    def place(self) -> str:
        """The ref in `pim.card:CRD-…`."""
        return self.used_by.partition(":")[2] or self.used_by
