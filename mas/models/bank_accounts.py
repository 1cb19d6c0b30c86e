from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet


def new_bank_account_ref() -> str:
    return new_ref("BNK")


class BankScheme(models.TextChoices):
    IBAN = "iban", _("IBAN")
    US_ABA = "us_aba", _("US routing number and account")
    GB_SORT_CODE = "gb_sort_code", _("UK sort code and account")


class BankAccountState(models.TextChoices):
    UNVERIFIED = "unverified", _("Not verified")
    VERIFIED = "verified", _("Verified")
    REPLACED = "replaced", _("Replaced")


class BankAccountQuerySet(VisibleQuerySet["BankAccount"]):
    """Scoped by its merchant."""


class BankAccount(FSMModelMixin, models.Model):
    """Where a merchant is paid; a change makes a new row and the old one stays as history."""

    ref = models.CharField(max_length=24, unique=True, default=new_bank_account_ref, editable=False)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="bank_accounts")
    state = FSMField(choices=BankAccountState.choices, default=BankAccountState.UNVERIFIED, protected=True)
    scheme = models.CharField(max_length=12, choices=BankScheme.choices, default=BankScheme.IBAN)
    holder = models.CharField(_("account holder"), max_length=140)
    # The IBAN, or the account number beside a routing number or sort code; stored without spaces.
    account_number = models.CharField(_("account number"), max_length=34)
    routing_code = models.CharField(_("routing number or sort code"), max_length=12, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    bank_name = models.CharField(_("bank"), max_length=140, blank=True)
    country = models.CharField(max_length=2)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey("mms.User", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_by_label = models.CharField(max_length=200)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by_label = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant"],
                condition=~Q(state="replaced"),
                name="bank_account_one_current_per_merchant",
            ),
            models.CheckConstraint(
                condition=Q(state="unverified", verified_at__isnull=True)
                | Q(state="verified", verified_at__isnull=False)
                | Q(state="replaced"),
                name="bank_account_verified_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.masked_number}"

    @property
    def masked_number(self) -> str:
        """The account as people may see it: country or nothing, dots, the last four characters."""
        start = self.account_number[:2] if self.scheme == BankScheme.IBAN else ""
        return f"{start} •••• {self.account_number[-4:]}".strip()

    @transition(field=state, source=BankAccountState.UNVERIFIED, target=BankAccountState.VERIFIED)
    def verify(self) -> None:
        """Somebody checked that the account is the merchant's."""

    @transition(
        field=state,
        source=[BankAccountState.UNVERIFIED, BankAccountState.VERIFIED],
        target=BankAccountState.REPLACED,
    )
    def replace(self) -> None:
        """A newer account took over."""

    @transition(field=state, source=BankAccountState.VERIFIED, target=BankAccountState.UNVERIFIED)
    def doubt(self) -> None:
        """Money sent there came back, so it must be checked again."""
