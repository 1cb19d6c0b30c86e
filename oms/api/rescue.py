"""The operator's programs and what is stuck: the list with reasons and advice, and the acts that help."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from oms.api import rescue_schemas, schemas
from oms.api.answers import actor_of
from oms.models import PaymentAttempt, Refund
from oms.operations.payment_notifications import handle_again
from oms.operations.payment_rescue import look_up_again, state_outcome, try_capture_again
from oms.operations.refunds import confirm_refund
from oms.permissions import CANCEL_ORDERS, MARK_PAID, REFUND_ORDERS, RESOLVE_PAYMENTS, VIEW_ORDERS
from oms.selectors.payments import get_notification, list_notifications
from oms.selectors.stuck import StuckItem, list_stuck

Answer = dict[str, Any]

# The acts of the stuck list as paths; the last argument names what they are done to.
ACTS: dict[str, tuple[str, str, str]] = {
    "oms-attempt-look_up": ("look_up", "/payment-commands/{}/look-up", RESOLVE_PAYMENTS),
    "oms-attempt-outcome": ("state_outcome", "/payment-commands/{}/outcome", RESOLVE_PAYMENTS),
    "oms-part-capture": ("capture", "/merchant-orders/{}/capture", RESOLVE_PAYMENTS),
    "oms-part-cancel": ("cancel", "/merchant-orders/{}/cancel", CANCEL_ORDERS),
    "oms-refund-retry": ("retry_refund", "/refunds/{}/retry", REFUND_ORDERS),
    "oms-refund-confirm": ("confirm_refund", "/refunds/{}/confirm", MARK_PAID),
    "oms-order-paid": ("record_payment", "/orders/{}/paid", MARK_PAID),
    "oms-notification-retry": ("handle_message", "/payment-messages/{}/retry", RESOLVE_PAYMENTS),
}
_COMMAND = ("kind", "state", "amount_minor", "tries", "message", "created_at", "answered_at")


def _stuck_answer(item: StuckItem, actor: Actor) -> Answer:
    names = ("kind", "order_ref", "subject_ref", "since", "reason", "advice")
    acts = [(*ACTS[name], args[-1]) for name, args in item.acts]
    return {name: getattr(item, name) for name in names} | {
        "acts": [
            {"act": act, "method": "POST", "path": path.format(subject)}
            for act, path, grant, subject in acts
            if actor.can(grant)
        ]
    }


def _command_answer(attempt: PaymentAttempt) -> Answer:
    return {name: getattr(attempt, name) for name in _COMMAND} | {
        "key": attempt.idempotency_key,
        "order_ref": attempt.payment.order.ref,
        "currency": attempt.payment.currency,
    }


def list_all_stuck(request: HttpRequest) -> Answer:
    """What waits longer than it should, longest first: why, what helps, and which of that the key may do."""
    actor = actor_of(request)
    return {"items": [_stuck_answer(item, actor) for item in list_stuck(actor)]}


def look_up(request: HttpRequest, key: str) -> Answer:
    """Ask the provider now what became of a command. Nothing is sent a second time."""
    return _command_answer(look_up_again(key, actor=actor_of(request)))


def decide(request: HttpRequest, key: str, payload: rescue_schemas.OutcomeIn) -> Answer:
    """Record what the provider's own pages say when its API never answers; everything follows as if it had."""
    return _command_answer(
        state_outcome(key, happened=payload.happened, note_text=payload.note, actor=actor_of(request))
    )


def capture(request: HttpRequest, ref: str) -> Answer:
    """Charge a merchant order again whose charge was refused."""
    return _command_answer(try_capture_again(ref, actor=actor_of(request)))


def confirm(request: HttpRequest, ref: str) -> Refund:
    """The bank executed a refund that no provider does by itself. Repeating it is harmless."""
    return confirm_refund(ref, actor=actor_of(request))


def list_messages(request: HttpRequest, page: Query[PageQuery], state: str = "") -> Answer:
    """Every message that a payment provider sent in the last ninety days, newest first; `state` narrows."""
    rows = list_notifications(actor_of(request))
    return paginate(rows.filter(state=state) if state else rows, page)


def retry_message(request: HttpRequest, message_id: int) -> Any:
    """Handle a parked message again after its cause was mended."""
    handle_again(message_id, actor=actor_of(request))
    return get_notification(message_id)


def mount_rescue(router: Router) -> None:
    """The routes about stuck payments, for the operator's API."""
    command, one = rescue_schemas.PaymentCommandOut, "/payment-commands/{key}"
    message = rescue_schemas.PaymentMessageOut
    endpoint(router, "GET", "/stuck", grant=VIEW_ORDERS, response=rescue_schemas.StuckListOut)(list_all_stuck)
    endpoint(router, "POST", f"{one}/look-up", grant=RESOLVE_PAYMENTS, response=command)(look_up)
    endpoint(router, "POST", f"{one}/outcome", grant=RESOLVE_PAYMENTS, response=command)(decide)
    endpoint(router, "POST", "/merchant-orders/{ref}/capture", grant=RESOLVE_PAYMENTS, response=command)(
        capture
    )
    endpoint(router, "POST", "/refunds/{ref}/confirm", grant=MARK_PAID, response=schemas.RefundOut)(confirm)
    endpoint(
        router,
        "GET",
        "/payment-messages",
        grant=RESOLVE_PAYMENTS,
        response=PageOut[rescue_schemas.PaymentMessageOut],
    )(list_messages)
    endpoint(
        router, "POST", "/payment-messages/{message_id}/retry", grant=RESOLVE_PAYMENTS, response=message
    )(retry_message)
