"""Tells the catalogue what can be sold now: a fact stored there, written in the transaction that changed stock."""

from collections.abc import Iterable
from functools import partial

from oms.selectors.availability import read_availability
from oms.selectors.kits import get_kits
from pim.operations.offers import set_offer_availability


def push_availability(offer_ids: Iterable[int]) -> None:
    """Write what can be sold of these offers and of kits with them; call it after their stock rows changed."""
    touched = get_kits().touched_by(offer_ids)
    if touched:
        set_offer_availability(touched, partial(read_availability, touched))
