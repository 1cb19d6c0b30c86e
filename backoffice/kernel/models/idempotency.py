from django.db import models

from backoffice.kernel import clock


class IdempotencyKey(models.Model):
    """One accepted command of one caller: repeated with the same payload it answers the same, else it conflicts."""

    caller = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    payload_sha256 = models.CharField(max_length=64)
    status = models.PositiveIntegerField(null=True)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotency_key_once_per_caller")
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
