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


def new_incident_ref() -> str:
    return new_ref("INC")


class IncidentState(models.TextChoices):
    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved by the merchant")
    CLOSED = "closed", _("Closed")


class IncidentReason(models.TextChoices):
    NOT_RECEIVED = "not_received", _("It did not arrive")
    INCOMPLETE = "incomplete", _("Something is missing")
    DAMAGED = "damaged", _("It arrived damaged")
    WRONG = "wrong", _("It is not what was ordered")
    FAULTY = "faulty", _("It does not work")
    OTHER = "other", _("Something else")


class Resolution(models.TextChoices):
    SENT_AGAIN = "sent_again", _("Sent again, or the missing part sent")
    PARTLY_REFUNDED = "partly_refunded", _("Part of the price refunded")
    EXPLAINED = "explained", _("Explained to the buyer")
    DELIVERED = "delivered", _("Was delivered; proof is at hand")
    OTHER = "other", _("Another solution")


S = IncidentState
# The payout of the line is held.
LIVE = (S.OPEN, S.RESOLVED)


class IncidentQuerySet(VisibleQuerySet["Incident"]):
    merchant_path = "merchant_order__merchant_id"
    place_paths: ClassVar = {
        WEBSITE: "merchant_order__order__website_id",
        STORE: "merchant_order__order__store_id",
    }
    place_grant = VIEW_ORDERS

    def live(self) -> "IncidentQuerySet":
        return self.filter(state__in=LIVE)


class Incident(FSMModelMixin, models.Model):
    """A problem with one line of a merchant order; while it is not closed, the payout of the line is held."""

    ref = models.CharField(max_length=24, unique=True, default=new_incident_ref, editable=False)
    merchant_order = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="incidents")
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="incident")
    state = FSMField(_("state"), default=S.OPEN, choices=S.choices, protected=True)
    reason = models.CharField(_("reason"), max_length=20, choices=IncidentReason.choices)
    text = models.TextField(_("description"), blank=True)
    # Who opened it first: `buyer` or `operator`.
    opened_by = models.CharField(max_length=10)
    opened_at = models.DateTimeField(default=clock.now)
    # How often it was opened again after it had been closed, plus one: each time holds the payout anew.
    times_opened = models.PositiveSmallIntegerField(default=1)
    resolution = models.CharField(max_length=20, choices=Resolution.choices, blank=True)
    resolution_text = models.TextField(blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = ShortPhraseField(max_length=300, blank=True)

    objects: ClassVar = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | Q(state__in=["open", "resolved"], closed_at=None),
                name="incident_closed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | Q(resolved_at__isnull=False) & ~Q(resolution=""),
                name="incident_resolved_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "opened_at"], name="incident_state"),
            models.Index(
                fields=["merchant_order"], condition=Q(state__in=["open", "resolved"]), name="incident_live"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def merchant_id(self) -> int:
        return self.merchant_order.merchant_id

    @property
    def is_live(self) -> bool:
        """Whether it holds the payout of its line."""
        return self.state in LIVE

    @transition(field=state, source=S.OPEN, target=S.RESOLVED)
    def resolve(self) -> None:
        """The merchant says what it did; the buyer or the marketplace has the last word."""

    @transition(field=state, source=list(LIVE), target=S.CLOSED)
    def close(self) -> None:
        """Nothing is left to do; the payout of the line is free."""

    @transition(field=state, source=[S.RESOLVED, S.CLOSED], target=S.OPEN)
    def reopen(self) -> None:
        """The problem is still there."""
