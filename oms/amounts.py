"""Arithmetic of orders: tax of lines, shares of a line's money by quantity. Integers in, integers out."""

from collections import defaultdict
from collections.abc import Sequence

from backoffice.kernel.money import allocate

BPS = 10_000


def tax_within(gross_minor: int, rate_bps: int) -> int:
    """The tax contained in a gross amount, rounded half-up."""
    divisor = BPS + rate_bps
    return (2 * gross_minor * rate_bps + divisor) // (2 * divisor)


def tax_on_top(net_minor: int, rate_bps: int) -> int:
    """The tax to be added to a net amount, rounded half-up."""
    return rate_of(net_minor, rate_bps)


def rate_of(amount_minor: int, rate_bps: int) -> int:
    """So many basis points of an amount, rounded half-up."""
    return (2 * amount_minor * rate_bps + BPS) // (2 * BPS)


def spread_tax(amounts: Sequence[tuple[int, int]], *, included: bool) -> list[int]:
    """Tax of each `(amount, rate_bps)`: computed once per rate on the sum, spread by largest remainder.

    So the taxes of the parts add up to exactly what a document with one total per rate shows.
    """
    by_rate: dict[int, list[int]] = defaultdict(list)
    for index, (_amount, rate_bps) in enumerate(amounts):
        by_rate[rate_bps].append(index)
    taxes = [0] * len(amounts)
    for rate_bps, indexes in by_rate.items():
        weights = [amounts[index][0] for index in indexes]
        total = tax_within(sum(weights), rate_bps) if included else tax_on_top(sum(weights), rate_bps)
        if not any(weights):
            continue
        for index, share in zip(indexes, allocate(total, weights), strict=True):
            taxes[index] = share
    return taxes


def share_of_pieces(total_minor: int, quantity: int, gone: int, pieces: int) -> int:
    """The money of the next `pieces` of a line of `quantity` when `gone` of them were taken off before.

    Cumulative: taking all pieces in any portions takes exactly the total.
    """
    if not 0 <= gone <= gone + pieces <= quantity:
        raise ValueError("more pieces than the line has")
    return _cumulative(total_minor, quantity, gone + pieces) - _cumulative(total_minor, quantity, gone)


def tax_of_share(tax_minor: int, total_minor: int, gone_minor: int, amount_minor: int) -> int:
    """The tax in the next `amount_minor` of a total, when `gone_minor` of it were taken off before.

    Cumulative as `share_of_pieces`: whatever portions a total is given back in, their taxes are exactly its tax.
    """
    return share_of_pieces(tax_minor, total_minor, gone_minor, amount_minor) if total_minor else 0


def _cumulative(total_minor: int, quantity: int, pieces: int) -> int:
    return (2 * total_minor * pieces + quantity) // (2 * quantity)
