"""Takes wanted pieces from stock rows: plan over the places, one conditional UPDATE per row, plan again when one loses.

Every increase of `StockItem.reserved` happens here, by an UPDATE whose row count is looked at.
"""

import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from backoffice.kernel import clock
from oms.allocation import Source, allocate, get_strategy
from oms.models import StockItem
from oms.operations.slots import WAIT, is_lock_wait_measured, note_wait
from oms.selectors.availability import SELLABLE
from oms.selectors.pools import Feed, feeds_of

REPLANS = 3
# Near the end buyers of a spread article meet at its last slots more often.
SPREAD_REPLANS = 8
Drawn = dict[int, list[tuple[StockItem, int]]]


class _Lost(Exception):
    """Another buyer was faster at one of the rows."""


class Short(Exception):
    """There is not enough: offer id → pieces left of it."""

    def __init__(self, left: dict[int, int]) -> None:
        super().__init__(str(left))
        self.left = left


@dataclass(frozen=True, slots=True)
class Buying:
    """For which store, to which country, and how that store chooses places."""

    store_id: int | None = None
    country: str = ""
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class _Take:
    item: StockItem
    units: int
    # What must stay free on the row for other stores.
    keep: int = 0


def draw(demand: Mapping[int, int], stock: Mapping[int, list[StockItem]], buying: Buying) -> Drawn:
    """Raise `reserved` of the rows that give the wanted units (offer id → units). Raises `Short`, nothing undone.

    Rows change in the order of their keys. When another buyer was faster at one of them, what was taken is given back
    and the places are chosen again with fresh numbers, at most three times; eight where pieces are spread over slots.
    """
    rows = [item for found in stock.values() for item in found]
    is_spread = any(item.slot for item in rows)
    for _attempt in range(SPREAD_REPLANS if is_spread else REPLANS):
        takes = _plan(demand, stock, buying)
        if _take_spread(takes) if is_spread else _take_all(takes):
            return _by_offer(takes)
        refresh(rows)
    raise Short({offer_id: _left(stock.get(offer_id, []), buying) for offer_id in demand})


def refresh(items: Iterable[StockItem]) -> None:
    """Read the counters of these rows again; one statement."""
    known = {item.pk: item for item in items}
    rows = StockItem.objects.filter(pk__in=sorted(known)).values_list(
        "pk", "on_hand", "reserved", "safety", "backorder_cap"
    )
    for pk, on_hand, reserved, safety, backorder_cap in rows:
        item = known[pk]
        item.on_hand, item.reserved, item.safety, item.backorder_cap = (
            on_hand,
            reserved,
            safety,
            backorder_cap,
        )


def _plan(demand: Mapping[int, int], stock: Mapping[int, list[StockItem]], buying: Buying) -> list[_Take]:
    by_merchant: dict[int, dict[int, int]] = {}
    short = {}
    for offer_id, units in demand.items():
        rows = stock.get(offer_id, [])
        left = _left(rows, buying)
        if left < units:
            short[offer_id] = left
        else:
            by_merchant.setdefault(rows[0].merchant_id, {})[offer_id] = units
    if short:
        raise Short(short)
    takes: list[_Take] = []
    for merchant_id, wanted in by_merchant.items():
        takes += _plan_merchant(merchant_id, wanted, stock, buying)
    return sorted(takes, key=lambda take: take.item.pk)


def _plan_merchant(
    merchant_id: int, wanted: Mapping[int, int], stock: Mapping[int, list[StockItem]], buying: Buying
) -> list[_Take]:
    feeds = feeds_of(merchant_id, buying.store_id)
    places: dict[int, dict[int, list[StockItem]]] = {}
    for offer_id in wanted:
        for item in stock[offer_id]:
            if feeds is None or item.location_id in feeds:
                places.setdefault(item.location_id, {}).setdefault(offer_id, []).append(item)
    sources = []
    for location_id, rows_of in places.items():
        feed = feeds[location_id] if feeds else None
        location = next(iter(rows_of.values()))[0].location
        free = {offer_id: _shown(rows, feed) for offer_id, rows in rows_of.items()}
        sources.append(Source(location_id, feed.rank if feed else location.rank, location.country, free))
    plan = allocate(wanted, sources, strategy=get_strategy(buying.strategy), country=buying.country)
    takes: list[_Take] = []
    for offer_id, parts in (plan or {}).items():
        for location_id, units in parts:
            buffer = feeds[location_id].buffer if feeds else 0
            takes += _over_slots(places[location_id][offer_id], units, buffer)
    return takes


def _over_slots(rows: list[StockItem], units: int, buffer: int) -> list[_Take]:
    """Which slots give the units: one by chance among those that have them all, else the fullest first."""
    if len(rows) == 1:
        return [_Take(rows[0], units, buffer)]
    whole = [row for row in rows if row.available >= units]
    if whole:
        return [_Take(random.choice(whole), units)]  # noqa: S311  spreads load, hides nothing
    takes = []
    for row in sorted(rows, key=lambda row: -row.available):
        part = min(units, row.available)
        if part:
            takes.append(_Take(row, part))
            units -= part
    return takes


def _shown(rows: list[StockItem], feed: Feed | None) -> int:
    free = sum(row.available for row in rows)
    return feed.shows(free) if feed else free


def _left(rows: list[StockItem], buying: Buying) -> int:
    if not rows:
        return 0
    feeds = feeds_of(rows[0].merchant_id, buying.store_id)
    by_place: dict[int, list[StockItem]] = {}
    for row in rows:
        by_place.setdefault(row.location_id, []).append(row)
    return sum(
        _shown(found, feeds[location_id] if feeds else None)
        for location_id, found in by_place.items()
        if feeds is None or location_id in feeds
    )


def _take_all(takes: list[_Take]) -> bool:
    """All rows or none: what was taken before the first loss is given back."""
    for number, take in enumerate(takes):
        if not _raise_reserved(take.item, take.units, take.keep):
            for done in takes[:number]:
                StockItem.objects.filter(pk=done.item.pk).update(reserved=F("reserved") - done.units)
            return False
    return True


def _take_spread(takes: list[_Take]) -> bool:
    """`_take_all` behind a savepoint: PostgreSQL keeps a row locked that an update waited for and did not change.

    Going on to another slot with that lock could wait in a circle with whoever merges the slots in their order.
    """
    try:
        with transaction.atomic():
            for take in takes:
                if not _raise_reserved(take.item, take.units, take.keep):
                    raise _Lost
    except _Lost:
        return False
    return True


def _raise_reserved(item: StockItem, units: int, keep: int) -> bool:
    started = time.monotonic()
    taken = StockItem.objects.filter(pk=item.pk, reserved__lte=SELLABLE - units - keep).update(
        reserved=F("reserved") + units, updated_at=clock.now()
    )
    waited = time.monotonic() - started
    if waited > WAIT.total_seconds() and is_lock_wait_measured():
        note_wait(item, waited)
    return bool(taken)


def _by_offer(takes: Iterable[_Take]) -> Drawn:
    drawn: Drawn = {}
    for take in takes:
        drawn.setdefault(take.item.offer_id, []).append((take.item, take.units))
    return drawn
