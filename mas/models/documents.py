from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.phrases import PhraseField, ShortPhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_document_ref() -> str:
    return new_ref("DOC")


def default_file_types() -> list[str]:
    return ["pdf", "jpg", "png"]


class DocumentType(models.Model):
    """A kind of paper the operator may ask for."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = ShortPhraseField(_("name"), max_length=120)
    help_text = PhraseField(_("explanation for the merchant"), blank=True)
    has_expiry = models.BooleanField(_("has an expiry date"), default=False)
    # File name endings without the dot.
    file_types = models.JSONField(_("allowed file types"), default=default_file_types)
    max_megabytes = models.PositiveSmallIntegerField(_("largest file (MB)"), default=20)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("document type")
        verbose_name_plural = _("document types")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class DocumentState(models.TextChoices):
    PENDING = "pending", _("Waiting for review")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    EXPIRED = "expired", _("Expired")
    REPLACED = "replaced", _("Replaced")


class MerchantDocumentQuerySet(VisibleQuerySet["MerchantDocument"]):
    """Scoped by its merchant."""


class MerchantDocument(FSMModelMixin, models.Model):
    """A paper of a merchant; the file is a private asset, known by its uuid only."""

    ref = models.CharField(max_length=24, unique=True, default=new_document_ref, editable=False)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="documents")
    document_type = models.ForeignKey(DocumentType, on_delete=models.PROTECT, related_name="documents")
    asset_uuid = models.UUIDField()
    filename = models.CharField(max_length=255)
    bytes = models.PositiveBigIntegerField(default=0)
    state = FSMField(choices=DocumentState.choices, default=DocumentState.PENDING, protected=True)
    reason = models.TextField(blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    uploaded_at = models.DateTimeField(default=clock.now)
    uploaded_by_label = models.CharField(max_length=200)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by_label = models.CharField(max_length=200, blank=True)
    # When the merchant was told that it will run out soon.
    warned_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = MerchantDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "expires_on"], name="document_state_expiry")
        ]

    def __str__(self) -> str:
        return f"{self.document_type.name}: {self.filename}"

    @transition(field=state, source=DocumentState.PENDING, target=DocumentState.ACCEPTED)
    def accept(self) -> None:
        """The operator read it and it is good."""

    @transition(
        field=state, source=[DocumentState.PENDING, DocumentState.ACCEPTED], target=DocumentState.REJECTED
    )
    def reject(self) -> None:
        """It is not what was asked for."""

    @transition(
        field=state, source=[DocumentState.PENDING, DocumentState.ACCEPTED], target=DocumentState.EXPIRED
    )
    def expire(self) -> None:
        """Its day has passed."""

    @transition(
        field=state,
        source=[
            DocumentState.PENDING,
            DocumentState.ACCEPTED,
            DocumentState.REJECTED,
            DocumentState.EXPIRED,
        ],
        target=DocumentState.REPLACED,
    )
    def replace(self) -> None:
        """A newer paper of the same type was uploaded."""
