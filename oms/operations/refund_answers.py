"""What payment providers say about refunds."""

from backoffice.kernel.actors import Actor
from backoffice.kernel.events import publish
from backoffice.kernel.phrases import clipped
from backoffice.kernel.phrases import gettext as _
from mms.operations.tasks import close_tasks, open_task
from oms.events import RefundFailed
from oms.models import AttemptState, PaymentAttempt, Refund, RefundState
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


def take_back_paid(attempt: PaymentAttempt, answer: Answer, actor: Actor) -> bool:
    """The provider says of a refund it had paid that it failed: failed again, visible, to be retried. Once.

    Needs the order locked; False when the command was taken back already or another one is in its place.
    """
    paid = PaymentAttempt.objects.filter(pk=attempt.pk, state=AttemptState.DONE)
    if not paid.update(state=AttemptState.REFUSED, message=clipped(answer.message, 300)):
        return False
    refund: Refund = Refund.objects.select_related("merchant_order__order").get(attempts=attempt)
    if refund.state != RefundState.DONE:
        return False
    refund.bounce()
    refund.finished_at = None
    refund.save(update_fields=["finished_at"])
    _tell_failed(refund, answer.message, actor)
    return True


def _fail(refund: Refund, message: str, actor: Actor) -> None:
    refund.fail()
    _tell_failed(refund, message, actor)


def _tell_failed(refund: Refund, message: str, actor: Actor) -> None:
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
