from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.phrases import ShortPhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from dam.models.assets import Asset


def new_archive_ref() -> str:
    return new_ref("ZIP")


class ArchiveQuerySet(VisibleQuerySet["Archive"]):
    merchant_path = "owner_merchant_id"


class Archive(models.Model):
    """A ZIP of files named by SKU, taken apart by a job; its entries are the report."""

    ref = models.CharField(max_length=24, unique=True, default=new_archive_ref, editable=False)
    owner_merchant_id = models.BigIntegerField(null=True, blank=True)
    filename = models.CharField(_("file name"), max_length=200)
    # Name in private storage; blank once everything is taken out.
    stored_as = models.CharField(max_length=200, blank=True)
    job_ref = models.CharField(max_length=24, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by_label = models.CharField(max_length=200, blank=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner_merchant_id", "-id"], name="archive_owner")]

    def __str__(self) -> str:
        return self.filename

    @property
    def merchant_id(self) -> int | None:
        return self.owner_merchant_id


class ArchiveEntry(models.Model):
    """One file of a ZIP: which product it names, and the asset it became or why it did not."""

    archive = models.ForeignKey(Archive, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    sku = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=20, blank=True)
    position = models.PositiveIntegerField(default=0)
    asset = models.ForeignKey(Asset, on_delete=models.SET_NULL, null=True, related_name="archive_entries")
    error = ShortPhraseField(max_length=400, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["archive", "number"], name="archive_entry_once")]

    def __str__(self) -> str:
        return self.name


class SourceAddress(models.Model):
    """The web address an owner's asset came from, so that the same feed is not downloaded again."""

    owner_merchant_id = models.BigIntegerField(null=True, blank=True)
    url_sha256 = models.CharField(max_length=64)
    url = models.TextField()
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="source_addresses")
    fetched_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["url_sha256", "owner_merchant_id"], name="source_address")]

    def __str__(self) -> str:
        return self.url
