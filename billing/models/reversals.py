from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref


def new_reversal_ref() -> str:
    return new_ref("REV")


class ReversalState(models.TextChoices):
    ASKED = "asked", _("Asked")
    CONFIRMED = "confirmed", _("Reversed")
    REFUSED = "refused", _("Refused")


S = ReversalState


class ReversalRequest(FSMModelMixin, models.Model):
    """One person asks to undo a journal entry, another one confirms; the entry itself is never changed."""

    ref = models.CharField(max_length=24, unique=True, default=new_reversal_ref, editable=False)
    entry = models.ForeignKey(
        "billing.JournalEntry", on_delete=models.PROTECT, related_name="reversal_requests"
    )
    # The entry that undoes it, from the confirmation on.
    reversal = models.OneToOneField(
        "billing.JournalEntry", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300)
    state = FSMField(choices=ReversalState.choices, default=ReversalState.ASKED, protected=True)
    asked_by_user_id = models.BigIntegerField(null=True)
    asked_by_label = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=clock.now)
    decided_by_user_id = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state__in=["asked", "confirmed"]), name="reversal_asked_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (
                    Q(reversal__isnull=False)
                    & (
                        Q(asked_by_user_id__isnull=True)
                        | Q(decided_by_user_id__isnull=True)
                        | ~Q(decided_by_user_id=F("asked_by_user_id"))
                    )
                ),
                name="reversal_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["state", "-asked_at"], name="reversal_state")]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_asked(self) -> bool:
        return bool(self.state == S.ASKED)

    @transition(field=state, source=S.ASKED, target=S.CONFIRMED)
    def confirm(self) -> None:
        """Another person agreed; the opposite entry is booked."""

    @transition(field=state, source=S.ASKED, target=S.REFUSED)
    def refuse(self) -> None:
        """The entry stays as it is."""
