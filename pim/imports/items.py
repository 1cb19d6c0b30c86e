"""One product row as read from any format, and as checked: plain values only, so it can be stored and resumed."""

from dataclasses import dataclass, field
from typing import Any

from pim.imports.errors import RowProblem


@dataclass(slots=True)
class Item:
    """What a row says, still as text by field; `rows` of one `group` are variants of one product."""

    number: int
    cells: list[str]
    fields: dict[str, str] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    group: str = ""
    # Shopify's options: (name, value) pairs by which variants differ; tables differ by the family's axes.
    options: list[tuple[str, str]] = field(default_factory=list)
    # Field → column it came from, for messages.
    columns: dict[str, str] = field(default_factory=dict)
    # Belongs to an earlier row and brings only pictures.
    is_extra: bool = False
    problems: list[RowProblem] = field(default_factory=list)

    def column_of(self, name: str) -> str:
        return self.columns.get(name, name)


@dataclass(slots=True)
class Checked:
    """An item after all checks: what it would write, and what is wrong with it."""

    item: Item
    sku: str = ""
    gtin: str = ""
    mpn: str = ""
    brand: str = ""
    family_id: int = 0
    category_ids: list[int] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    # Words for options that are made when the import is applied.
    new_options: dict[str, str] = field(default_factory=dict)
    offer: dict[str, Any] = field(default_factory=dict)
    # The product all rows of the group share; only on the first row of a group.
    parent: dict[str, Any] = field(default_factory=dict)
    outcome: str = ""
    errors: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    diff: dict[str, list[Any]] = field(default_factory=dict)
    card_id: int | None = None
    offer_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """What applying needs, without what is empty."""
        content = {
            "gtin": self.gtin,
            "mpn": self.mpn,
            "brand": self.brand,
            "family_id": self.family_id,
            "category_ids": self.category_ids,
            "values": self.values,
            "new_options": self.new_options,
            "offer": self.offer,
            "parent": self.parent,
            "images": self.item.images,
        }
        return {name: value for name, value in content.items() if value}
