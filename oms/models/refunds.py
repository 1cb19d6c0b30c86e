from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from backoffice.kernel import clock
from backoffice.kernel.actors import STORE, WEBSITE
from backoffice.kernel.phrases import ShortPhraseField
from backoffice.kernel.refs import new_ref
from backoffice.kernel.scoping import VisibleQuerySet
from oms.models.merchant_orders import MerchantOrder, OrderLine
from oms.permissions import VIEW_ORDERS


def new_refund_ref() -> str:
    return new_ref("RFD")


class RefundState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    DONE = "done", _("Paid back")
    FAILED = "failed", _("Failed")


R = RefundState


class RefundQuerySet(VisibleQuerySet["Refund"]):
    merchant_path = "merchant_order__merchant_id"
    place_paths: ClassVar = {
        WEBSITE: "merchant_order__order__website_id",
        STORE: "merchant_order__order__store_id",
    }
    place_grant = VIEW_ORDERS


class Refund(FSMModelMixin, models.Model):
    """Money to be given back to the buyer of one merchant order: its lines and shipping sum to the amount."""

    ref = models.CharField(max_length=24, unique=True, default=new_refund_ref)
    merchant_order = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="refunds")
    # Repeating a request with the same key finds the first one's refund.
    request_key = models.CharField(max_length=100, unique=True)
    state = FSMField(_("state"), default=R.WAITING, choices=R.choices, protected=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField(default=0)
    # The tax inside the amount, of all lines and the shipping.
    tax_minor = models.BigIntegerField(default=0)
    shipping_tax_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=300, blank=True)
    requested_by = models.CharField(max_length=200)
    failure = ShortPhraseField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=1, shipping_minor__gte=0), name="refund_of_something"
            )
        ]
        indexes = [models.Index(fields=["state", "-id"], name="refund_state")]

    def __str__(self) -> str:
        return self.ref

    @property
    def merchant_id(self) -> int:
        return self.merchant_order.merchant_id

    @transition(field=state, source=R.WAITING, target=R.SENT)
    def send(self) -> None:
        """The provider took it, or the operator's bank has to execute it."""

    @transition(field=state, source=[R.WAITING, R.SENT], target=R.DONE)
    def finish(self) -> None:
        """The buyer has the money."""

    @transition(field=state, source=[R.WAITING, R.SENT], target=R.FAILED)
    def fail(self) -> None:
        """The provider refused."""

    @transition(field=state, source=R.DONE, target=R.FAILED)
    def bounce(self) -> None:
        """The provider paid it back and the money came back to it: the buyer has not got it after all."""

    @transition(field=state, source=R.FAILED, target=R.WAITING)
    def retry(self) -> None:
        """Somebody asked to try again."""


class RefundLine(models.Model):
    """A line's part of a refund; a quantity of 0 gives back an amount without taking pieces off the line."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity}: {self.amount_minor}"
