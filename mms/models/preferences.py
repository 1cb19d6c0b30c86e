from django.db import models

from backoffice.kernel import clock


class PreferenceValue(models.Model):
    """One setting stated at one scope: no row means inherit, a JSON null means blank here."""

    scope = models.ForeignKey("mms.ScopeNode", on_delete=models.CASCADE, related_name="preferences")
    key = models.CharField(max_length=80)
    value = models.JSONField(null=True)
    updated_at = models.DateTimeField(default=clock.now)
    updated_by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="preference_once_per_scope")]

    def __str__(self) -> str:
        return f"{self.key} @ {self.scope_id}"
