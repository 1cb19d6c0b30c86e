from django.db import models

from backoffice.kernel import clock
from backoffice.kernel.phrases import PhraseField


class AuditEntry(models.Model):
    """Who did what to which thing, with what changed; append-only (a trigger refuses update and delete)."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=clock.now)
    action = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=60)
    actor_label = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=60)
    subject_ref = models.CharField(max_length=100)
    merchant_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    note = PhraseField(blank=True)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_ref", "-id"], name="audit_subject"),
            models.Index(fields=["merchant_id", "-id"], name="audit_merchant"),
            models.Index(fields=["action", "-id"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_ref}"


class AuditSeal(models.Model):
    """The hash chain over the trail, filled by one worker: hashing inside the writer would serialise everybody."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:12]}"
