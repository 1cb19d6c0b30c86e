"""Cuts a merchant's part of an order into parcels: by place, then by the day the pieces are promised for.

Pure arithmetic. Amounts move with their pieces, split once by the largest remainder, so that parcels add up to the
line, lines to the merchant's part, and parts to the order, to the minor unit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from backoffice.kernel.money import allocate


@dataclass(frozen=True, slots=True)
class SplitLine:
    """An ordered line: whose, how many, for how much, and which place gives how many of its pieces."""

    merchant_id: int
    position: int
    quantity: int
    total_minor: int
    tax_minor: int
    discount_minor: int
    promised_on: date | None
    # (location id, pieces); together the quantity.
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ParcelLine:
    position: int
    quantity: int
    total_minor: int
    tax_minor: int
    discount_minor: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one place sends for one promise, with its share of the merchant's shipping costs."""

    merchant_id: int
    location_id: int
    promised_on: date | None
    lines: tuple[ParcelLine, ...]
    shipping_minor: int

    @property
    def goods_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)


def split_into_parcels(lines: Iterable[SplitLine], shipping: dict[int, int]) -> list[Parcel]:
    """Parcels by merchant, place and promise; `shipping` (merchant id → minor units) is shared by value of goods."""
    parts: dict[tuple[int, int, date | None], list[ParcelLine]] = {}
    for line in lines:
        for (location_id, _pieces), share in zip(line.places, _share(line), strict=True):
            parts.setdefault((line.merchant_id, location_id, line.promised_on), []).append(share)
    keys = sorted(parts, key=lambda key: (key[0], key[1], key[2] or date.min))
    costs = _share_shipping(keys, parts, shipping)
    return [
        Parcel(merchant_id, location_id, promised_on, tuple(parts[key]), costs[key])
        for key in keys
        for merchant_id, location_id, promised_on in (key,)
    ]


def _share(line: SplitLine) -> list[ParcelLine]:
    pieces = [count for _location, count in line.places]
    amounts = (line.total_minor, line.tax_minor, line.discount_minor)
    totals, taxes, discounts = (allocate(amount, pieces) for amount in amounts)
    return [
        ParcelLine(line.position, count, total, tax, discount)
        for count, total, tax, discount in zip(pieces, totals, taxes, discounts, strict=True)
    ]


def _share_shipping(
    keys: Sequence[tuple[int, int, date | None]],
    parts: dict[tuple[int, int, date | None], list[ParcelLine]],
    shipping: dict[int, int],
) -> dict[tuple[int, int, date | None], int]:
    costs: dict[tuple[int, int, date | None], int] = {}
    for merchant_id in {key[0] for key in keys}:
        own = [key for key in keys if key[0] == merchant_id]
        values = [sum(line.total_minor for line in parts[key]) for key in own]
        costs |= dict(zip(own, allocate(shipping.get(merchant_id, 0), values), strict=True))
    return costs
