from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_dispute_ref() -> str:
    return new_ref("DSP")


class DisputeState(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost, the merchant pays")
    ABSORBED = "absorbed", _("Lost, the marketplace pays")


S = DisputeState


class DisputeReason(models.TextChoices):
    FRAUD = "fraud", _("The buyer did not order this")
    NOT_RECEIVED = "not_received", _("Not received")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    DUPLICATE = "duplicate", _("Charged twice")
    CREDIT_NOT_PROCESSED = "credit_not_processed", _("Refund not received")
    OTHER = "other", _("Another reason")


class DisputeQuerySet(VisibleQuerySet[Any]):
    """Scoped by its merchant."""


class Dispute(FSMModelMixin, models.Model):
    """A chargeback: the buyer's bank took money of a sale back; the merchant's share is held until it is decided."""

    ref = models.CharField(max_length=24, unique=True, default=new_dispute_ref, editable=False)
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    earning = models.ForeignKey("billing.Earning", on_delete=models.PROTECT, related_name="disputes")
    psp = models.CharField(max_length=40)
    # The provider's own number of the case: the same case is never opened twice.
    case_number = models.CharField(_("case number of the provider"), max_length=80)
    line_ref = models.CharField(_("order line"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=DisputeReason.choices)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    # Where the held amount came from; it goes back there when the case is won.
    held_reserve_minor = models.BigIntegerField(default=0)
    held_pending_minor = models.BigIntegerField(default=0)
    state = FSMField(choices=DisputeState.choices, default=DisputeState.OPEN, protected=True)
    answer_by = models.DateField(_("answer until"), null=True, blank=True)
    occurred_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(default=clock.now)
    opened_by_label = models.CharField(max_length=200)
    absorb_asked_by_user_id = models.BigIntegerField(null=True)
    absorb_asked_by_label = models.CharField(max_length=200, blank=True)
    absorb_reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_user_id = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = DisputeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["psp", "case_number"], name="dispute_case_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0)
                & Q(fee_minor__gte=0)
                & Q(held_reserve_minor__gte=0)
                & Q(held_pending_minor__gte=0)
                & Q(amount_minor__gte=F("held_reserve_minor") + F("held_pending_minor")),
                name="dispute_amounts",
            ),
            models.CheckConstraint(
                condition=~Q(state="absorbed")
                | (
                    Q(absorb_asked_by_label__gt="")
                    & (
                        Q(absorb_asked_by_user_id__isnull=True)
                        | Q(decided_by_user_id__isnull=True)
                        | ~Q(decided_by_user_id=F("absorb_asked_by_user_id"))
                    )
                ),
                name="dispute_four_eyes",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "answer_by"], name="dispute_state"),
            models.Index(fields=["merchant", "-id"], name="dispute_merchant"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_open(self) -> bool:
        return bool(self.state == S.OPEN)

    @transition(field=state, source=S.OPEN, target=S.WON)
    def win(self) -> None:
        """The bank gave the money back."""

    @transition(field=state, source=S.OPEN, target=S.LOST)
    def lose(self) -> None:
        """The merchant bears the amount and the provider's fee."""

    @transition(field=state, source=S.OPEN, target=S.ABSORBED)
    def absorb(self) -> None:
        """The case is lost and two people decided that the marketplace bears it."""
