from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock


class NotificationState(models.TextChoices):
    RECEIVED = "received", _("Received")
    HANDLED = "handled", _("Handled")
    # About nothing of ours.
    IGNORED = "ignored", _("Ignored")
    PARKED = "parked", _("Parked")


class PaymentNotification(models.Model):
    """A message of a payment provider, kept before it is answered: the same one twice is one row and one effect.

    It only says that something changed; what is true is asked at the provider. So a late or disordered message harms
    nothing.
    """

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80, blank=True)
    # What it is about: the provider's object names and our keys.
    subjects = models.JSONField(default=list)
    state = models.CharField(
        max_length=10, choices=NotificationState.choices, default=NotificationState.RECEIVED
    )
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    error = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="payment_notification_once")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="received"), name="payment_notification_due"),
            models.Index(fields=["state", "-id"], name="payment_notification_state"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.event_id}"
