"""What happens when a clock runs out: one sweep, each clock in its own transaction, failures shown as stuck."""

import logging
from collections.abc import Callable

from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, timer_actor
from backoffice.kernel.errors import DomainError
from oms.models import MerchantOrder, TimeLimit, TimeLimitKind
from oms.operations.acceptance import refuse_merchant_order
from oms.operations.authorisations import abandon_unanswered
from oms.operations.cancellation import cancel_merchant_order, cancel_unpaid_order
from oms.operations.notices import remind_of_late_order
from oms.operations.receipt import close_merchant_order, receive_merchant_order
from oms.selectors.time_limits import list_due

logger = logging.getLogger(__name__)


def _part(limit: TimeLimit) -> MerchantOrder:
    if limit.merchant_order is None:
        raise LookupError("this clock belongs to a merchant order")
    return limit.merchant_order


def _on_unanswered(limit: TimeLimit, actor: Actor) -> None:
    abandon_unanswered(limit.order_id, actor=actor)


def _on_unpaid(limit: TimeLimit, actor: Actor) -> None:
    cancel_unpaid_order(limit.order_id, actor=actor)


def _on_no_answer_of_merchant(limit: TimeLimit, actor: Actor) -> None:
    refuse_merchant_order(_part(limit).ref, reason=_("The merchant did not answer in time."), actor=actor)


def _on_not_charged(limit: TimeLimit, actor: Actor) -> None:
    cancel_merchant_order(
        _part(limit).ref, reason=_("The payment could not be charged in time."), actor=actor
    )


def _on_late(limit: TimeLimit, actor: Actor) -> None:
    """Lateness is a fact of `ship_by`; the clock only reminds the merchant."""
    remind_of_late_order(_part(limit))


def _on_received(limit: TimeLimit, actor: Actor) -> None:
    receive_merchant_order(_part(limit).ref, actor=actor)


def _on_closed(limit: TimeLimit, actor: Actor) -> None:
    close_merchant_order(_part(limit).ref, actor=actor)


_ACTS: dict[str, tuple[str, Callable[[TimeLimit, Actor], None]]] = {
    TimeLimitKind.PAYMENT_ANSWER: ("auto-abandoned", _on_unanswered),
    TimeLimitKind.UNPAID: ("auto-unpaid", _on_unpaid),
    TimeLimitKind.ACCEPT: ("auto-refused", _on_no_answer_of_merchant),
    TimeLimitKind.CAPTURE: ("auto-uncharged", _on_not_charged),
    TimeLimitKind.SHIP: ("late-reminder", _on_late),
    TimeLimitKind.RECEIVED: ("auto-received", _on_received),
    TimeLimitKind.CLOSED: ("auto-closed", _on_closed),
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
