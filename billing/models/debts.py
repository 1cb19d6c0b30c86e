from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref

LEVELS = (1, 2, 3)


def new_debt_ref() -> str:
    return new_ref("DBT")


class DebtAge(models.TextChoices):
    UP_TO_30 = "30", _("Up to 30 days")
    UP_TO_60 = "60", _("31 to 60 days")
    UP_TO_90 = "90", _("61 to 90 days")
    OLDER = "older", _("Over 90 days")


class Debt(models.Model):
    """What was done about one debt: the time an available balance is below zero, from `since` on.

    The amount and whether it still stands are the balance's own; a debt that was paid and comes back is another row.
    """

    ref = models.CharField(max_length=24, unique=True, default=new_debt_ref, editable=False)
    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="debts")
    since = models.DateTimeField()
    paused_until = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    paused_by_label = models.CharField(max_length=200, blank=True)
    # Noticed by the clock, after the balance was no longer below zero.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "since"], name="debt_once")]
        indexes = [models.Index(fields=["account"], condition=Q(ended_at__isnull=True), name="debt_open")]

    def __str__(self) -> str:
        return self.ref

    @property
    def merchant_id(self) -> int:
        return self.account.owner_id


class DebtReminder(models.Model):
    """One level of reminding of one debt, sent once whoever sends it."""

    debt = models.ForeignKey(Debt, on_delete=models.PROTECT, related_name="reminders")
    level = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    sent_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["debt", "level"], name="debt_reminder_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="debt_reminder_level"),
        ]

    def __str__(self) -> str:
        return f"{self.debt_id}/{self.level}"
