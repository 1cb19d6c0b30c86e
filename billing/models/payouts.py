from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.phrases import ShortPhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from mas.bank_reasons import bank_reason_text


def new_payout_ref() -> str:
    return new_ref("PAY")


def new_batch_ref() -> str:
    return new_ref("BAT")


def new_hold_ref() -> str:
    return new_ref("HLD")


class PayoutState(models.TextChoices):
    CREATED = "created", _("Created")
    CLAIMED = "claimed", _("Claimed")
    EXPORTED = "exported", _("In a bank file")
    ACCEPTED = "accepted", _("Accepted by the bank")
    EXECUTED = "executed", _("Executed")
    RECONCILED = "reconciled", _("Reconciled")
    UNKNOWN = "unknown", _("Unknown")
    REJECTED = "rejected", _("Rejected by the bank")
    RETURNED = "returned", _("Came back")
    CANCELLED = "cancelled", _("Cancelled")


# Handed to the bank, and not yet known to have left.
AT_THE_BANK = (PayoutState.EXPORTED, PayoutState.ACCEPTED, PayoutState.UNKNOWN)
# In a bank file and not known to have come back.
LEFT = (*AT_THE_BANK, PayoutState.EXECUTED, PayoutState.RECONCILED)
ENDED_UNPAID = (PayoutState.CANCELLED, PayoutState.REJECTED, PayoutState.RETURNED)


class FileFormat(models.TextChoices):
    PAIN = "pain.001.001.09", _("SEPA credit transfer (pain.001.001.09)")
    NACHA = "nacha", _("ACH credits (NACHA)")
    CSV = "csv", _("CSV")


class PayoutBatch(models.Model):
    """One bank file; its bytes are derived from the batch alone, so making it again gives the same file."""

    ref = models.CharField(max_length=24, unique=True, default=new_batch_ref, editable=False)
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    format = models.CharField(max_length=20, choices=FileFormat.choices)
    execution_on = models.DateField()
    created_at = models.DateTimeField(default=clock.now)
    created_by_user_id = models.BigIntegerField(null=True)
    created_by_label = models.CharField(max_length=200, blank=True)
    n_payouts = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    content = models.TextField()
    downloaded_at = models.DateTimeField(null=True)
    # Payouts that were chosen for the file and left out: [{"ref", "merchant", "blocks": [[code, note], …]}].
    kept_back = models.JSONField(null=True)
    # Taking payouts out makes the file void: asked by one person while the moment is set, confirmed by another one.
    void_asked_at = models.DateTimeField(null=True)
    void_asked_by_user_id = models.BigIntegerField(null=True)
    void_asked_by_label = models.CharField(max_length=200, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)
    # Refs of the payouts to take out, or that were taken out.
    withdrawn = models.JSONField(default=list)
    voided_at = models.DateTimeField(null=True)
    voided_by_user_id = models.BigIntegerField(null=True)
    voided_by_label = models.CharField(max_length=200, blank=True)
    # What a void file says, as its payouts stand elsewhere now: [{"ref", "merchant", "amount_minor"}].
    void_contents = models.JSONField(null=True)
    # The void file that this one carries the rest of.
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(voided_by_user_id__isnull=True)
                | Q(void_asked_by_user_id__isnull=True)
                | ~Q(voided_by_user_id=F("void_asked_by_user_id")),
                name="batch_void_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def state(self) -> str:
        """How it stands with the file itself; what became of its payouts is theirs."""
        if self.voided_at is not None:
            return "void"
        return "void_asked" if self.void_asked_at is not None else "written"


class PayoutQuerySet(VisibleQuerySet[Any]):
    """Scoped by its merchant."""


class Payout(FSMModelMixin, models.Model):
    """One transfer to a merchant's bank account; the account is copied at the claim and never read again."""

    ref = models.CharField(max_length=24, unique=True, default=new_payout_ref, editable=False)
    settlement = models.ForeignKey("billing.Settlement", on_delete=models.PROTECT, related_name="payouts")
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    attempt = models.PositiveSmallIntegerField(default=1)
    state = FSMField(choices=PayoutState.choices, default=PayoutState.CREATED, protected=True)
    statement_sha256 = models.CharField(max_length=64)
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, null=True, related_name="payouts")
    account_holder = models.CharField(max_length=140, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    account_number = models.CharField(max_length=60, blank=True)
    routing_code = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True)
    claimed_by_user_id = models.BigIntegerField(null=True)
    executed_at = models.DateTimeField(null=True)
    bank_reason = models.CharField(max_length=300, blank=True)
    # How often a bank line that was taken for this payout was taken back; what is booked after it has keys of its own.
    times_reopened = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[Any] = PayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_positive"),
            models.UniqueConstraint(
                fields=["settlement"],
                condition=~Q(state__in=["cancelled", "rejected", "returned"]),
                name="payout_one_live_per_settlement",
            ),
            models.UniqueConstraint(fields=["settlement", "attempt"], name="payout_attempt_once"),
            models.CheckConstraint(
                condition=Q(state__in=["created", "cancelled"]) | Q(claimed_at__isnull=False),
                name="payout_claimed_before_export",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["exported", "accepted", "executed", "reconciled", "unknown"])
                | Q(batch__isnull=False),
                name="payout_exported_in_a_batch",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="payout_state"),
            models.Index(fields=["merchant", "-created_at"], name="payout_merchant"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def bank_reason_text(self) -> str:
        """Why the bank refused or returned it: its code in words, or its own words."""
        return bank_reason_text(self.bank_reason)

    @property
    def end_to_end_id(self) -> str:
        """What the bank carries to both statements: at most 35 characters (ISO 20022 Max35Text)."""
        return self.ref

    @transition(field=state, source=PayoutState.CREATED, target=PayoutState.CLAIMED)
    def claim(self) -> None:
        """The amount left the merchant's available balance for this transfer."""

    @transition(field=state, source=PayoutState.CREATED, target=PayoutState.CANCELLED)
    def cancel(self) -> None:
        """Given up before anything moved."""

    @transition(field=state, source=PayoutState.CLAIMED, target=PayoutState.EXPORTED)
    def export(self) -> None:
        """It stands in a bank file."""

    @transition(field=state, source=PayoutState.EXPORTED, target=PayoutState.CLAIMED)
    def withdraw(self) -> None:
        """Its file is void and was never executed; it may stand in another one."""

    @transition(field=state, source=[PayoutState.EXPORTED, PayoutState.UNKNOWN], target=PayoutState.ACCEPTED)
    def accept(self) -> None:
        """The bank took the order; the money may still be on our account."""

    @transition(field=state, source=AT_THE_BANK, target=PayoutState.EXECUTED)
    def execute(self) -> None:
        """The bank confirmed it."""

    @transition(field=state, source=PayoutState.EXECUTED, target=PayoutState.RECONCILED)
    def reconcile(self) -> None:
        """Found on the bank statement."""

    @transition(field=state, source=[PayoutState.EXPORTED, PayoutState.ACCEPTED], target=PayoutState.UNKNOWN)
    def lose_track(self) -> None:
        """No answer: the amount stays in transit until a person learns what happened."""

    @transition(
        field=state,
        source=[PayoutState.CLAIMED, *AT_THE_BANK],
        target=PayoutState.REJECTED,
    )
    def reject(self) -> None:
        """Refused before execution."""

    @transition(
        field=state, source=[PayoutState.EXECUTED, PayoutState.RECONCILED], target=PayoutState.RETURNED
    )
    def come_back(self) -> None:
        """The receiving bank sent it back."""

    @transition(field=state, source=PayoutState.RECONCILED, target=PayoutState.UNKNOWN)
    def lose_proof(self) -> None:
        """The bank line that said it left was another one: nobody knows whether it did."""

    @transition(
        field=state, source=[PayoutState.RECONCILED, PayoutState.RETURNED], target=PayoutState.EXECUTED
    )
    def lose_line(self) -> None:
        """It left; the line taken for it, or for its return, was another one."""


class HoldEnd(models.TextChoices):
    LIFTED = "lifted", _("Lifted")
    CHARGED = "charged", _("Charged")
    LAPSED = "lapsed", _("Lapsed")


class HoldQuerySet(VisibleQuerySet[Any]):
    def open(self) -> "HoldQuerySet":
        """Those that count now; one whose time is over counts no more, swept or not."""
        return self.filter(Q(lapses_at__isnull=True) | Q(lapses_at__gt=clock.now()), released_at__isnull=True)

    def lapsed(self) -> "HoldQuerySet":
        return self.filter(released_at__isnull=True, lapses_at__lte=clock.now())

    def of_finance(self) -> "HoldQuerySet":
        """Set and lifted by people of finance; the others end with what they stand for."""
        return self.filter(source_key__isnull=True)


class Hold(models.Model):
    """A stop on a merchant's payouts: all of them, or an amount; by a person, or by an open incident on a line.

    The amount of an incident's hold is what its line still earns the merchant; what of that is on the balance to be
    held is counted when it is asked (ADR 65). An amount held by finance is the first of two phases: it is charged, in
    whole or in part, or lifted, or lapses; whichever comes first ends it, and what is not charged is free again.
    """

    ref = models.CharField(max_length=24, unique=True, default=new_hold_ref, editable=False)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    # Empty: all payouts.
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    reason = ShortPhraseField(max_length=300)
    created_at = models.DateTimeField(default=clock.now)
    created_by_label = models.CharField(max_length=200)
    released_at = models.DateTimeField(null=True)
    released_by_label = models.CharField(max_length=200, blank=True)
    ended_as = models.CharField(max_length=8, choices=HoldEnd.choices, blank=True)
    # From this moment it holds nothing.
    lapses_at = models.DateTimeField(null=True)
    # The charge proposed out of it, or booked when `ended_as` says so.
    charge = models.OneToOneField(
        "billing.Adjustment", on_delete=models.PROTECT, related_name="held_as", null=True
    )
    # What set it, once and only once: `incident:INC-…:1` for the first time this incident was open.
    source_key = models.CharField(max_length=80, null=True)
    earning = models.ForeignKey("billing.Earning", on_delete=models.PROTECT, related_name="+", null=True)
    order_line_id = models.BigIntegerField(null=True)
    # The line's money had gone to the bank with this payout already; it holds nothing unless that comes back.
    left_with = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="+", null=True)

    objects: ClassVar[Any] = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_key"], condition=Q(source_key__isnull=False), name="hold_source_once"
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, ended_as="")
                | Q(released_at__isnull=False) & ~Q(ended_as=""),
                name="hold_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(ended_as=HoldEnd.CHARGED) | Q(charge__isnull=False), name="hold_charged_by"
            ),
        ]
        indexes = [models.Index(fields=["merchant"], condition=Q(released_at__isnull=True), name="hold_open")]

    def __str__(self) -> str:
        return self.reason

    @property
    def state(self) -> str:
        """`held`, or how it ended; a charge that waits for the second person shows before it is booked."""
        if not self.is_open:
            return self.ended_as or HoldEnd.LAPSED
        return "charging" if self.charge_id else "held"

    @property
    def is_open(self) -> bool:
        return self.released_at is None and (self.lapses_at is None or self.lapses_at > clock.now())

    @property
    def incident_ref(self) -> str:
        """The incident it stands for; empty for a hold by finance."""
        return self.source_key.split(":")[1] if self.source_key else ""

    @property
    def way_out(self) -> str:
        """The one thing that frees it, in the words of the merchant."""
        if self.source_key:
            return gettext(
                "Answer the incident and agree with the buyer. It is paid out when the incident is closed."
            )
        if self.lapses_at:
            return gettext("It ends by itself on %(day)s, or earlier when finance lifts it.") % {
                "day": date_format(localtime(self.lapses_at), "DATE_FORMAT")
            }
        return gettext("Contact the marketplace; finance decides when payouts go on.")
