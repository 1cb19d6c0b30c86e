from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_terms_ref() -> str:
    return new_ref("TRM")


class TermsVersion(models.Model):
    """One version of the marketplace's terms for merchants; once published its text never changes."""

    ref = models.CharField(max_length=24, unique=True, default=new_terms_ref, editable=False)
    # 1, 2, 3 … in the order of publishing; empty while it is a draft.
    number = models.PositiveIntegerField(null=True, blank=True, unique=True)
    title = models.CharField(_("title"), max_length=150)
    # Language code → text. The first language is the one that binds.
    bodies = models.JSONField(default=dict)
    summary_of_changes = models.TextField(_("what changed"), blank=True)
    # Merchants who have not accepted by the end of this day may not sell until they do.
    accept_by = models.DateField(_("to be accepted by"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by_label = models.CharField(max_length=200, blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("terms version")
        verbose_name_plural = _("terms versions")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, number__isnull=True)
                | (Q(published_at__isnull=False, number__isnull=False) & ~Q(text_sha256="")),
                name="terms_published_have_number_and_hash",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def body_in(self, language: str) -> str:
        """The text in a language, else in the first one given."""
        bodies: dict[str, str] = self.bodies
        return bodies.get(language) or next(iter(bodies.values()), "")


class TermsAcceptanceQuerySet(VisibleQuerySet["TermsAcceptance"]):
    """Scoped by its merchant."""


class TermsAcceptance(models.Model):
    """Who accepted which text for which merchant, when and from where."""

    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="terms_acceptances")
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="acceptances")
    user = models.ForeignKey("mms.User", null=True, on_delete=models.SET_NULL, related_name="+")
    user_label = models.CharField(max_length=200)
    accepted_at = models.DateTimeField(default=clock.now)
    ip = models.GenericIPAddressField(null=True)
    text_sha256 = models.CharField(max_length=64)

    objects: ClassVar[Any] = TermsAcceptanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["merchant", "version"], name="terms_accepted_once_per_merchant")
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.version_id}"
