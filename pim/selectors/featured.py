"""Which of several offers is put forward: the rule in one place, the same in lists and on product pages."""

from typing import Protocol


class Rankable(Protocol):
    @property
    def offer_id(self) -> int: ...
    @property
    def condition(self) -> str: ...
    @property
    def unit_price_minor(self) -> int: ...
    @property
    def lead_time_days(self) -> int: ...
    @property
    def is_buyable(self) -> bool: ...


def featured_order(offer: Rankable) -> tuple[bool, bool, int, int]:
    """Smallest first: buyable, new, then the price with one percent added per day until dispatch, then the
    oldest offer.
    """
    return (
        not offer.is_buyable,
        offer.condition != "new",
        offer.unit_price_minor * (100 + offer.lead_time_days),
        offer.offer_id,
    )
