from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_adjustment_ref() -> str:
    return new_ref("ADJ")


class AdjustmentKind(models.TextChoices):
    GOODWILL = "goodwill", _("Goodwill to the merchant")
    FEE = "merchant_fee", _("One-off fee for a service, with tax")
    PENALTY = "penalty", _("Penalty, without tax")
    WRITE_OFF = "write_off", _("Write-off of a debt")


class AdjustmentState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    REVERSED = "reversed", _("Taken back")


class AdjustmentQuerySet(VisibleQuerySet[Any]):
    """Scoped by its merchant."""


class Adjustment(models.Model):
    """An amount for or against a merchant by decision of two people, with its reason."""

    ref = models.CharField(max_length=24, unique=True, default=new_adjustment_ref, editable=False)
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=AdjustmentKind.choices)
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=10, choices=AdjustmentState.choices, default=AdjustmentState.PROPOSED)
    proposed_by_user_id = models.BigIntegerField(null=True)
    proposed_by_label = models.CharField(max_length=200)
    decided_by_user_id = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = AdjustmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="adjustment_positive"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(proposed_by_user_id__isnull=True)
                | ~Q(decided_by_user_id=F("proposed_by_user_id")),
                name="adjustment_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.ref
