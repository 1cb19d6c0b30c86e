"""Tells the catalogue what can be sold now: a fact stored there, written in the transaction that changed stock."""

from collections.abc import Iterable

from oms.selectors.stock import available_by_offer
from pim.operations.offers import set_offer_availability


def push_availability(offer_ids: Iterable[int]) -> None:
    """Write the available quantity of these offers; call it after the stock rows changed, in their transaction."""
    rows = sorted(available_by_offer(offer_ids).items())
    if rows:
        set_offer_availability(rows)
