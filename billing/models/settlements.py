from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.money import Money
from backoffice.kernel.phrases import shown
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_settlement_ref() -> str:
    return new_ref("STL")


class Cycle(models.TextChoices):
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every Monday")
    FORTNIGHTLY = "fortnightly", _("Every second Monday")
    HALF_MONTHLY = "half_monthly", _("On the 1st and the 16th")
    MONTHLY = "monthly", _("On the 1st")
    ON_DEMAND = "on_demand", _("Only when asked for")


class PayoutTerms(models.Model):
    """How often a merchant is settled and what is kept back; merchants without a row follow the defaults here."""

    merchant = models.OneToOneField(
        "mas.Merchant", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    cycle = models.CharField(_("cycle"), max_length=12, choices=Cycle.choices, default=Cycle.WEEKLY)
    reserve_bps = models.PositiveIntegerField(_("rolling reserve"), default=0)
    reserve_days = models.PositiveSmallIntegerField(_("kept for days"), default=90)
    fixed_reserve_minor = models.BigIntegerField(_("fixed reserve"), default=0)
    minimum_payout_minor = models.BigIntegerField(_("smallest payout"), null=True, blank=True)
    minimum_balance_minor = models.BigIntegerField(_("balance always kept"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reserve_bps__lte=10_000)
                & Q(fixed_reserve_minor__gte=0)
                & Q(minimum_balance_minor__gte=0),
                name="payout_terms_sane",
            )
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id}: {self.cycle}"


class SettlementState(models.TextChoices):
    OPEN = "open", _("Open")
    CUT_OFF = "cut_off", _("Cut off")
    CALCULATED = "calculated", _("Calculated")
    IN_REVIEW = "in_review", _("In review")
    REJECTED = "rejected", _("Rejected")
    APPROVED = "approved", _("Approved")
    ON_HOLD = "on_hold", _("On hold")
    PAYABLE = "payable", _("Payable")
    PAID = "paid", _("Paid")
    ROLLED_OVER = "rolled_over", _("Carried forward")


# Figures and lines of these may still change; the database refuses it for all others.
CHANGEABLE = (
    SettlementState.OPEN,
    SettlementState.CUT_OFF,
    SettlementState.CALCULATED,
    SettlementState.IN_REVIEW,
    SettlementState.REJECTED,
)
# Still going to be paid. Not a rejected one: written again it is back in review, and once another statement follows it
# its money is paid with that one.
UNPAID = (
    SettlementState.CALCULATED,
    SettlementState.IN_REVIEW,
    SettlementState.APPROVED,
    SettlementState.ON_HOLD,
    SettlementState.PAYABLE,
)


class SettlementQuerySet(VisibleQuerySet[Any]):
    """Scoped by its merchant."""


class Settlement(FSMModelMixin, models.Model):
    """One merchant's statement of one cycle and currency: opening + movements = closing, and what of it is paid.

    The interval is half-open in UTC, computed from local midnight; the movements are those of the journal sequence
    after `min_seq` up to `max_seq`. Amounts are in merchant terms (+ = the merchant's money).
    """

    ref = models.CharField(max_length=24, unique=True, default=new_settlement_ref, editable=False)
    # Given at approval, without gaps per company and year; NULL on what was never approved.
    number = models.CharField(_("number"), max_length=60, null=True, editable=False)
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="settlements")
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    state = FSMField(choices=SettlementState.choices, default=SettlementState.OPEN, protected=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    time_zone = models.CharField(max_length=40)
    min_seq = models.BigIntegerField(default=0)
    max_seq = models.BigIntegerField(default=0)
    opening_minor = models.BigIntegerField(default=0)
    totals = models.JSONField(default=dict)
    n_lines = models.PositiveIntegerField(default=0)
    lines_sha256 = models.CharField(max_length=64, blank=True)
    closing_minor = models.BigIntegerField(default=0)
    kept_minor = models.BigIntegerField(default=0)
    payable_minor = models.BigIntegerField(default=0)
    statement_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    prepared_by_user_id = models.BigIntegerField(null=True)
    prepared_by_label = models.CharField(max_length=200, blank=True)
    approved_by_user_id = models.BigIntegerField(null=True)
    approved_by_label = models.CharField(max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    rejected_reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar[Any] = SettlementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "merchant", "currency", "from_at"], name="settlement_cycle_once"
            ),
            models.UniqueConstraint(
                fields=["number"], condition=Q(number__isnull=False), name="settlement_number_once"
            ),
            models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="settlement_forward"),
            models.CheckConstraint(condition=Q(payable_minor__gte=0), name="settlement_payable_not_negative"),
            models.CheckConstraint(
                condition=Q(approved_by_user_id__isnull=True)
                | Q(prepared_by_user_id__isnull=True)
                | ~Q(approved_by_user_id=F("prepared_by_user_id")),
                name="settlement_four_eyes",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="settlement_state"),
            models.Index(fields=["merchant", "currency", "-to_at"], name="settlement_merchant"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def payable_display(self) -> str:
        return Money(self.payable_minor, self.currency).display()

    @transition(field=state, source=SettlementState.OPEN, target=SettlementState.CUT_OFF)
    def cut(self) -> None:
        """The last journal sequence that belongs to the cycle is fixed."""

    @transition(
        field=state,
        source=[SettlementState.CUT_OFF, SettlementState.REJECTED],
        target=SettlementState.CALCULATED,
    )
    def calculate(self) -> None:
        """The statement adds up and equals the ledger."""

    @transition(field=state, source=SettlementState.CALCULATED, target=SettlementState.ROLLED_OVER)
    def roll_over(self) -> None:
        """Too small or negative: carried into the next cycle."""

    @transition(field=state, source=SettlementState.CALCULATED, target=SettlementState.IN_REVIEW)
    def submit_for_review(self) -> None:
        """Finance looks at it."""

    @transition(field=state, source=SettlementState.IN_REVIEW, target=SettlementState.REJECTED)
    def reject(self) -> None:
        """The reviewer wants something corrected first."""

    @transition(field=state, source=SettlementState.IN_REVIEW, target=SettlementState.APPROVED)
    def approve(self) -> None:
        """Another person than the preparer signed the statement's hash."""

    @transition(field=state, source=SettlementState.APPROVED, target=SettlementState.ON_HOLD)
    def hold(self) -> None:
        """Something about the merchant forbids paying now."""

    @transition(
        field=state,
        source=[SettlementState.APPROVED, SettlementState.ON_HOLD],
        target=SettlementState.PAYABLE,
    )
    def make_payable(self) -> None:
        """A payout exists."""

    @transition(field=state, source=SettlementState.PAYABLE, target=SettlementState.PAID)
    def pay(self) -> None:
        """The bank executed the payout."""

    @transition(field=state, source=SettlementState.PAID, target=SettlementState.PAYABLE)
    def reopen(self) -> None:
        """The money came back, or what said that it left was something else."""


class SettlementLine(models.Model):
    """One movement on one statement: the posting is the primary key, so it is on at most one."""

    posting = models.OneToOneField(
        "billing.Posting", on_delete=models.PROTECT, primary_key=True, related_name="settlement_line"
    )
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="lines")

    def __str__(self) -> str:
        return f"{self.settlement_id}: {self.posting_id}"


class SettlementApproval(models.Model):
    """A signature under the statement's hash; worth nothing once the hash is another."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="approvals")
    user_id = models.BigIntegerField()
    label = models.CharField(max_length=200)
    statement_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "user_id", "statement_sha256"], name="settlement_approval_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.settlement_id}: {self.label}"


class FindingKind(models.TextChoices):
    FIRST_PAYOUT = "first_payout", _("First payout to this merchant")
    NEW_IBAN = "new_iban", _("Bank account changed in the last 7 days")
    UNUSUAL_AMOUNT = "unusual_amount", _("More than three times the usual amount")
    REFUND_JUMP = "refund_jump", _("Refunds are much higher than before")
    NEGATIVE_HISTORY = "negative_history", _("The balance was negative before")
    OPEN_DISPUTE = "open_dispute", _("A dispute is open")
    HELD = "held", _("Payouts to this merchant are held")
    AMOUNT_HELD = "amount_held", _("Part of the balance is held back")
    DIFFERS = "statement_differs", _("The statement differs from the ledger")


class Finding(models.Model):
    """What the machine noticed on a statement before a person looks; a blocking one forbids approval."""

    settlement = models.ForeignKey(Settlement, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=20, choices=FindingKind.choices)
    is_blocking = models.BooleanField(default=False)
    params = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["settlement", "kind"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.settlement_id}: {self.kind}"

    @property
    def notes(self) -> list[str]:
        """What exactly was noticed, where the kind alone does not say it."""
        currency = self.params.get("currency", "")
        return [
            f"{Money(amount, currency).display()}: {shown(reason)}"
            for amount, reason in self.params.get("held", ())
        ]
