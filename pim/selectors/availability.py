"""What the order system says can be sold of an offer: a fact stored on it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Availability:
    """What can be sold of one offer now, as the order system counts it."""

    quantity: int
    # What of it is there; the rest is sold before it arrives.
    in_stock: int
    restocked_on: date | None = None
    # (store id, pieces) of the stores that may sell another number.
    by_store: tuple[tuple[int, int], ...] = ()

    def in_store(self, store_id: int) -> int:
        """What one store may sell."""
        return dict(self.by_store).get(store_id, self.quantity)

    def is_enough(self, minimum: int) -> tuple[bool, ...]:
        """Whether the smallest quantity can be bought: everywhere, and in each store with a number of its own."""
        return (self.quantity >= minimum, *(pieces >= minimum for _store, pieces in self.by_store))
