from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_invitation_ref() -> str:
    return new_ref("INV")


class InvitationState(models.TextChoices):
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


class InvitationQuerySet(VisibleQuerySet["Invitation"]):
    """Scoped by its merchant."""


class Invitation(FSMModelMixin, models.Model):
    """A single-use link into the marketplace; only the hash of its token is stored."""

    ref = models.CharField(max_length=24, unique=True, default=new_invitation_ref, editable=False)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    person_name = models.CharField(max_length=150, blank=True)
    message = models.TextField(blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    state = FSMField(choices=InvitationState.choices, default=InvitationState.SENT, protected=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(default=clock.now)
    # How often the mail went out; each sending makes the link before it worthless.
    sent_count = models.PositiveSmallIntegerField(default=1)
    accepted_at = models.DateTimeField(null=True, blank=True)
    invited_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.email} ({self.state})"

    @property
    def is_expired(self) -> bool:
        return self.state == InvitationState.EXPIRED or (
            self.state == InvitationState.SENT and self.expires_at <= clock.now()
        )

    @property
    def shown_state(self) -> str:
        """The state people see: a sent link past its time is expired even before the sweep wrote it down."""
        return InvitationState.EXPIRED.value if self.is_expired else str(self.state)

    @transition(field=state, source=InvitationState.SENT, target=InvitationState.ACCEPTED)
    def accept(self) -> None:
        """The person registered."""

    @transition(field=state, source=InvitationState.SENT, target=InvitationState.EXPIRED)
    def expire(self) -> None:
        """Nobody came in time."""

    @transition(
        field=state,
        source=[InvitationState.SENT, InvitationState.EXPIRED],
        target=InvitationState.REVOKED,
    )
    def revoke(self) -> None:
        """The operator took it back."""

    @transition(
        field=state,
        source=[InvitationState.SENT, InvitationState.EXPIRED, InvitationState.REVOKED],
        target=InvitationState.SENT,
    )
    def resend(self) -> None:
        """A new link went out."""
