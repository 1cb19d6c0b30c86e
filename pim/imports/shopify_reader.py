"""Shopify's product export: a handle spreads over rows; each row may hold a variant, a picture or both."""

import re
from collections.abc import Iterable, Iterator, Sequence

from backoffice.kernel.hashing import sha256_hex
from pim.imports.items import Item
from pim.selectors.structure import folded

REQUIRED = {"handle", "title", "variant price"}
SLUG = re.compile(r"[^a-z0-9]+")
# Our field ← their column, on the row of a variant and on the first row of a product.
VARIANT_FIELDS = {
    "gtin": "variant barcode",
    "price": "variant price",
    "list_price": "variant compare at price",
}
PRODUCT_FIELDS = {
    "title": "title",
    "description": "body (html)",
    "brand": "vendor",
    "mpn": "google shopping / mpn",
    "condition": "google shopping / condition",
}
CATEGORY_COLUMNS = ("type", "product category", "google shopping / google product category", "tags")
NO_OPTION = ("title", "default title")


def is_shopify(header: Sequence[str]) -> bool:
    """Whether the columns are those of a Shopify product export."""
    return {folded(name) for name in header} >= REQUIRED


class ShopifyReader:
    """Reads the rows of one handle together; built once per file."""

    def __init__(self, header: Sequence[str]) -> None:
        self.names = list(header)
        self.places = {folded(name): index for index, name in enumerate(header)}

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Item]:
        handle, block = "", list[tuple[int, list[str]]]()
        for number, cells in rows:
            own = self._cell(cells, "handle")
            if own != handle and block:
                yield from self._read_block(handle, block)
                block = []
            handle = own
            block.append((number, cells))
        if block:
            yield from self._read_block(handle, block)

    def _cell(self, cells: list[str], name: str) -> str:
        place = self.places.get(name)
        return cells[place].strip() if place is not None else ""

    def _read_block(self, handle: str, block: list[tuple[int, list[str]]]) -> Iterator[Item]:
        first = block[0][1]
        names = [self._cell(first, f"option{n} name") for n in (1, 2, 3)]
        shared = {field: self._cell(first, column) for field, column in PRODUCT_FIELDS.items()}
        shared["category"] = next(
            (found for name in CATEGORY_COLUMNS if (found := self._cell(first, name))), ""
        )
        items = [self._read_row(handle, names, number, cells) for number, cells in block]
        variants = [item for item in items if not item.is_extra]
        several = len(variants) > 1
        for item in variants:
            item.group = handle[:120] if several else ""
            item.fields = shared | {name: text for name, text in item.fields.items() if text}
            item.fields["sku"] = item.fields.get("sku") or _own_sku(handle, item.options)
        for item in items:
            if variants and item.is_extra:
                # Known by the product's first row, so that what happens to the product happens to its extra rows.
                item.group, item.fields["sku"] = variants[0].group, variants[0].fields["sku"]
            # Pictures of a product belong to its first row, whichever row brought them.
            if variants and item is not variants[0] and item.images:
                variants[0].images += [url for url in item.images if url not in variants[0].images]
                item.images = []
        yield from items

    def _read_row(self, handle: str, names: list[str], number: int, cells: list[str]) -> Item:
        item = Item(number, cells)
        item.columns = self._columns()
        if image := self._cell(cells, "image src"):
            item.images.append(image)
        values = [self._cell(cells, f"option{n} value") for n in (1, 2, 3)]
        if not any(values) and not self._cell(cells, "variant price"):
            item.is_extra = True
            item.fields["sku"] = handle
            return item
        item.options = [
            (name, value)
            for name, value in zip(names, values, strict=True)
            if name and value and (folded(name), folded(value)) != NO_OPTION
        ]
        item.fields = {field: self._cell(cells, column) for field, column in VARIANT_FIELDS.items()}
        item.fields["sku"] = self._cell(cells, "variant sku").lstrip("'")
        item.fields["gtin"] = item.fields["gtin"].lstrip("'")
        if self._cell(cells, "variant inventory tracker") or self._cell(cells, "variant inventory qty"):
            item.fields["stock"] = self._cell(cells, "variant inventory qty")
        return item

    def _columns(self) -> dict[str, str]:
        known = {**VARIANT_FIELDS, **PRODUCT_FIELDS, "sku": "variant sku", "stock": "variant inventory qty"}
        known["category"] = CATEGORY_COLUMNS[0]
        return {field: self.names[self.places[name]] for field, name in known.items() if name in self.places}


def _own_sku(handle: str, options: list[tuple[str, str]]) -> str:
    """A stable SKU for variants without one: the handle and the options."""
    words = [SLUG.sub("-", value.lower()).strip("-") for _name, value in options]
    text = "/".join([handle, *(word for word in words if word)])
    return text if len(text) <= 80 else f"{text[:67]}-{sha256_hex(text)[:12]}"
