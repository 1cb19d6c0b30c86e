"""Tells the catalogue what can be sold now: a fact stored there, written in the transaction that changed stock."""

from collections.abc import Iterable

from oms.selectors.availability import read_availability
from pim.operations.offers import set_offer_availability


def push_availability(offer_ids: Iterable[int]) -> None:
    """Write what can be sold of these offers and of kits with them; call it after their stock rows changed."""
    found = read_availability(offer_ids)
    if found:
        set_offer_availability(found)
