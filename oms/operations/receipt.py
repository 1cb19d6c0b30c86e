"""The end of a merchant order's way: received by the buyer, later closed."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from backoffice.kernel.events import publish
from oms.errors import MerchantOrderStateRefused
from oms.events import MerchantOrderClosed, MerchantOrderReceived
from oms.models import MerchantOrder, MerchantOrderState, TimeLimitKind
from oms.operations.debits import is_unpaid, on_delivery
from oms.operations.history import note
from oms.operations.time_limits import settle, start
from oms.permissions import SHIP_ORDERS
from oms.selectors.incidents import has_live_incident
from oms.selectors.orders import lock_merchant_order, lock_whole_order

ARRIVED = {MerchantOrderState.RECEIVED, MerchantOrderState.CLOSED}


@transaction.atomic
def receive_merchant_order(ref: str, *, actor: Actor) -> MerchantOrder:
    """Everything arrived, says the operator or the clock. Safe to repeat; publishes `MerchantOrderReceived` once."""
    part = lock_merchant_order(ref, actor=actor)
    # Not the merchant: receipt starts its payout.
    if not actor.is_operator:
        raise MerchantOrderStateRefused(
            _("Only the buyer, the marketplace or the time limit marks an order received.")
        )
    actor.require(SHIP_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    return _receive(part, actor)


@transaction.atomic
def confirm_receipt(order_id: int, position: int, *, actor: Actor) -> MerchantOrder:
    """The buyer, on the signed page of the order, says that one merchant's goods arrived. Safe to repeat."""
    _order, parts = lock_whole_order(order_id)
    part = next((row for row in parts if row.position == position), None)
    if part is None:
        raise NotFound(_("This order has no such part."))
    return _receive(part, actor)


def _receive(part: MerchantOrder, actor: Actor) -> MerchantOrder:
    if part.state in ARRIVED:
        return part
    if part.state not in {MerchantOrderState.SHIPPED, MerchantOrderState.TO_COLLECT}:
        raise MerchantOrderStateRefused(_("Only a shipped order can be marked as received."))
    before = part.state
    part.receive()
    part.received_at = clock.now()
    part.save(update_fields=["state", "received_at"])
    part.lines.update(quantity_received=F("quantity_shipped"))
    settle(part, [TimeLimitKind.RECEIVED])
    if not has_live_incident(part):
        start(TimeLimitKind.CLOSED, part)
    note("received", merchant_order=part, actor=actor, moved=(before, part.state))
    on_delivery(part)
    publish(MerchantOrderReceived(part.pk, part.ref, part.merchant_id, part.received_at))
    return part


@transaction.atomic
def close_merchant_order(ref: str, *, actor: Actor) -> MerchantOrder:
    """Nothing changes any more; refunds are refused from here on. Safe to repeat."""
    part = lock_merchant_order(ref, actor=actor)
    # Closing ends the buyer's refunds and settles the merchant's: not the merchant's word either.
    if not actor.is_operator:
        raise MerchantOrderStateRefused(_("Only the marketplace or the time limit closes an order."))
    actor.require(SHIP_ORDERS, merchant_id=part.merchant_id, places=part.order.places)
    if part.state == MerchantOrderState.CLOSED:
        return part
    if part.state != MerchantOrderState.RECEIVED:
        raise MerchantOrderStateRefused(_("Only a received order can be closed."))
    if is_unpaid(part):
        raise MerchantOrderStateRefused(_("The buyer has not paid this order yet; it stays open until then."))
    if has_live_incident(part):
        raise MerchantOrderStateRefused(
            _("An incident of this order is not closed yet; it stays open until then.")
        )
    part.close()
    part.ended_at = clock.now()
    part.save(update_fields=["state", "ended_at"])
    settle(part)
    note("closed", merchant_order=part, actor=actor, moved=(MerchantOrderState.RECEIVED, part.state))
    publish(MerchantOrderClosed(part.pk, part.ref, part.merchant_id, part.ended_at))
    return part
