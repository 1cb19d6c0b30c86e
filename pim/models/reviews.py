from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.phrases import PhraseField, ShortPhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_review_ref() -> str:
    return new_ref("REV")


class ReviewKind(models.TextChoices):
    NEW_CARD = "new_card", _("New card")
    PROPOSAL = "proposal", _("Proposed change")
    CONFLICT = "conflict", _("Identifier conflict")


class ReviewState(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class RejectReason(models.TextChoices):
    INCOMPLETE = "incomplete", _("Values are missing")
    WRONG_VALUES = "wrong_values", _("Values are wrong")
    DUPLICATE = "duplicate", _("The card exists already")
    PICTURES = "pictures", _("Pictures are missing or unsuitable")
    PROHIBITED = "prohibited", _("This may not be sold here")
    OTHER = "other", _("Other")


class ReviewQuerySet(VisibleQuerySet["Review"]):
    """Merchants see the reviews of what they sent in."""


class Review(models.Model):
    """Something a merchant sent in that waits for, or has got, the operator's answer."""

    ref = models.CharField(max_length=24, unique=True, default=new_review_ref, editable=False)
    kind = models.CharField(max_length=10, choices=ReviewKind.choices)
    card = models.ForeignKey("pim.Card", on_delete=models.PROTECT, null=True, related_name="reviews")
    merchant = models.ForeignKey(
        "mas.Merchant", on_delete=models.PROTECT, null=True, related_name="card_reviews"
    )
    state = models.CharField(max_length=8, choices=ReviewState.choices, default=ReviewState.OPEN)
    reason = models.CharField(_("reason"), max_length=14, choices=RejectReason.choices, blank=True)
    note = PhraseField(_("note"), blank=True)
    # What a conflict is about: merchant SKU, identifiers and the cards they point to.
    details = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)

    objects: ClassVar[ReviewQuerySet] = ReviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["card"],
                condition=Q(kind="new_card", state="open"),
                name="pim_review_one_open_per_new_card",
            )
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="pim_review_queue")]

    def __str__(self) -> str:
        return f"{self.ref} {self.kind} ({self.state})"


class LineState(models.TextChoices):
    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    OUTDATED = "outdated", _("Outdated")


class ProposalLine(models.Model):
    """One value a merchant proposes for a published card; the live value stays until it is accepted."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="lines")
    attribute = models.ForeignKey("pim.Attribute", on_delete=models.PROTECT)
    scope_id = models.BigIntegerField(default=0)
    locale = models.CharField(max_length=10, blank=True, default="")
    # The live value when it was proposed: if it moved since, the line is outdated.
    seen = models.JSONField(null=True)
    proposed = models.JSONField(null=True)
    state = models.CharField(max_length=8, choices=LineState.choices, default=LineState.PENDING)
    reason = ShortPhraseField(max_length=250, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "attribute", "scope_id", "locale"], name="pim_proposal_line_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.attribute_id}"
