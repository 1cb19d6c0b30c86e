"""What our side knows while a file is read: categories, families, brands, rates; looked up once, kept in memory."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from backoffice.kernel.money import Money
from pim.models import Condition
from pim.operations.structure_seed import GENERAL
from pim.selectors.brands import find_brand_codes
from pim.selectors.category_tree import CategoryTree, get_tree
from pim.selectors.rates import get_rate
from pim.selectors.structure import FamilySpec, Structure, folded, get_structure

CONDITIONS = {folded(text): value for value, label in Condition.choices for text in (value, str(label))} | {
    "used": Condition.USED_GOOD.value,
    "neu": Condition.NEW.value,
    "gebraucht": Condition.USED_GOOD.value,
}


class Vocabulary:
    """The catalogue's words as of the start of a chunk."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.structure: Structure = get_structure()
        self.tree: CategoryTree = get_tree()
        self.families: dict[str, FamilySpec] = {}
        for family in self.structure.families.values():
            for text in (family.code, *family.names.values()):
                self.families.setdefault(folded(str(text)), family)
        self.categories: dict[str, int] = {}
        for node in self.tree.by_id.values():
            for text in (node.code, node.ref, *node.names.values()):
                self.categories.setdefault(folded(str(text)), node.id)
            self.categories[folded(self._path(node.id))] = node.id
        self.brands: dict[str, str] = {}
        self._rates: dict[tuple[str, str], Decimal] = {}

    def fresh(self, on: date) -> "Vocabulary":
        """This one as long as neither the day nor the catalogue's structure has moved, else a new one."""
        is_current = self.on == on and self.structure is get_structure() and self.tree is get_tree()
        return self if is_current else Vocabulary(on)

    def _path(self, category_id: int) -> str:
        node = self.tree.by_id[category_id]
        return " > ".join(item.name_in("en") for item in self.tree.lineage(node))

    def find_family(self, text: str) -> FamilySpec | None:
        return self.families.get(folded(text or GENERAL))

    def find_category(self, text: str) -> int | None:
        return self.categories.get(folded(text))

    def learn_brands(self, texts: Iterable[str]) -> None:
        """Look up the brands of a chunk in one statement."""
        self.brands = find_brand_codes({text for text in texts if text})

    def convert(self, money: Money, currency: str) -> Money:
        """The amount at the rate of the day. Raises `RateMissing`."""
        if money.currency == currency:
            return money
        pair = (money.currency, currency)
        if pair not in self._rates:
            self._rates[pair] = get_rate(*pair, self.on).value
        return Money.from_decimal(money.amount * self._rates[pair], currency)
