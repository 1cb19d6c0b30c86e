from django.db import models

from backoffice.kernel import clock
from backoffice.kernel.phrases import ShortPhraseField


class StateChange(models.Model):
    """Who moved an order, merchant order or line where, when and why; append-only."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey("oms.Order", on_delete=models.PROTECT, related_name="history")
    merchant_order = models.ForeignKey(
        "oms.MerchantOrder", on_delete=models.PROTECT, related_name="history", null=True, blank=True
    )
    line = models.ForeignKey(
        "oms.OrderLine", on_delete=models.PROTECT, related_name="history", null=True, blank=True
    )
    # What happened, e.g. `accepted`, `shipped`, `refund_failed`.
    what = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    reason = ShortPhraseField(max_length=300, blank=True)
    data = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=60, blank=True)
    actor_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["order", "-id"], name="state_change_order"),
            models.Index(fields=["merchant_order", "-id"], name="state_change_merchant_order"),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.from_state} → {self.to_state}"
