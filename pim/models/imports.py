from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.phrases import PhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_profile_ref() -> str:
    return new_ref("MAP")


def new_import_ref() -> str:
    return new_ref("IMP")


class FeedFormat(models.TextChoices):
    TEMPLATE = "template", _("Our template")
    SHOPIFY = "shopify", _("Shopify product export")
    CUSTOM = "custom", _("Any other table")


class ProfileQuerySet(VisibleQuerySet["MappingProfile"]):
    """Merchants see their own profiles; shipped ones (without a merchant) are for everybody."""

    def usable_by(self, merchant_id: int) -> "ProfileQuerySet":
        return self.filter(models.Q(merchant_id=merchant_id) | models.Q(merchant__isnull=True))


class MappingProfile(models.Model):
    """How one supplier's columns become our fields; remembered and proposed again for files with the same header."""

    ref = models.CharField(max_length=24, unique=True, default=new_profile_ref, editable=False)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    format = models.CharField(max_length=10, choices=FeedFormat.choices, default=FeedFormat.CUSTOM)
    definition = models.JSONField(default=dict)
    header_sha256 = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[ProfileQuerySet] = ProfileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "name"], name="pim_profile_name_once")]
        indexes = [models.Index(fields=["header_sha256"], name="pim_profile_header")]

    def __str__(self) -> str:
        return self.name


class ImportState(models.TextChoices):
    RECEIVED = "received", _("Waits for the mapping")
    CHECKING = "checking", _("Checking")
    PREVIEWED = "previewed", _("Ready to apply")
    APPLYING = "applying", _("Applying")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    UNDONE = "undone", _("Undone")


class ImportQuerySet(VisibleQuerySet["ImportRun"]):
    """Merchants see their own imports only."""


class ImportRun(models.Model):
    """One file on its way into the catalogue: received, mapped, checked, applied, reported, perhaps undone."""

    ref = models.CharField(max_length=24, unique=True, default=new_import_ref, editable=False)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=10, choices=FeedFormat.choices)
    filename = models.CharField(max_length=200)
    # Name in private storage; the file is kept as it came.
    stored_as = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    # What the reader found: {"kind", "encoding", "delimiter", "sheet"}.
    dialect = models.JSONField(default=dict)
    header = models.JSONField(default=list)
    # The profile as it was when the run was checked.
    definition = models.JSONField(default=dict)
    profile = models.ForeignKey(MappingProfile, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.RECEIVED)
    # {"new", "changed", "unchanged", "failed", "merged", "warnings"} of the check; the same of the apply.
    preview_counts = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(default=0)
    error = PhraseField(blank=True)
    job_ref = models.CharField(max_length=24, blank=True)
    change_set = models.ForeignKey("pim.ChangeSet", on_delete=models.PROTECT, null=True, related_name="+")
    started_by = models.JSONField(default=dict)
    created_by_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ImportQuerySet] = ImportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["merchant", "-id"], name="pim_import_merchant")]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_running(self) -> bool:
        return self.state in {ImportState.CHECKING, ImportState.APPLYING}


class RowOutcome(models.TextChoices):
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    MERGED = "merged", _("Added to an earlier row")
    FAILED = "failed", _("Failed")


class ImportRow(models.Model):
    """One row of the file: its cells as sent, what was read from them, what it would change, what became of it."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    # Rows of one product stand together; blank for products of one row.
    group = models.CharField(max_length=120, blank=True)
    merchant_sku = models.CharField(max_length=80, blank=True)
    cells = models.JSONField(default=list)
    read = models.JSONField(default=dict)
    outcome = models.CharField(max_length=9, choices=RowOutcome.choices)
    # [{"code", "column", "value", "message"}], the message as a stored phrase; warnings do not keep the row out.
    errors = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    # {field: [old, new]}
    diff = models.JSONField(default=dict)
    applied = models.BooleanField(default=False)
    offer_id = models.BigIntegerField(null=True)
    card_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="pim_import_row_once")]
        indexes = [
            models.Index(fields=["run", "outcome", "number"], name="pim_import_row_outcome"),
            models.Index(fields=["run", "merchant_sku"], name="pim_import_row_sku"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number}"
