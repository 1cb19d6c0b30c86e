from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.phrases import PhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_merchant_ref() -> str:
    return new_ref("MER")


class MerchantStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    REGISTERING = "registering", _("Registering")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")
    REJECTED = "rejected", _("Rejected")


class KycStatus(models.TextChoices):
    TO_SUBMIT = "to_submit", _("To submit")
    TO_APPROVE = "to_approve", _("To approve")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    NOT_REQUIRED = "not_required", _("Not required")


class SuspensionType(models.TextChoices):
    MANUAL = "manual", _("Manual")
    WAITING_APPROVAL = "waiting_approval", _("Waiting for approval")
    AUTOMATIC = "automatic", _("Automatic")
    INCOMPLETE_PROFILE = "incomplete_profile", _("Incomplete profile")


class AcceptanceMode(models.TextChoices):
    MANUAL = "manual", _("The merchant accepts each order")
    AUTOMATIC = "automatic", _("Orders are accepted at once")
    MIXED = "mixed", _("Orders that meet the merchant's rules are accepted at once")


# Who may still work on their registration, and who takes part in trade at all.
ONBOARDING = (MerchantStatus.INVITED, MerchantStatus.REGISTERING)
TRADING = (MerchantStatus.APPROVED, MerchantStatus.SUSPENDED)


class MerchantQuerySet(VisibleQuerySet["Merchant"]):
    merchant_path = "id"

    def selling(self, on: date) -> Self:
        """Approved and not on holiday on that day: the offers of these may be bought."""
        away = Q(holiday_from__isnull=False, holiday_from__lte=on) & (
            Q(holiday_to__isnull=True) | Q(holiday_to__gte=on)
        )
        return self.filter(status=MerchantStatus.APPROVED).exclude(away)


class Merchant(FSMModelMixin, models.Model):
    """A seller on the marketplace; status, KYC, holidays and payout account are four separate machines."""

    ref = models.CharField(max_length=24, unique=True, default=new_merchant_ref, editable=False)
    name = models.CharField(_("shop name"), max_length=120)
    slug = models.SlugField(_("address of the shop page"), max_length=140, unique=True)
    status = FSMField(choices=MerchantStatus.choices, default=MerchantStatus.INVITED, protected=True)
    status_reason = PhraseField(blank=True)
    status_changed_at = models.DateTimeField(default=clock.now)
    suspension_type = models.CharField(max_length=20, choices=SuspensionType.choices, blank=True)
    # Set when a rule suspended the merchant, so that the same rule can lift what it caused and nothing else.
    suspension_cause = models.CharField(max_length=40, blank=True)
    kyc_status = FSMField(choices=KycStatus.choices, default=KycStatus.TO_SUBMIT, protected=True)
    kyc_reason = PhraseField(blank=True)
    email = models.EmailField(_("contact e-mail"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    website_url = models.URLField(_("website"), blank=True)
    country = models.CharField(_("country"), max_length=2)
    language = models.CharField(_("language"), max_length=10, default="en")
    currency = models.CharField(_("currency"), max_length=3)
    logo_asset_uuid = models.UUIDField(null=True, blank=True)
    holiday_from = models.DateField(_("holiday from"), null=True, blank=True)
    holiday_to = models.DateField(_("holiday to"), null=True, blank=True)
    acceptance_mode = models.CharField(
        _("order acceptance"), max_length=12, choices=AcceptanceMode.choices, default=AcceptanceMode.MANUAL
    )
    # Days between receipt by the buyer and the merchant's money becoming payable.
    hold_days = models.PositiveSmallIntegerField(_("hold days"), default=14)
    is_premium = models.BooleanField(_("premium merchant"), default=False)
    # New products and texts of a trusted merchant go live without a review.
    is_trusted = models.BooleanField(_("trusted merchant"), default=False)
    external_id = models.CharField(_("number in your own systems"), max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    # Counts saved edits of the profile: a form opened before somebody else's edit is recognised as stale.
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = MerchantQuerySet.as_manager()

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        ordering: ClassVar[list[str]] = ["name", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "name"], name="merchant_status")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(status__in=MerchantStatus.values), name="merchant_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kyc_status__in=KycStatus.values), name="merchant_kyc_is_known"
            ),
            models.CheckConstraint(
                condition=Q(holiday_to__isnull=True)
                | Q(holiday_from__isnull=False, holiday_to__gte=F("holiday_from")),
                name="merchant_holiday_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(status=MerchantStatus.SUSPENDED) | ~Q(suspension_type=""),
                name="merchant_suspension_has_a_type",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_on_holiday(self, on: date) -> bool:
        return bool(
            self.holiday_from and self.holiday_from <= on and (not self.holiday_to or self.holiday_to >= on)
        )

    @property
    def is_onboarding(self) -> bool:
        return self.status in ONBOARDING

    @transition(field=status, source=MerchantStatus.INVITED, target=MerchantStatus.REGISTERING)
    def register(self) -> None:
        """The invited person created the account."""

    @transition(field=status, source=MerchantStatus.REGISTERING, target=MerchantStatus.IN_REVIEW)
    def submit(self) -> None:
        """The merchant handed the registration in."""

    @transition(field=status, source=MerchantStatus.IN_REVIEW, target=MerchantStatus.REGISTERING)
    def send_back(self) -> None:
        """The operator wants something changed."""

    @transition(field=status, source=MerchantStatus.IN_REVIEW, target=MerchantStatus.APPROVED)
    def approve(self) -> None:
        """The operator lets the merchant sell."""

    @transition(
        field=status,
        source=[MerchantStatus.INVITED, MerchantStatus.REGISTERING, MerchantStatus.IN_REVIEW],
        target=MerchantStatus.REJECTED,
    )
    def reject(self) -> None:
        """The operator does not want this merchant; final."""

    @transition(field=status, source=MerchantStatus.APPROVED, target=MerchantStatus.SUSPENDED)
    def suspend(self) -> None:
        """Selling stops; open orders go on."""

    @transition(field=status, source=MerchantStatus.SUSPENDED, target=MerchantStatus.APPROVED)
    def reinstate(self) -> None:
        """Selling goes on; every listing is again in the state it had."""

    @transition(
        field=status,
        source=[MerchantStatus.APPROVED, MerchantStatus.SUSPENDED],
        target=MerchantStatus.CLOSED,
    )
    def close(self) -> None:
        """The business relation ended; final."""

    @transition(
        field=kyc_status, source=[KycStatus.TO_SUBMIT, KycStatus.REFUSED], target=KycStatus.TO_APPROVE
    )
    def submit_kyc(self) -> None:
        """The merchant's identity is ready to be checked."""

    @transition(field=kyc_status, source=KycStatus.TO_APPROVE, target=KycStatus.APPROVED)
    def approve_kyc(self) -> None:
        """The identity was checked."""

    @transition(field=kyc_status, source=KycStatus.TO_APPROVE, target=KycStatus.REFUSED)
    def refuse_kyc(self) -> None:
        """The identity could not be confirmed."""

    @transition(
        field=kyc_status, source=[KycStatus.TO_SUBMIT, KycStatus.TO_APPROVE], target=KycStatus.NOT_REQUIRED
    )
    def waive_kyc(self) -> None:
        """The law asks no check of this merchant."""

    @transition(
        field=kyc_status,
        source=[KycStatus.APPROVED, KycStatus.NOT_REQUIRED],
        target=KycStatus.TO_APPROVE,
    )
    def reopen_kyc(self) -> None:
        """What was checked has changed, so it is checked again."""
