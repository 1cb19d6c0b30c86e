from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref


def new_mail_ref() -> str:
    return new_ref("ML")


class MailState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Mail(models.Model):
    """One mail as rendered when it was caused; kept as the outbox people can read, sent by the worker."""

    ref = models.CharField(max_length=24, unique=True, default=new_mail_ref)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"))
    language = models.CharField(max_length=10, blank=True)
    template = models.CharField(max_length=80)
    about_ref = models.CharField(_("about"), max_length=60, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(_("written"), default=clock.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="mail_due")]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"
