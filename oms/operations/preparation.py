"""From accepted and paid to the merchant's packing table."""

from datetime import UTC, datetime, time

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from oms.models import MerchantOrder, MerchantOrderState, TimeLimitKind
from oms.operations.history import note
from oms.operations.time_limits import settle, start
from oms.selectors.delivery import add_business_days


def start_preparation(part: MerchantOrder, actor: Actor) -> None:
    """The merchant order may be shipped from now on, by the end of its lead time in working days."""
    part.start_preparation()
    ship_on = add_business_days(clock.today(), max(part.lead_time_days, 1))
    part.ship_by = datetime.combine(ship_on, time(23, 59, 59), tzinfo=UTC)
    part.save(update_fields=["state", "ship_by"])
    settle(part, [TimeLimitKind.CAPTURE])
    start(TimeLimitKind.SHIP, part, due_at=part.ship_by)
    note(
        "in_preparation",
        merchant_order=part,
        actor=actor,
        moved=(MerchantOrderState.WAITING_PAYMENT, MerchantOrderState.IN_PREPARATION),
    )
