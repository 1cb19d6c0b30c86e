"""What the bank tells us: files as they came, statements, and every line with what it belongs to."""

import gzip

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref


def new_bank_file_ref() -> str:
    return new_ref("BKF")


def new_bank_line_ref() -> str:
    return new_ref("BKL")


class BankFileKind(models.TextChoices):
    STATUS = "pain.002", _("Payment status report (pain.002)")
    STATEMENT = "camt.053", _("Account statement (camt.053)")


class BankFileState(models.TextChoices):
    UPLOADED = "uploaded", _("To check")
    IMPORTED = "imported", _("Imported")
    DISCARDED = "discarded", _("Discarded")


class BankFile(models.Model):
    """A file of the bank as it came: kept byte for byte, imported at most once (its hash is unique)."""

    ref = models.CharField(max_length=24, unique=True, default=new_bank_file_ref, editable=False)
    kind = models.CharField(max_length=12, choices=BankFileKind.choices)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    packed = models.BinaryField()
    state = models.CharField(max_length=12, choices=BankFileState.choices, default=BankFileState.UPLOADED)
    uploaded_at = models.DateTimeField(default=clock.now)
    uploaded_by_label = models.CharField(max_length=200)
    imported_at = models.DateTimeField(null=True)
    imported_by_label = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.ref

    @property
    def content(self) -> bytes:
        return gzip.decompress(bytes(self.packed))


class BankStatement(models.Model):
    """One account's statement inside a file; its opening is the closing of the one before, or nothing is imported."""

    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="statements")
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    account = models.CharField(max_length=34)
    statement_id = models.CharField(max_length=70)
    currency = models.CharField(max_length=3)
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    closing_on = models.DateField()
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="next")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "statement_id"], name="bank_statement_once"),
            # One beginning per account and one follower per statement: the chain of balances cannot fork.
            models.UniqueConstraint(
                fields=["account", "currency"],
                condition=Q(previous__isnull=True),
                name="bank_statement_one_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.statement_id}"


class BankLineState(models.TextChoices):
    MATCHED = "matched", _("Matched")
    OPEN = "open", _("Unmatched")
    RESOLVED = "resolved", _("Resolved by a person")


class MatchRule(models.TextChoices):
    END_TO_END = "end_to_end", _("By the end-to-end id")
    AMOUNT_ACCOUNT = "amount_account", _("By amount, account and date")
    REFERENCE = "reference", _("By the reference text")
    BATCH = "batch", _("As the sum of a bank file")
    PERSON = "person", _("By a person")


class BankLine(models.Model):
    """One movement on the operator's bank account (+ came in); what nobody knows stands in suspense with its age.

    An account never has the same entry reference, value date and amount twice, so a line is booked once however many
    files tell of it.
    """

    ref = models.CharField(max_length=24, unique=True, default=new_bank_line_ref, editable=False)
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    account = models.CharField(max_length=34)
    entry_ref = models.CharField(max_length=80)
    value_on = models.DateField()
    booked_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    end_to_end_id = models.CharField(max_length=35, blank=True)
    payment_info_id = models.CharField(max_length=35, blank=True)
    party_name = models.CharField(max_length=140, blank=True)
    party_account = models.CharField(max_length=34, blank=True)
    text = models.CharField(max_length=500, blank=True)
    return_reason = models.CharField(max_length=200, blank=True)
    is_return = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=BankLineState.choices)
    match_rule = models.CharField(max_length=16, choices=MatchRule.choices, blank=True)
    payout = models.ForeignKey(
        "billing.Payout", on_delete=models.PROTECT, null=True, related_name="bank_lines"
    )
    batch = models.ForeignKey(
        "billing.PayoutBatch", on_delete=models.PROTECT, null=True, related_name="bank_lines"
    )
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True)
    resolved_by_label = models.CharField(max_length=200, blank=True)
    # Taking back what the line was taken for: asked by one person while the moment is set, confirmed by another.
    undo_asked_at = models.DateTimeField(null=True)
    undo_asked_by_user_id = models.BigIntegerField(null=True)
    undo_asked_by_label = models.CharField(max_length=200, blank=True)
    undo_reason = models.CharField(max_length=300, blank=True)
    undone_by_user_id = models.BigIntegerField(null=True)
    times_undone = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "entry_ref", "value_on", "amount_minor"], name="bank_line_once"
            ),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="bank_line_not_zero"),
            # A payout leaves the bank once and comes back once.
            models.UniqueConstraint(
                fields=["payout"],
                condition=Q(payout__isnull=False, amount_minor__lt=0),
                name="bank_line_payout_left_once",
            ),
            models.UniqueConstraint(
                fields=["payout"],
                condition=Q(payout__isnull=False, amount_minor__gt=0),
                name="bank_line_payout_returned_once",
            ),
            models.CheckConstraint(
                condition=Q(undone_by_user_id__isnull=True)
                | Q(undo_asked_by_user_id__isnull=True)
                | ~Q(undone_by_user_id=F("undo_asked_by_user_id")),
                name="bank_line_undo_four_eyes",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "booked_on"], name="bank_line_state"),
            models.Index(fields=["-booked_on", "-id"], name="bank_line_newest"),
            models.Index(
                fields=["undo_asked_at"],
                condition=Q(undo_asked_at__isnull=False),
                name="bank_line_undo_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_undo_asked(self) -> bool:
        return self.undo_asked_at is not None
