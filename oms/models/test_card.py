from django.db import models

from backoffice.kernel import clock
from backoffice.kernel.phrases import ShortPhraseField


class TestCardOperation(models.Model):
    """What the test card's make-believe bank knows: its own memory, so a lost answer can be asked for again."""

    # Not a test case.
    __test__ = False

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10)
    card = models.CharField(max_length=40)
    authorisation = models.CharField(max_length=40, blank=True, db_index=True)
    reference = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    approved = models.BooleanField()
    message = ShortPhraseField(max_length=200, blank=True)
    # False while the buyer has to confirm at the bank.
    is_decided = models.BooleanField(default=True)
    # Before this moment questions about it are not answered.
    silent_until = models.DateTimeField(null=True, blank=True)
    # When the bank tells us by itself, and how often it still does.
    notify_at = models.DateTimeField(default=clock.now)
    notify_times = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["notify_at"], condition=models.Q(notify_times__gt=0), name="test_card_to_notify"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"
