"""The state history that people read: who moved what where, and why."""

from collections.abc import Iterable
from typing import Any, TypedDict, Unpack

from backoffice.kernel.actors import Actor
from backoffice.kernel.phrases import clipped
from oms.models import MerchantOrder, Order, OrderLine, StateChange


class About(TypedDict, total=False):
    """What a row of history is about (at least one of the first two); `moved` is (from, to)."""

    order: Order | None
    merchant_order: MerchantOrder | None
    line: OrderLine | None
    moved: tuple[str, str]
    reason: str
    data: dict[str, Any] | None


def state_change(what: str, *, actor: Actor, **about: Unpack[About]) -> StateChange:
    """An unsaved row, for bulk writing."""
    order, merchant_order = about.get("order"), about.get("merchant_order")
    moved = about.get("moved", ("", ""))
    if order is None and merchant_order is None:
        raise ValueError("history belongs to an order or a merchant order")
    return StateChange(
        order=order or (merchant_order.order if merchant_order else None),
        merchant_order=merchant_order,
        line=about.get("line"),
        what=what,
        from_state=moved[0],
        to_state=moved[1],
        reason=clipped(about.get("reason", ""), 300),
        data=about.get("data") or {},
        actor_kind=actor.kind,
        actor_id=actor.id[:60],
        actor_label=actor.label[:200],
    )


def note(what: str, *, actor: Actor, **about: Unpack[About]) -> StateChange:
    """Write one row of history in the caller's transaction; see `state_change`."""
    row = state_change(what, actor=actor, **about)
    row.save()
    return row


def note_lines(
    what: str,
    part: MerchantOrder,
    pieces: Iterable[tuple[OrderLine, int]],
    *,
    actor: Actor,
    **about: Unpack[About],
) -> None:
    """Write what happened to each line's pieces (`line_shipped` 2 of line 1), in one statement."""
    StateChange.objects.bulk_create(
        state_change(
            what,
            actor=actor,
            merchant_order=part,
            line=line,
            reason=about.get("reason", ""),
            data={"pieces": quantity, "position": line.position} | (about.get("data") or {}),
        )
        for line, quantity in pieces
        if quantity
    )
