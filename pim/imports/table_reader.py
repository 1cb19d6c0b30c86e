"""Rows of our template and of any mapped table → items."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from pim.imports.errors import problem
from pim.imports.items import Item
from pim.imports.mapping.definition import Definition
from pim.imports.mapping.fields import IMAGE
from pim.imports.mapping.transforms import CellError, build

SEPARATORS = re.compile(r"[|;\s]+|,(?=https?:)")


class TableReader:
    """Reads one row after the other by the rules of a definition; built once per file."""

    def __init__(self, definition: Definition, header: Sequence[str]) -> None:
        places = {name: index for index, name in enumerate(header) if name}
        self.rules: list[tuple[int, str, str, Callable[[str], str]]] = [
            (places.get(rule.column, -1), rule.column, rule.target, build(rule.steps))
            for rule in definition.columns
        ]

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Item]:
        for number, cells in rows:
            yield self.read_one(number, cells)

    def read_one(self, number: int, cells: list[str]) -> Item:
        item = Item(number, cells)
        for place, column, target, read in self.rules:
            raw = cells[place] if place >= 0 else ""
            try:
                text = read(raw)
            except CellError as error:
                code, message = error.args
                item.problems.append(problem(code, column, raw, message))
                continue
            item.columns.setdefault(target, column)
            if target == IMAGE:
                item.images += [part for part in SEPARATORS.split(text) if part]
            elif text or target not in item.fields:
                item.fields[target] = text
        item.group = item.fields.pop("group", "")[:120]
        return item
