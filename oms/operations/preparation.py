"""From accepted and paid to the merchant's packing table."""

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from oms.models import MerchantOrder, MerchantOrderState, TimeLimitKind
from oms.operations.history import note
from oms.operations.time_limits import settle, start
from oms.selectors.calendars import get_terms, working_time_of


def start_preparation(part: MerchantOrder, actor: Actor) -> None:
    """The merchant order may be shipped from now on, by the end of its lead time in the merchant's working days.

    Who ships it is decided here too: the merchant, or the marketplace's fulfilment centre in its place.
    """
    part.start_preparation()
    part.ship_by = working_time_of(part.merchant_id).ship_by(clock.now(), max(part.lead_time_days, 1))
    part.fulfilment_centre = get_terms(part.merchant_id).fulfilment_centre
    part.save(update_fields=["state", "ship_by", "fulfilment_centre"])
    settle(part, [TimeLimitKind.CAPTURE])
    start(TimeLimitKind.SHIP, part, due_at=part.ship_by)
    note(
        "in_preparation",
        merchant_order=part,
        actor=actor,
        moved=(MerchantOrderState.WAITING_PAYMENT, MerchantOrderState.IN_PREPARATION),
    )
