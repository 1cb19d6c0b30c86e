"""Refunds as people see them and as the world hears of them."""

from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from oms.events import RefundFailed, RefundRequested, RefundSucceeded
from oms.models import Refund, RefundState

E = TypeVar("E", RefundRequested, RefundSucceeded, RefundFailed)

REASONS = {
    "damaged": _("Arrived damaged"),
    "missing": _("Missing or incomplete"),
    "returned": _("Returned by the buyer"),
    "late": _("Arrived too late"),
    "goodwill": _("Goodwill"),
    "refused": _("Refused by the merchant"),
    "cancelled": _("Cancelled"),
    "other": _("Other reason"),
}


def list_refunds(actor: Actor) -> QuerySet[Refund]:
    """The refunds of the actor's merchant orders, newest first."""
    rows: QuerySet[Refund] = (
        Refund.objects.visible_to(actor).select_related("merchant_order__order").order_by("-id")
    )
    return rows


def list_refunds_to_execute(actor: Actor) -> QuerySet[Refund]:
    """Refunds that wait for the operator's bank."""
    return list_refunds(actor).filter(state=RefundState.SENT)


def find_refund_by_key(request_key: str) -> Refund | None:
    found: Refund | None = (
        Refund.objects.filter(request_key=request_key).select_related("merchant_order").first()
    )
    return found


def refund_event(event_class: type[E], refund: Refund) -> E:
    """The event of this class about this refund as it is now."""
    return event_class(
        refund_id=refund.pk,
        refund_ref=refund.ref,
        merchant_order_id=refund.merchant_order_id,
        merchant_id=refund.merchant_order.merchant_id,
        currency=refund.currency,
        amount_minor=refund.amount_minor,
        shipping_minor=refund.shipping_minor,
        lines=tuple(refund.lines.order_by("id").values_list("line_id", "quantity", "amount_minor")),
        reason=refund.reason,
        occurred_at=clock.now(),
    )
