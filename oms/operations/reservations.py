"""Promises of stock: the one place where `StockItem.reserved` changes.

Every increase is one conditional UPDATE whose row count is looked at, so two buyers can never both get the last piece
on either engine; the reservation and the movement are written in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.bulk import insert_rows
from backoffice.kernel.errors import DomainError
from mms.selectors.preferences import get_preference
from oms.errors import OutOfStock
from oms.models import MovementKind, Reservation, ReservationState, StockItem, StockMovement
from oms.operations.availability import push_availability
from oms.operations.drawing import Buying, Drawn, Short, draw, refresh
from oms.preferences import ALLOCATION
from oms.selectors.kits import get_kits
from oms.selectors.orders import scope_path_of
from oms.selectors.stock import list_items_to_draw_on


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of one offer, for one order line."""

    key: str
    offer_id: int
    quantity: int
    line_id: int | None = None


class HoldTerms(TypedDict, total=False):
    """Until when it is a hold (without: committed at once), and for which store and country it is bought."""

    expires_at: datetime | None
    buying: Buying


@dataclass(frozen=True, slots=True)
class _Part:
    """What one line draws from one offer with stock: itself, or a component when the line is a kit."""

    key: str
    sold_offer_id: int
    offer_id: int
    units: int
    units_per_piece: int
    line_id: int | None


# Part of what its caller does or undoes: a savepoint of its own would only cost two statements.
@transaction.atomic(savepoint=False)
def reserve(
    wanted: Sequence[Wanted], *, purpose: str, actor: Actor, **terms: Unpack[HoldTerms]
) -> list[Reservation]:
    """Promise all of it or nothing; with `expires_at` as a hold, without as committed.

    Idempotent by `Wanted.key`. Takes stock rows in the order of their keys, so two orders never wait for each other in
    a circle. Raises `OutOfStock` naming each offer that is short (`params["short"]`: offer id → pieces left); the
    transaction it is called in must end then.
    """
    known = {row.key: row for row in Reservation.objects.filter(key__in=[want.key for want in wanted])}
    todo = [want for want in wanted if want.key not in known]
    if not todo:
        return list(known.values())
    return [*known.values(), *reserve_new(todo, purpose=purpose, actor=actor, **terms)]


def reserve_new(
    wanted: Sequence[Wanted], *, purpose: str, actor: Actor, **terms: Unpack[HoldTerms]
) -> list[Reservation]:
    """`reserve` for keys that cannot exist yet, in the caller's transaction, which must end when this raises.

    Kits draw on their components, and what several lines want of one offer is asked for in one sum.
    """
    kits = get_kits()
    parts = [
        _Part(want.key, want.offer_id, offer_id, want.quantity * units, units, want.line_id)
        for want in wanted
        for offer_id, units in kits.units_of(want.offer_id)
    ]
    return _reserve_parts(parts, purpose, actor, terms)


def _reserve_parts(parts: Sequence[_Part], purpose: str, actor: Actor, terms: HoldTerms) -> list[Reservation]:
    demand: dict[int, int] = defaultdict(int)
    for part in parts:
        demand[part.offer_id] += part.units
    stock = list_items_to_draw_on(demand)
    _release_expired_where_short(demand, stock, actor)
    try:
        drawn = draw(demand, stock, terms.get("buying", Buying()))
    except Short as error:
        # Undoes what was taken for the other lines.
        raise OutOfStock(
            _("There is not enough left of some products."), short=_pieces_left(parts, error.left)
        ) from error
    expires_at = terms.get("expires_at")
    rows = [
        Reservation(
            key=key,
            item=item,
            purpose=purpose,
            line_id=part.line_id,
            quantity=units,
            open_quantity=units,
            units_per_piece=part.units_per_piece,
            state=ReservationState.HELD if expires_at else ReservationState.COMMITTED,
            expires_at=expires_at,
        )
        for part, item, units, key in _share_out(parts, drawn)
    ]
    Reservation.objects.bulk_create(rows)
    _write_movements(MovementKind.RESERVED, rows, purpose, actor, sign=1)
    push_availability(demand)
    return rows


def _share_out(parts: Sequence[_Part], drawn: Drawn) -> Iterator[tuple[_Part, StockItem, int, str]]:
    """Hand the drawn units to the lines that want them, in order; the first row of a line has the line's own key."""
    rows_of: dict[str, int] = defaultdict(int)
    for part in parts:
        missing, pile = part.units, drawn[part.offer_id]
        while missing:
            item, units = pile.pop(0)
            used = min(missing, units)
            if units > used:
                pile.insert(0, (item, units - used))
            missing -= used
            number = rows_of[part.key]
            rows_of[part.key] += 1
            yield part, item, used, f"{part.key}.{number}" if number else part.key


def _pieces_left(parts: Sequence[_Part], left: dict[int, int]) -> dict[int, int]:
    """How often each line's offer could still be had, where something of it is short."""
    short: dict[int, int] = {}
    for part in parts:
        if part.offer_id in left:
            pieces = left[part.offer_id] // part.units_per_piece
            short[part.sold_offer_id] = min(pieces, short.get(part.sold_offer_id, pieces))
    return short


def _release_expired_where_short(
    demand: Mapping[int, int], stock: dict[int, list[StockItem]], actor: Actor
) -> None:
    """Holds that ran out count as free at once, without waiting for the sweep."""
    short = [
        item
        for offer_id, units in demand.items()
        for item in stock.get(offer_id, [])
        if sum(row.available for row in stock[offer_id]) < units
    ]
    if not short:
        return
    expired = Reservation.objects.filter(
        item__in=short, state=ReservationState.HELD, expires_at__lte=clock.now()
    )
    if _end(expired, ReservationState.EXPIRED, actor):
        refresh(short)


def commit_holds(purpose: str) -> int:
    """Turn the holds of an order into promises without end; returns how many there were."""
    held = Reservation.objects.filter(purpose=purpose, state=ReservationState.HELD)
    return held.update(state=ReservationState.COMMITTED, expires_at=None)


@transaction.atomic
def commit_reservations(purpose: str) -> bool:
    """`commit_holds`; False when one of them had run out meanwhile."""
    commit_holds(purpose)
    return not Reservation.objects.filter(purpose=purpose, state=ReservationState.EXPIRED).exists()


@transaction.atomic
def renew_expired(purpose: str, *, actor: Actor) -> None:
    """Reserve again what ran out while the payment was decided. Raises `OutOfStock` when it is gone."""
    expired = list(
        Reservation.objects.filter(purpose=purpose, state=ReservationState.EXPIRED)
        .select_related("item", "line__merchant_order__order")
        .order_by("item_id", "id")
    )
    if not expired:
        return
    # What ran out are units of stock, also where the line is a kit: they are asked for as they were.
    parts = [
        _Part(
            f"{row.key}~",
            row.item.offer_id,
            row.item.offer_id,
            row.quantity,
            row.units_per_piece,
            row.line_id,
        )
        for row in expired
    ]
    line = expired[0].line
    order = line.merchant_order.order if line else None
    buying = Buying()
    if order is not None:
        strategy = get_preference(ALLOCATION, scope_path_of(order))
        buying = Buying(order.store_id, order.country, strategy)
    _reserve_parts(parts, purpose, actor, {"buying": buying})
    # They were replaced; nobody finds them expired again.
    Reservation.objects.filter(pk__in=[row.pk for row in expired]).update(state=ReservationState.RELEASED)


@transaction.atomic
def release_reservations(purpose: str, *, actor: Actor) -> int:
    """Give back everything an order still holds; returns the pieces. Safe to repeat."""
    rows = Reservation.objects.filter(purpose=purpose, open_quantity__gt=0)
    return _end(rows, ReservationState.RELEASED, actor)


def _end(found: QuerySet[Reservation], state: ReservationState, actor: Actor) -> int:
    """End holds and promises; each by a conditional update, so a row that changed meanwhile is left alone."""
    ended: list[Reservation] = []
    for row in found.select_for_update().order_by("item_id", "id"):
        mine = Reservation.objects.filter(
            pk=row.pk, state=row.state, open_quantity=row.open_quantity, item_id=row.item_id
        )
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
    """Take pieces off the line's promises, oldest first; the caller changes the counters.

    Of a kit, every component's promise gives its share.
    """
    rows = (
        Reservation.objects.filter(line_id=line_id, state=ReservationState.COMMITTED, open_quantity__gt=0)
        .select_for_update(of=("self",))
        .select_related("item")
        .order_by("item_id", "id")
    )
    missing: dict[int, int] = {}
    parts: list[tuple[Reservation, int]] = []
    for row in rows:
        left_to_take = missing.setdefault(row.item.offer_id, quantity * row.units_per_piece)
        part = min(left_to_take, row.open_quantity)
        if not part:
            continue
        left = row.open_quantity - part
        mine = Reservation.objects.filter(pk=row.pk, open_quantity=row.open_quantity, item_id=row.item_id)
        if not mine.update(open_quantity=left, state=row.state if left else end_state):
            raise DomainError(_("The stock of this line changed at the same moment. Try again."))
        parts.append((row, part))
        missing[row.item.offer_id] -= part
    return parts


def _write_movements(
    kind: MovementKind, rows: Sequence[Reservation], reference: str, actor: Actor, *, sign: int
) -> None:
    now = clock.now()
    insert_rows(
        StockMovement,
        ("item_id", "kind", "on_hand_delta", "reserved_delta", "reference", "actor_label", "at"),
        [
            (row.item_id, kind, 0, sign * row.open_quantity, row.purpose or reference, actor.label, now)
            for row in rows
        ],
    )


def expire_holds(*, actor: Actor, limit: int = 500) -> int:
    """Free the holds whose time ran out; returns the pieces. Each order in its own short transaction."""
    due = Reservation.objects.filter(state=ReservationState.HELD, expires_at__lte=clock.now())
    purposes = list(due.order_by("expires_at").values_list("purpose", flat=True)[:limit])
    freed = 0
    for purpose in dict.fromkeys(purposes):
        with transaction.atomic():
            freed += _end(due.filter(purpose=purpose), ReservationState.EXPIRED, actor)
    return freed


def prolong_holds(purpose: str, until: datetime) -> None:
    """Keep what is still held for the buyer while the payment provider's page is open; never shortens."""
    Reservation.objects.filter(purpose=purpose, state=ReservationState.HELD, expires_at__lt=until).update(
        expires_at=until
    )
