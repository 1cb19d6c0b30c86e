"""What happens when a clock runs out: one sweep, each clock in its own transaction, failures shown as stuck."""

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, timer_actor
from backoffice.kernel.errors import DomainError
from backoffice.kernel.phrases import gettext as _
from oms.models import MerchantOrder, TimeLimit, TimeLimitKind
from oms.operations.acceptance import refuse_merchant_order
from oms.operations.authorisations import abandon_unanswered
from oms.operations.cancellation import cancel_merchant_order, cancel_unpaid_order
from oms.operations.debits import charge_before_expiry, list_orders_to_charge_before_expiry
from oms.operations.invoice_requests import ask_operator_for_invoice
from oms.operations.notices import remind_of_duty, remind_of_late_order, remind_of_unpaid_invoice
from oms.operations.receipt import close_merchant_order, receive_merchant_order
from oms.selectors.time_limits import list_due, list_due_nudges

logger = logging.getLogger(__name__)


def _part(limit: TimeLimit) -> MerchantOrder:
    if limit.merchant_order is None:
        raise LookupError("this clock belongs to a merchant order")
    return limit.merchant_order


def _on_unanswered(limit: TimeLimit, actor: Actor) -> None:
    abandon_unanswered(limit.order_id, actor=actor)


def _on_unpaid(limit: TimeLimit, actor: Actor) -> None:
    reason = _("The payment did not arrive in time.")
    cancel_unpaid_order(limit.order_id, reason=reason, actor=actor)


def _on_no_answer_of_merchant(limit: TimeLimit, actor: Actor) -> None:
    refuse_merchant_order(_part(limit).ref, reason=_("The merchant did not answer in time."), actor=actor)


def _on_not_charged(limit: TimeLimit, actor: Actor) -> None:
    reason = _("The payment could not be charged in time.")
    if limit.merchant_order is None:
        cancel_unpaid_order(limit.order_id, reason=reason, actor=actor)
    else:
        cancel_merchant_order(limit.merchant_order.ref, reason=reason, actor=actor)


def _on_due(limit: TimeLimit, actor: Actor) -> None:
    """The invoice is overdue: people and the buyer hear of it, the debt remains."""
    remind_of_unpaid_invoice(_part(limit))


def _on_late(limit: TimeLimit, actor: Actor) -> None:
    """Lateness is a fact of `ship_by`; the clock only reminds the merchant."""
    remind_of_late_order(_part(limit))


def _on_received(limit: TimeLimit, actor: Actor) -> None:
    receive_merchant_order(_part(limit).ref, actor=actor)


def _on_closed(limit: TimeLimit, actor: Actor) -> None:
    close_merchant_order(_part(limit).ref, actor=actor)


def _on_no_invoice(limit: TimeLimit, actor: Actor) -> None:
    ask_operator_for_invoice(_part(limit))


_ACTS: dict[str, tuple[str, Callable[[TimeLimit, Actor], None]]] = {
    TimeLimitKind.PAYMENT_ANSWER: ("auto-abandoned", _on_unanswered),
    TimeLimitKind.UNPAID: ("auto-unpaid", _on_unpaid),
    TimeLimitKind.ACCEPT: ("auto-refused", _on_no_answer_of_merchant),
    TimeLimitKind.CAPTURE: ("auto-uncharged", _on_not_charged),
    TimeLimitKind.DUE: ("overdue-reminder", _on_due),
    TimeLimitKind.SHIP: ("late-reminder", _on_late),
    TimeLimitKind.RECEIVED: ("auto-received", _on_received),
    TimeLimitKind.CLOSED: ("auto-closed", _on_closed),
    TimeLimitKind.INVOICE: ("late-invoice", _on_no_invoice),
}


def run_due_time_limits() -> int:
    """Do what is due, oldest first; returns how many clocks were settled. Safe to run twice at once."""
    return sum(_run(limit) for limit in list_due())


def _run(limit: TimeLimit) -> bool:
    label, act = _ACTS[limit.kind]
    open_limit = TimeLimit.objects.filter(pk=limit.pk, settled_at=None)
    try:
        act(limit, timer_actor(label))
    except DomainError as error:
        logger.warning("time limit %s of order %s: %s", limit.kind, limit.order_id, error)
        open_limit.update(last_error=str(error)[:500], attempts=F("attempts") + 1)
        return False
    open_limit.update(settled_at=clock.now(), last_error="")
    return True


def charge_expiring_payments() -> int:
    """Held money that ends within a day is charged; what nobody accepted by then is refused. Returns the orders."""
    actor = timer_actor("authorisation-expiry")
    order_ids = list_orders_to_charge_before_expiry()
    for order_id in order_ids:
        for ref in charge_before_expiry(order_id, actor=actor):
            try:
                refuse_merchant_order(
                    ref, reason=_("The payment would have ended before the merchant answered."), actor=actor
                )
            except DomainError as error:
                # Answered at this very moment: then it was charged, too.
                logger.warning("order %s was not refused before its payment ends: %s", ref, error)
    return len(order_ids)


def send_due_nudges() -> int:
    """Remind merchants of duties whose time is running out; each reminder once, also when two sweeps run at once."""
    return sum(_nudge(limit) for limit in list_due_nudges())


@transaction.atomic
def _nudge(limit: TimeLimit) -> bool:
    mine = TimeLimit.objects.filter(pk=limit.pk, nudges=limit.nudges, settled_at=None)
    following = limit.second_nudge_at
    # After an outage one reminder is enough.
    if following is not None and following <= clock.now():
        following = None
    if not mine.update(nudges=F("nudges") + 1, nudge_at=following, second_nudge_at=None):
        return False
    remind_of_duty(_part(limit), limit)
    return True
