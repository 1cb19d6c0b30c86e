"""How many copies each family gets, and which copies belong together."""

from collections.abc import Mapping
from dataclasses import dataclass

from backoffice.demo.multiply.tables import CARDS, MERCHANTS, OFFERS, ORDERS

# From whom the copies of a family borrow: an order's lines take offers, an offer its card and its merchant.
BORROWS = {
    (ORDERS.name, OFFERS.name): (OFFERS.name,),
    (ORDERS.name, CARDS.name): (OFFERS.name, CARDS.name),
    (ORDERS.name, MERCHANTS.name): (OFFERS.name, MERCHANTS.name),
    (OFFERS.name, CARDS.name): (CARDS.name,),
    (OFFERS.name, MERCHANTS.name): (MERCHANTS.name,),
    (CARDS.name, MERCHANTS.name): (MERCHANTS.name,),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How many whole copies each family gets, and how many roots of one more."""

    whole: Mapping[str, int]
    rest: Mapping[str, int]

    def copies(self, family: str) -> int:
        return self.whole[family] + (1 if self.rest[family] else 0)

    def copy_of(self, family: str, other: str) -> str:
        """Which copy of `other` the copy `g.n` of `family` belongs to, as SQL; `0` is the original."""
        if family == other:
            return "g.n"
        number = "g.n"
        for step in BORROWS.get((family, other), ()):
            if not self.whole[step] or number == "0":
                return "0"
            number = f"(1 + ({number} - 1) % {self.whole[step]})"
        return number if number != "g.n" else "0"
