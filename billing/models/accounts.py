from typing import Any

from django.db import models

from backoffice.kernel.scoping import VisibleQuerySet
from billing.chart import Code, normal_side


class AccountQuerySet(VisibleQuerySet[Any]):
    merchant_path = "owner_id"

    def visible_to(self, actor: Any) -> "AccountQuerySet":
        seen = super().visible_to(actor)
        return seen if actor.is_global else seen.filter(owner_type="merchant")


class Account(models.Model):
    """One place money can be: an entity's code, owner and currency.

    The natural key has no NULL: "" and 0 stand for "the entity itself", so the unique index really is one.
    """

    entity = models.ForeignKey("billing.LegalEntity", on_delete=models.PROTECT, related_name="accounts")
    code = models.CharField(max_length=4, choices=Code.choices)
    owner_type = models.CharField(max_length=40, default="", blank=True)
    owner_id = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "code", "owner_type", "owner_id", "currency"], name="account_natural_key"
            ),
        ]
        indexes = [models.Index(fields=["owner_type", "owner_id", "code"], name="account_owner")]

    def __str__(self) -> str:
        return f"{self.code} {self.owner_type}{self.owner_id or ''} {self.currency}"

    @property
    def side(self) -> int:
        """+1 where a debit raises the account, -1 where a credit does."""
        return normal_side(self.code)

    @property
    def ref(self) -> str:
        """The natural key as one word for addresses of pages: `nordhaus~1100~EUR~psp:card~0`."""
        return "~".join([self.entity.code, self.code, self.currency, self.owner_type, str(self.owner_id)])

    @property
    def owner_label(self) -> str:
        """The stable name of the owner for programs: `merchant 7`, `psp:card`, or empty for the company itself."""
        return f"{self.owner_type} {self.owner_id}" if self.owner_id else self.owner_type


class Balance(models.Model):
    """The live balance of a merchant account (debit > 0), changed only by conditional updates beside its postings."""

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, related_name="balance"
    )
    posted_minor = models.BigIntegerField(default=0)
    # Kept by the same updates: a debit on a merchant's account is a debt, and this is when it began.
    below_zero_since = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["below_zero_since"],
                condition=models.Q(below_zero_since__isnull=False),
                name="balance_below_zero",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.posted_minor}"


class BalanceSnapshot(models.Model):
    """An account's balance at a journal sequence: reads start here and add only what came later."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="snapshots")
    seq = models.BigIntegerField()
    # Every entry up to `seq` was booked before this moment.
    as_of = models.DateTimeField()
    posted_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "seq"], name="balance_snapshot_once")]
        indexes = [models.Index(fields=["account", "-as_of"], name="balance_snapshot_as_of")]

    def __str__(self) -> str:
        return f"{self.account_id} at {self.seq}: {self.posted_minor}"
