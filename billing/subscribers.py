"""Billing hears what happens to orders in the same transaction: the books never disagree with their cause."""

from backoffice.kernel.actors import system_actor
from backoffice.kernel.events import subscribe
from billing.operations.accounts import open_accounts_of_new_merchant
from billing.operations.fee_freezing import freeze_new_fees, freeze_order_fees
from billing.operations.incident_holds import hold_line, measure_incident_holds, release_line
from billing.operations.refunds import (
    book_refund,
    book_refund_paid,
    note_refund_failed,
    return_fees_of_withdrawn,
)
from billing.operations.sales import book_capture, charge_commission, start_hold
from mas.events import MerchantApproved
from mas.selectors.merchants import get_merchants_by_id
from oms.events import (
    IncidentClosed,
    IncidentOpened,
    MerchantOrderAccepted,
    MerchantOrderReceived,
    MerchantOrderRerouted,
    OrderPlaced,
    PaymentCaptured,
    PiecesWithdrawn,
    RefundFailed,
    RefundRequested,
    RefundSucceeded,
)

ACTOR = system_actor("billing")


@subscribe(MerchantApproved, mode="inline")
def on_merchant_approved(event: MerchantApproved) -> None:
    merchant = get_merchants_by_id({event.merchant_id})[event.merchant_id]
    open_accounts_of_new_merchant(merchant.pk, merchant.currency)


@subscribe(OrderPlaced, mode="inline")
def on_order_placed(event: OrderPlaced) -> None:
    if event.in_hand is None:
        freeze_order_fees(event.order_id)
    else:
        freeze_new_fees(event.in_hand.bases, event.in_hand.merchants)


@subscribe(MerchantOrderRerouted, mode="inline")
def on_merchant_order_rerouted(event: MerchantOrderRerouted) -> None:
    freeze_order_fees(event.order_id)


@subscribe(PaymentCaptured, mode="inline")
def on_payment_captured(event: PaymentCaptured) -> None:
    book_capture(event, actor=ACTOR)


@subscribe(MerchantOrderAccepted, mode="inline")
def on_merchant_order_accepted(event: MerchantOrderAccepted) -> None:
    charge_commission(event.merchant_order_id, occurred_at=event.occurred_at, actor=ACTOR)


@subscribe(MerchantOrderReceived, mode="inline")
def on_merchant_order_received(event: MerchantOrderReceived) -> None:
    start_hold(event.merchant_order_id, occurred_at=event.occurred_at)


@subscribe(PiecesWithdrawn, mode="inline")
def on_pieces_withdrawn(event: PiecesWithdrawn) -> None:
    return_fees_of_withdrawn(event, actor=ACTOR)
    measure_incident_holds(event.merchant_order_id)


@subscribe(RefundRequested, mode="inline")
def on_refund_requested(event: RefundRequested) -> None:
    book_refund(event, actor=ACTOR)
    measure_incident_holds(event.merchant_order_id)


@subscribe(IncidentOpened, mode="inline")
def on_incident_opened(event: IncidentOpened) -> None:
    hold_line(event, actor=ACTOR)


@subscribe(IncidentClosed, mode="inline")
def on_incident_closed(event: IncidentClosed) -> None:
    release_line(event, actor=ACTOR)


@subscribe(RefundSucceeded, mode="inline")
def on_refund_succeeded(event: RefundSucceeded) -> None:
    book_refund_paid(event, actor=ACTOR)


@subscribe(RefundFailed, mode="inline")
def on_refund_failed(event: RefundFailed) -> None:
    note_refund_failed(event, actor=ACTOR)
