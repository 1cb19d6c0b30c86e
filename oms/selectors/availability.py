"""What can be sold of an offer now: everywhere, and in stores that are fed by chosen places."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F

from oms.models import StockItem
from oms.selectors.kits import Kits, get_kits
from oms.selectors.pools import stores_with_pools
from pim.selectors.availability import Availability

# What of a stock row may be promised, promised pieces included.
SELLABLE = F("on_hand") + F("backorder_cap") - F("safety")
NOTHING = Availability(0, 0)


@dataclass(slots=True)
class _Pieces:
    """The free pieces of one offer with stock."""

    merchant_id: int
    free: dict[int, int] = field(default_factory=dict)
    there: int = 0
    expected_on: date | None = None

    def as_availability(self) -> Availability:
        total = sum(self.free.values())
        in_stock = min(self.there, total)
        return Availability(
            quantity=total,
            in_stock=in_stock,
            restocked_on=self.expected_on if in_stock < total else None,
            by_store=tuple(
                (store_id, sum(feed.shows(self.free.get(place, 0)) for place, feed in feeds.items()))
                for store_id, feeds in sorted(stores_with_pools(self.merchant_id).items())
            ),
        )


def read_availability(offer_ids: Iterable[int]) -> dict[int, Availability]:
    """What can be sold of these offers, and of the kits that contain them; one statement.

    A kit can be sold as often as its scarcest component allows. Offers without stock count as 0.
    """
    kits = get_kits()
    asked = kits.touched_by(offer_ids)
    own = _read_own({stock for offer_id in asked for stock, _units in kits.units_of(offer_id)})
    return {
        offer_id: _of_kit(offer_id, kits, own) if offer_id in kits.contents else own.get(offer_id, NOTHING)
        for offer_id in sorted(asked)
    }


def available_by_offer(offer_ids: Iterable[int]) -> dict[int, int]:
    """What can be sold now of each of these offers over all places in use."""
    found = read_availability(offer_ids)
    return {offer_id: found[offer_id].quantity for offer_id in set(offer_ids)}


def _read_own(offer_ids: set[int]) -> dict[int, Availability]:
    # Summed here: the rows of an offer are few, and every change of stock asks.
    rows = (
        StockItem.objects.filter(offer_id__among=offer_ids, location__is_active=True)
        .order_by()
        .values_list(
            "offer_id",
            "merchant_id",
            "location_id",
            "on_hand",
            "reserved",
            "safety",
            "backorder_cap",
            "expected_on",
        )
    )
    found: dict[int, _Pieces] = {}
    for offer_id, merchant_id, location_id, on_hand, reserved, safety, backorder_cap, expected_on in rows:
        pieces = found.setdefault(offer_id, _Pieces(merchant_id))
        there = on_hand - safety - reserved
        pieces.free[location_id] = pieces.free.get(location_id, 0) + max(0, there + backorder_cap)
        pieces.there += max(0, there)
        if backorder_cap and expected_on is not None:
            pieces.expected_on = min(pieces.expected_on or expected_on, expected_on)
    return {offer_id: pieces.as_availability() for offer_id, pieces in found.items()}


def _of_kit(kit_id: int, kits: Kits, own: Mapping[int, Availability]) -> Availability:
    parts = [(own.get(stock, NOTHING), units) for stock, units in kits.units_of(kit_id)]
    stores = sorted({store_id for part, _units in parts for store_id, _pieces in part.by_store})
    dates = [part.restocked_on for part, _units in parts if part.restocked_on is not None]
    return Availability(
        quantity=min(part.quantity // units for part, units in parts),
        in_stock=min(part.in_stock // units for part, units in parts),
        restocked_on=max(dates, default=None),
        by_store=tuple(
            (
                store_id,
                min(part.in_store(store_id) // units for part, units in parts),
            )
            for store_id in stores
        ),
    )
