from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock


class TimeLimitKind(models.TextChoices):
    PAYMENT_ANSWER = "payment_answer", _("Payment provider must answer")
    UNPAID = "unpaid", _("Bank transfer must arrive")
    ACCEPT = "accept", _("Merchant must accept or refuse")
    CAPTURE = "capture", _("Card must be charged")
    DUE = "due", _("Invoice must be paid")
    SHIP = "ship", _("Merchant must ship")
    RECEIVED = "received", _("Counts as received")
    CLOSED = "closed", _("Order is closed")
    INVOICE = "invoice", _("Merchant must upload the invoice")


class Counting(models.TextChoices):
    HOURS = "hours", _("Every hour")
    WORKING_DAYS = "working_days", _("Only the merchant's working days")


class TimeRule(models.Model):
    """How long a waiting state may last; one editable row per kind."""

    kind = models.CharField(max_length=20, primary_key=True, choices=TimeLimitKind.choices)
    hours = models.PositiveIntegerField(_("hours"))
    counting = models.CharField(_("counted"), max_length=12, choices=Counting.choices, default=Counting.HOURS)
    # When the merchant is reminded, in percent of the limit; 0 = not at all.
    first_nudge_percent = models.PositiveSmallIntegerField(_("first reminder at"), default=50)
    second_nudge_percent = models.PositiveSmallIntegerField(_("second reminder at"), default=80)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=1), name="time_rule_at_least_an_hour"),
            models.CheckConstraint(
                condition=Q(first_nudge_percent__lt=100, second_nudge_percent__lt=100),
                name="time_rule_nudges_before_the_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.hours} h"


class TimeLimit(models.Model):
    """One running clock of an order or merchant order; settled when the state it watches ends or its act was done."""

    kind = models.CharField(max_length=20, choices=TimeLimitKind.choices)
    order = models.ForeignKey("oms.Order", on_delete=models.CASCADE, related_name="time_limits")
    merchant_order = models.ForeignKey(
        "oms.MerchantOrder", on_delete=models.CASCADE, related_name="time_limits", null=True, blank=True
    )
    due_at = models.DateTimeField()
    # When the merchant is reminded next, and how often it was.
    nudge_at = models.DateTimeField(null=True, blank=True)
    second_nudge_at = models.DateTimeField(null=True, blank=True)
    nudges = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    # Why its act could not be done yet; shown in the stuck list.
    last_error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant_order", "kind"],
                condition=Q(settled_at=None, merchant_order__isnull=False),
                name="time_limit_one_open_per_merchant_order",
            ),
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(settled_at=None, merchant_order=None),
                name="time_limit_one_open_per_order",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(settled_at=None), name="time_limit_due"),
            models.Index(
                fields=["nudge_at"],
                condition=Q(settled_at=None, nudge_at__isnull=False),
                name="time_limit_nudge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_overdue(self) -> bool:
        return self.settled_at is None and self.due_at < clock.now()
