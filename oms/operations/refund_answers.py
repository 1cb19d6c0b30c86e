"""What payment providers say about refunds."""

from backoffice.kernel.actors import Actor
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import clipped
from backoffice.kernel.phrases import gettext as _
from mms.operations.tasks import close_tasks, open_task
from oms.events import RefundFailed
from oms.models import PaymentAttempt, Refund, RefundState
from oms.operations.history import note
from oms.operations.refunds import finish_refund
from oms.ports import Answer, Outcome
from oms.selectors.orders import LockedOrder
from oms.selectors.refunds import refund_event


def record_refund(attempt: PaymentAttempt, answer: Answer, locked: LockedOrder, actor: Actor) -> None:
    """Paid back, waiting for the operator's bank, or failed: visible and retried. Runs with the order locked."""
    refund: Refund = Refund.objects.select_related("merchant_order__order").get(attempts=attempt)
    if refund.state not in {RefundState.WAITING, RefundState.SENT}:
        return
    if answer.outcome == Outcome.APPROVED:
        finish_refund(refund, actor)
        close_tasks("oms.refund_failed", refund.ref, actor=actor)
    elif answer.outcome in {Outcome.PENDING, Outcome.WORKING}:
        if refund.state == RefundState.SENT:
            return
        refund.send()
        refund.save(update_fields=["state"])
        note("refund_sent", merchant_order=refund.merchant_order, actor=actor, data={"refund": refund.ref})
    else:
        _fail(refund, answer.message, actor)


def _fail(refund: Refund, message: str, actor: Actor) -> None:
    refund.fail()
    refund.failure = clipped(message, 300)
    refund.save(update_fields=["state", "failure"])
    note(
        "refund_failed",
        merchant_order=refund.merchant_order,
        actor=actor,
        reason=message,
        data={"refund": refund.ref},
    )
    open_task(
        kind="oms.refund_failed",
        title=_("Refund %(ref)s failed: %(reason)s") % {"ref": refund.ref, "reason": message},
        url_name="console:oms-order-detail",
        url_args=[refund.merchant_order.order.ref],
        subject_ref=refund.ref,
        merchant_id=refund.merchant_id,
    )
    publish(refund_event(RefundFailed, refund))
