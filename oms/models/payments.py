from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.phrases import ShortPhraseField
from backoffice.kernel.refs import new_ref, new_token
from oms.models.merchant_orders import MerchantOrder
from oms.models.orders import Order


def new_payment_ref() -> str:
    return new_ref("PAY")


class PaymentState(models.TextChoices):
    OPEN = "open", _("Being checked")
    AWAITED = "awaited", _("Transfer awaited")
    AUTHORISED = "authorised", _("Authorised")
    CAPTURED = "captured", _("Paid")
    DECLINED = "declined", _("Declined")
    VOIDED = "voided", _("Cancelled")


P = PaymentState


class DebitMoment(models.TextChoices):
    """When the buyer is charged for a merchant order."""

    ORDER = "order", _("When the order is placed")
    ACCEPTANCE = "acceptance", _("When the merchant accepts")
    SHIPMENT = "shipment", _("When the first parcel leaves")
    PARCEL = "parcel", _("Each parcel as it leaves")
    DELIVERY = "delivery", _("On delivery")
    DUE_DATE = "due_date", _("On the due date after shipment")
    OUTSIDE = "outside", _("Never: the buyer pays the merchant")


# The merchant packs and ships before the buyer is charged.
CHARGED_LATER = (
    DebitMoment.SHIPMENT,
    DebitMoment.PARCEL,
    DebitMoment.DELIVERY,
    DebitMoment.DUE_DATE,
    DebitMoment.OUTSIDE,
)


class Payment(FSMModelMixin, models.Model):
    """How one order is paid. The shares of the merchant orders sum to its amount."""

    ref = models.CharField(max_length=24, unique=True, default=new_payment_ref)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="payment")
    provider = models.CharField(max_length=40)
    # What the provider gave for the buyer's card or account; never a card number.
    instrument = models.CharField(max_length=100, blank=True)
    instrument_label = models.CharField(max_length=60, blank=True)
    state = FSMField(_("state"), default=P.OPEN, choices=P.choices, protected=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    provider_ref = models.CharField(max_length=100, blank=True)
    # The rule of the store at placement; changing the rule later changes no order.
    debit_moment = models.CharField(
        max_length=12, choices=DebitMoment.choices, default=DebitMoment.ACCEPTANCE
    )
    due_days = models.PositiveSmallIntegerField(default=14)
    # Where the buyer has to go to confirm the payment, while it is open.
    action_url = models.TextField(blank=True)
    # When the provider lets the held money go; empty once everything was charged ahead of it.
    authorised_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    paid_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = models.Manager["Payment"]()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payment_not_negative")]
        indexes = [
            models.Index(fields=["state", "-id"], name="payment_state"),
            models.Index(
                fields=["authorised_until"],
                condition=Q(authorised_until__isnull=False),
                name="payment_authorised_until",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @transition(field=state, source=P.OPEN, target=P.AUTHORISED)
    def authorise(self) -> None:
        """The provider holds the money for us."""

    @transition(field=state, source=P.OPEN, target=P.AWAITED)
    def await_transfer(self) -> None:
        """The buyer will transfer the money."""

    @transition(field=state, source=P.OPEN, target=P.DECLINED)
    def decline(self) -> None:
        """The provider said no, or never knew of it."""

    @transition(field=state, source=[P.AWAITED, P.AUTHORISED, P.CAPTURED, P.VOIDED], target=P.CAPTURED)
    def capture(self) -> None:
        """Money arrived, in whole or in part; a transfer may arrive after the order ended."""

    @transition(field=state, source=[P.AWAITED, P.AUTHORISED], target=P.VOIDED)
    def void(self) -> None:
        """Nothing is owed any more and nothing was charged."""


class PaymentShare(models.Model):
    """A merchant order's part of the payment, to the minor unit: agreed = charged + let go + still held or awaited.

    What the provider authorised for it is what was agreed, less what was let go.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="shares")
    merchant_order = models.OneToOneField(MerchantOrder, on_delete=models.PROTECT, related_name="share")
    amount_minor = models.BigIntegerField()
    # Held by the provider once and let go uncharged.
    released_minor = models.BigIntegerField(default=0)
    captured_minor = models.BigIntegerField(default=0)
    # Requested, sent or done; a failed refund counts until it is written off or done on retry.
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    captured_minor__gte=0,
                    released_minor__gte=0,
                    captured_minor__lte=F("amount_minor") - F("released_minor"),
                ),
                name="payment_share_captured_within",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor")),
                name="payment_share_refunded_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merchant_order_id}: {self.amount_minor}"

    @property
    def refundable_minor(self) -> int:
        return self.captured_minor - self.refunded_minor


class AttemptKind(models.TextChoices):
    AUTHORISE = "authorise", _("Authorise")
    CAPTURE = "capture", _("Charge")
    VOID = "void", _("Release")
    REFUND = "refund", _("Pay back")


class AttemptState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CLAIMED = "claimed", _("With the provider")
    UNKNOWN = "unknown", _("No answer yet")
    # The buyer or the provider is at it: the outcome is asked for again.
    UNDERWAY = "underway", _("Under way")
    PENDING = "pending", _("Accepted by the provider")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class PaymentAttempt(models.Model):
    """One command to a payment provider, written before it is sent and claimed before it is called.

    The idempotency key makes repeating it harmless; an unanswered one is asked about, never guessed.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    merchant_order = models.ForeignKey(
        MerchantOrder, on_delete=models.PROTECT, related_name="payment_attempts", null=True, blank=True
    )
    refund = models.ForeignKey(
        "oms.Refund", on_delete=models.PROTECT, related_name="attempts", null=True, blank=True
    )
    kind = models.CharField(max_length=10, choices=AttemptKind.choices)
    state = models.CharField(max_length=10, choices=AttemptState.choices, default=AttemptState.WAITING)
    idempotency_key = models.CharField(max_length=80, unique=True, default=new_token)
    amount_minor = models.BigIntegerField()
    provider_ref = models.CharField(max_length=100, blank=True)
    message = ShortPhraseField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    # Changes with every claim: who lost the claim cannot record an answer.
    claim = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["waiting", "claimed", "unknown", "underway"]),
                name="payment_attempt_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} ({self.state})"
