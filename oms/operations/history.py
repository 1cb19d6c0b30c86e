"""The state history that people read: who moved what where, and why."""

from typing import Any

from backoffice.kernel.actors import Actor
from oms.models import MerchantOrder, Order, OrderLine, StateChange


def state_change(
    what: str,
    *,
    actor: Actor,
    order: Order | None = None,
    merchant_order: MerchantOrder | None = None,
    line: OrderLine | None = None,
    moved: tuple[str, str] = ("", ""),
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> StateChange:
    """An unsaved row, for bulk writing; `moved` is (from, to)."""
    if order is None and merchant_order is None:
        raise ValueError("history belongs to an order or a merchant order")
    return StateChange(
        order=order or (merchant_order.order if merchant_order else None),
        merchant_order=merchant_order,
        line=line,
        what=what,
        from_state=moved[0],
        to_state=moved[1],
        reason=reason[:300],
        data=data or {},
        actor_kind=actor.kind,
        actor_id=actor.id[:60],
        actor_label=actor.label[:200],
    )


def note(what: str, **about: Any) -> StateChange:
    """Write one row of history in the caller's transaction; see `state_change`."""
    row = state_change(what, **about)
    row.save()
    return row
