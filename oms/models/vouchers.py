from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from oms.amounts import rate_of


def new_voucher_ref() -> str:
    return new_ref("VCH")


class VoucherKind(models.TextChoices):
    PERCENT = "percent", _("Percentage")
    AMOUNT = "amount", _("Amount")


class VoucherState(models.TextChoices):
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class Voucher(FSMModelMixin, models.Model):
    """A code by which a merchant reduces its own part of an order, at its own expense.

    Code, website, kind, value and currency never change. Something is always left to pay: a percentage stays below
    100, and an amount asks for goods worth more than it.
    """

    ref = models.CharField(max_length=24, unique=True, default=new_voucher_ref)
    merchant = models.ForeignKey("mas.Merchant", on_delete=models.PROTECT, related_name="+")
    website = models.ForeignKey("mms.Website", on_delete=models.PROTECT, related_name="+")
    # In capitals: buyers may write it as they like.
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=VoucherKind.choices)
    rate_bps = models.PositiveIntegerField(_("percentage"), null=True, blank=True)
    amount_minor = models.BigIntegerField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    # The merchant's goods in the cart before the discount.
    minimum_minor = models.BigIntegerField(_("goods for at least"), default=0)
    valid_from = models.DateTimeField(_("valid from"), default=clock.now)
    # The first moment at which it is not valid any more.
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_("uses in all"), null=True, blank=True)
    max_uses_per_buyer = models.PositiveIntegerField(_("uses per buyer"), null=True, blank=True)
    # Uses that were not given back.
    uses = models.PositiveIntegerField(default=0)
    state = FSMField(_("state"), default=VoucherState.ACTIVE, choices=VoucherState.choices, protected=True)
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = VisibleQuerySet["Voucher"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["website", "code"], condition=Q(state="active"), name="voucher_active_code_once"
            ),
            models.CheckConstraint(
                condition=Q(code=Upper("code")) & ~Q(code=""), name="voucher_code_capital"
            ),
            models.CheckConstraint(
                condition=Q(kind="percent", amount_minor=None, rate_bps__gte=1, rate_bps__lt=10_000)
                | Q(
                    kind="amount",
                    rate_bps=None,
                    amount_minor__gte=1,
                    amount_minor__lt=F("minimum_minor"),
                ),
                name="voucher_leaves_something_to_pay",
            ),
            models.CheckConstraint(condition=Q(minimum_minor__gte=0), name="voucher_minimum_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="voucher_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(max_uses=None) | (Q(max_uses__gte=1) & Q(max_uses__gte=F("uses"))),
                name="voucher_uses_within",
            ),
            models.CheckConstraint(
                condition=Q(max_uses_per_buyer=None) | Q(max_uses_per_buyer__gte=1),
                name="voucher_uses_per_buyer_positive",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_at=None) | Q(state="ended", ended_at__isnull=False),
                name="voucher_ended_once",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="voucher_of_merchant")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_active(self) -> bool:
        return bool(self.state == VoucherState.ACTIVE)

    def discount_on(self, goods_minor: int) -> int:
        """What it takes off goods of this value, in minor units; at least one minor unit is left to pay."""
        wanted = self.amount_minor or 0 if self.rate_bps is None else rate_of(goods_minor, self.rate_bps)
        return max(0, min(wanted, goods_minor - 1))

    @transition(field=state, source=VoucherState.ACTIVE, target=VoucherState.ENDED)
    def end(self) -> None:
        """Nobody can use it any more; its code is free again."""


class VoucherUse(models.Model):
    """One merchant order that a voucher reduced, and by how much; given back when the order came to nothing."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="redemptions")
    merchant_order = models.OneToOneField(
        "oms.MerchantOrder", on_delete=models.PROTECT, related_name="voucher_use"
    )
    # In small letters: the limit per buyer counts by it.
    buyer_email = models.EmailField()
    discount_minor = models.BigIntegerField()
    used_at = models.DateTimeField(default=clock.now)
    given_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(discount_minor__gte=1), name="voucher_use_of_something"),
        ]
        indexes = [
            models.Index(
                fields=["voucher", "buyer_email"],
                condition=Q(given_back_at=None),
                name="voucher_use_of_buyer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id}: {self.discount_minor}"
