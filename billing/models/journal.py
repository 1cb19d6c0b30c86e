import uuid

import uuid_utils.compat
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from billing.chart import Kind
from billing.event_words import event_label


def new_entry_id() -> uuid.UUID:
    """Time-ordered, so the journal's primary key grows at one end."""
    return uuid_utils.compat.uuid7()


class PeriodState(models.TextChoices):
    OPEN = "open", _("Open")
    SOFT_CLOSED = "soft_closed", _("Closed for automatic entries")
    HARD_CLOSED = "hard_closed", _("Closed")


class Period(models.Model):
    """A calendar month of one entity's books; the database refuses entries into a closed one."""

    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="periods")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The first day that is no longer part of the period.")
    state = models.CharField(max_length=12, choices=PeriodState.choices, default=PeriodState.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by_user_id = models.BigIntegerField(null=True)
    reopen_asked_by_user_id = models.BigIntegerField(null=True)
    reopen_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "starts_on"], name="period_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="period_forward"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return f"{self.starts_on:%Y-%m}"


class JournalSeal(models.Model):
    """Written last: a trigger refuses it unless the entry balances. The chain worker fills the rest, once."""

    entry_id = models.UUIDField(primary_key=True)
    n_lines = models.PositiveIntegerField()
    seq = models.BigIntegerField(null=True, unique=True)
    chain_previous = models.CharField(max_length=64, blank=True, default="")
    chain_hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["entry_id"], condition=models.Q(seq__isnull=True), name="seal_not_chained")
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.entry_id}"


class JournalEntry(models.Model):
    """What happened, as a set of postings that sum to zero per currency; never changed, only reversed.

    The primary key is a deferred foreign key to the seal, so a commit without a seal fails on every engine.
    """

    seal = models.OneToOneField(
        JournalSeal, on_delete=models.PROTECT, primary_key=True, db_column="id", related_name="entry"
    )
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="entries")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="entries")
    event_type = models.CharField(max_length=40)
    source_type = models.CharField(max_length=40)
    source_id = models.CharField(max_length=80)
    idem_key = models.CharField(max_length=120)
    payload_sha256 = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    booked_at = models.DateTimeField(default=clock.now)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by", db_index=True
    )
    is_adjustment = models.BooleanField(default=False)
    actor_label = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)
    n_lines = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "idem_key"], name="journal_entry_idem_key"),
            models.CheckConstraint(condition=models.Q(n_lines__gte=2), name="journal_entry_two_lines"),
        ]
        indexes = [
            models.Index(fields=["source_type", "source_id"], name="journal_entry_source"),
            models.Index(fields=["booked_at"], name="journal_entry_booked"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.idem_key}"

    @property
    def id(self) -> uuid.UUID:
        return self.seal_id

    @property
    def ref(self) -> str:
        return str(self.seal_id)

    @property
    def event_label(self) -> str:
        return event_label(self.event_type)


class Posting(models.Model):
    """One signed line of an entry: debit > 0, credit < 0, in minor units of its account's currency."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings", db_index=False)
    line_no = models.PositiveIntegerField()
    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="postings")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.NONE, blank=True)
    merchant_order_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "line_no"], name="posting_line_once"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="posting_not_zero"),
        ]
        indexes = [
            models.Index(
                fields=["merchant_order_id", "account"],
                condition=models.Q(merchant_order_id__isnull=False),
                name="posting_merchant_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.line_no} {self.amount_minor}"

    @property
    def shown_minor(self) -> int:
        """In merchant terms: + is the merchant's money."""
        return -self.amount_minor
