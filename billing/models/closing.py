from django.db import models

from backoffice.kernel import clock


class ClearingNote(models.Model):
    """A person's explanation of what stays open on a clearing account at the end of a month, for that very amount."""

    period = models.ForeignKey("billing.Period", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=4)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    text = models.CharField(max_length=300)
    noted_at = models.DateTimeField(default=clock.now)
    noted_by_label = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "code", "currency"], name="clearing_note_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.currency}: {self.amount_minor}"


class PeriodClosing(models.Model):
    """The books as they stood when a month was closed for good: what proves later that nothing changed."""

    period = models.ForeignKey("billing.Period", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(default=clock.now)
    closed_by_label = models.CharField(max_length=200)
    # {"1100 EUR": 15799, …}: debit > 0, every entry of this month and the months before it.
    figures = models.JSONField()
    figures_sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["period", "-closed_at"], name="period_closing_latest")]

    def __str__(self) -> str:
        return f"{self.period_id} at {self.closed_at}"
