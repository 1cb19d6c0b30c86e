"""Promises of stock: the one place where `StockItem.reserved` changes.

Every increase is one conditional UPDATE whose row count is looked at, so two buyers can never both get the last piece
on either engine; the reservation and the movement are written in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import DomainError
from oms.errors import OutOfStock
from oms.models import MovementKind, Reservation, ReservationState, StockItem, StockMovement
from oms.operations.availability import push_availability
from oms.selectors.stock import AVAILABLE, list_items_to_draw_on

REPLANS = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of one offer, for one order line."""

    key: str
    offer_id: int
    quantity: int
    line_id: int | None = None


@transaction.atomic
def reserve(
    wanted: Sequence[Wanted], *, purpose: str, actor: Actor, expires_at: datetime | None = None
) -> list[Reservation]:
    """Promise all of it or nothing; with `expires_at` as a hold, without as committed.

    Idempotent by `Wanted.key`. Takes stock rows in the order of offers, so two orders never wait for each other in a
    circle. Raises `OutOfStock` naming each offer that is short (`params["short"]`: offer id → pieces left).
    """
    known = {row.key: row for row in Reservation.objects.filter(key__in=[want.key for want in wanted])}
    todo = [want for want in wanted if want.key not in known]
    if not todo:
        return list(known.values())
    return [*known.values(), *reserve_new(todo, purpose=purpose, actor=actor, expires_at=expires_at)]


def reserve_new(
    wanted: Sequence[Wanted], *, purpose: str, actor: Actor, expires_at: datetime | None = None
) -> list[Reservation]:
    """`reserve` for keys that cannot exist yet, in the caller's transaction, which must end when this raises."""
    todo = sorted(wanted, key=lambda want: want.offer_id)
    stock = list_items_to_draw_on(want.offer_id for want in todo)
    _release_expired_where_short(todo, stock, actor)
    state = ReservationState.HELD if expires_at else ReservationState.COMMITTED
    rows: list[Reservation] = []
    short: dict[int, int] = {}
    for want in todo:
        taken = _take(want, stock.get(want.offer_id, []))
        if taken is None:
            short[want.offer_id] = sum(item.available for item in stock.get(want.offer_id, []))
            continue
        for number, (item, quantity) in enumerate(taken):
            rows.append(
                Reservation(
                    key=want.key if not number else f"{want.key}.{number}",
                    item=item,
                    purpose=purpose,
                    line_id=want.line_id,
                    quantity=quantity,
                    open_quantity=quantity,
                    state=state,
                    expires_at=expires_at,
                )
            )
    if short:
        # Undoes what was taken for the other lines.
        raise OutOfStock(_("There is not enough left of some products."), short=short)
    Reservation.objects.bulk_create(rows)
    _write_movements(MovementKind.RESERVED, rows, purpose, actor, sign=1)
    push_availability(want.offer_id for want in todo)
    return rows


def _take(want: Wanted, items: list[StockItem]) -> list[tuple[StockItem, int]] | None:
    """Reserve one offer's pieces: at one place if one has them all, else over several; None when too few are left."""
    for _attempt in range(REPLANS):
        plan = _plan(want.quantity, items)
        if plan is None:
            return None
        done: list[tuple[StockItem, int]] = []
        for item, quantity in plan:
            if not _raise_reserved(item, quantity):
                break
            done.append((item, quantity))
        else:
            return done
        # Somebody was faster: give back what this attempt took and look at fresh numbers.
        for item, quantity in done:
            StockItem.objects.filter(pk=item.pk).update(reserved=F("reserved") - quantity)
        for item in items:
            item.refresh_from_db(fields=["on_hand", "reserved", "safety", "backorder_cap"])
    return None


def _plan(quantity: int, items: list[StockItem]) -> list[tuple[StockItem, int]] | None:
    for item in items:
        if item.available >= quantity:
            return [(item, quantity)]
    plan: list[tuple[StockItem, int]] = []
    # Fewest places first: the fullest are emptied first, written in key order.
    for item in sorted(items, key=lambda row: -row.available):
        part = min(quantity, item.available)
        if part:
            plan.append((item, part))
            quantity -= part
    return sorted(plan, key=lambda pair: pair[0].pk) if quantity == 0 else None


def _raise_reserved(item: StockItem, quantity: int) -> bool:
    return bool(
        StockItem.objects.annotate(free=AVAILABLE)
        .filter(pk=item.pk, free__gte=quantity)
        .update(reserved=F("reserved") + quantity, updated_at=clock.now())
    )


def _release_expired_where_short(
    wanted: Sequence[Wanted], stock: dict[int, list[StockItem]], actor: Actor
) -> None:
    """Holds that ran out count as free at once, without waiting for the sweep."""
    short = [
        item
        for want in wanted
        for item in stock.get(want.offer_id, [])
        if sum(row.available for row in stock[want.offer_id]) < want.quantity
    ]
    if not short:
        return
    expired = Reservation.objects.filter(
        item__in=short, state=ReservationState.HELD, expires_at__lte=clock.now()
    )
    if _end(list(expired.order_by("item_id", "id")), ReservationState.EXPIRED, actor):
        for item in short:
            item.refresh_from_db(fields=["on_hand", "reserved"])


@transaction.atomic
def commit_reservations(purpose: str) -> bool:
    """Turn the holds of an order into promises without end; False when one of them had run out meanwhile."""
    Reservation.objects.filter(purpose=purpose, state=ReservationState.HELD).update(
        state=ReservationState.COMMITTED, expires_at=None
    )
    return not Reservation.objects.filter(purpose=purpose, state=ReservationState.EXPIRED).exists()


@transaction.atomic
def renew_expired(purpose: str, *, actor: Actor) -> None:
    """Reserve again what ran out while the payment was decided. Raises `OutOfStock` when it is gone."""
    expired = list(
        Reservation.objects.filter(purpose=purpose, state=ReservationState.EXPIRED)
        .select_related("item")
        .order_by("item_id")
    )
    again = [
        Wanted(key=f"{row.key}~", offer_id=row.item.offer_id, quantity=row.quantity, line_id=row.line_id)
        for row in expired
    ]
    if not again:
        return
    reserve(again, purpose=purpose, actor=actor)
    # They were replaced; nobody finds them expired again.
    Reservation.objects.filter(pk__in=[row.pk for row in expired]).update(state=ReservationState.RELEASED)


@transaction.atomic
def release_reservations(purpose: str, *, actor: Actor) -> int:
    """Give back everything an order still holds; returns the pieces. Safe to repeat."""
    rows = Reservation.objects.filter(purpose=purpose, open_quantity__gt=0).order_by("item_id", "id")
    return _end(list(rows), ReservationState.RELEASED, actor)


def _end(rows: list[Reservation], state: ReservationState, actor: Actor) -> int:
    """End holds and promises; each by a conditional update, so a row that changed meanwhile is left alone."""
    ended: list[Reservation] = []
    for row in rows:
        mine = Reservation.objects.filter(pk=row.pk, state=row.state, open_quantity=row.open_quantity)
        if mine.update(state=state, open_quantity=0):
            ended.append(row)
    for item_id, quantity in _per_item(ended).items():
        StockItem.objects.filter(pk=item_id).update(reserved=F("reserved") - quantity, updated_at=clock.now())
    kind = MovementKind.EXPIRED if state == ReservationState.EXPIRED else MovementKind.RELEASED
    if ended:
        _write_movements(kind, ended, ended[0].purpose, actor, sign=-1)
        _push_items(_per_item(ended))
    return sum(row.open_quantity for row in ended)


def _per_item(rows: Iterable[Reservation]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for row in rows:
        sums[row.item_id] += row.open_quantity
    return dict(sorted(sums.items()))


def _push_items(item_ids: Iterable[int]) -> None:
    offer_ids = StockItem.objects.filter(pk__in=list(item_ids)).values_list("offer_id", flat=True)
    push_availability(list(offer_ids))


@transaction.atomic
def release_line(line_id: int, quantity: int, *, actor: Actor) -> None:
    """Give back pieces of one order line that will not be shipped."""
    parts = _use_up(line_id, quantity, ReservationState.RELEASED)
    for row, part in parts:
        StockItem.objects.filter(pk=row.item_id).update(reserved=F("reserved") - part, updated_at=clock.now())
    StockMovement.objects.bulk_create(
        StockMovement(
            item_id=row.item_id,
            kind=MovementKind.RELEASED,
            reserved_delta=-part,
            reference=row.purpose,
            actor_label=actor.label,
        )
        for row, part in parts
    )
    _push_items({row.item_id for row, _part in parts})


@transaction.atomic
def fulfil_line(line_id: int, quantity: int, *, actor: Actor, reference: str) -> None:
    """Pieces of one order line left the house: they leave stock and promise together.

    Pieces that were sold beyond stock and never counted in leave the promise only.
    """
    parts = _use_up(line_id, quantity, ReservationState.FULFILLED)
    movements = []
    for row, part in parts:
        item = StockItem.objects.select_for_update().get(pk=row.item_id)
        from_stock = min(part, item.on_hand)
        StockItem.objects.filter(pk=item.pk).update(
            on_hand=F("on_hand") - from_stock, reserved=F("reserved") - part, updated_at=clock.now()
        )
        movements.append(
            StockMovement(
                item_id=item.pk,
                kind=MovementKind.SHIPPED,
                on_hand_delta=-from_stock,
                reserved_delta=-part,
                reference=reference,
                actor_label=actor.label,
            )
        )
    StockMovement.objects.bulk_create(movements)
    if any(row.on_hand_delta != row.reserved_delta for row in movements):
        _push_items({row.item_id for row in movements})


def _use_up(line_id: int, quantity: int, end_state: ReservationState) -> list[tuple[Reservation, int]]:
    """Take pieces off the line's promises, oldest first; the caller changes the counters."""
    rows = Reservation.objects.filter(
        line_id=line_id, state=ReservationState.COMMITTED, open_quantity__gt=0
    ).order_by("item_id", "id")
    parts: list[tuple[Reservation, int]] = []
    for row in rows:
        part = min(quantity, row.open_quantity)
        if not part:
            break
        left = row.open_quantity - part
        mine = Reservation.objects.filter(pk=row.pk, open_quantity=row.open_quantity)
        if not mine.update(open_quantity=left, state=row.state if left else end_state):
            raise DomainError(_("The stock of this line changed at the same moment. Try again."))
        parts.append((row, part))
        quantity -= part
    return parts


def _write_movements(
    kind: MovementKind, rows: Sequence[Reservation], reference: str, actor: Actor, *, sign: int
) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(
            item_id=row.item_id,
            kind=kind,
            reserved_delta=sign * row.open_quantity,
            reference=row.purpose or reference,
            actor_label=actor.label,
        )
        for row in rows
    )


def expire_holds(*, actor: Actor, limit: int = 500) -> int:
    """Free the holds whose time ran out; returns the pieces. Each order in its own short transaction."""
    due = Reservation.objects.filter(state=ReservationState.HELD, expires_at__lte=clock.now())
    purposes = list(due.order_by("expires_at").values_list("purpose", flat=True)[:limit])
    freed = 0
    for purpose in dict.fromkeys(purposes):
        with transaction.atomic():
            rows = due.filter(purpose=purpose).order_by("item_id", "id")
            freed += _end(list(rows), ReservationState.EXPIRED, actor)
    return freed
