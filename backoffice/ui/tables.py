"""Index tables: declared columns, whitelisted sorting, pagination, all state in the URL.

A table is declared as a class and bound to rows for one request:

    class OrderTable(Table):
        columns = (
            Column("ref", _("Order"), kind="ref", link=True, sort=True),
            Column("placed_at", _("Placed"), kind="when", sort=True),
            Column("total_minor", _("Total"), kind="money", sort=True),
            Column("state", _("State"), kind="badge", states="oms.Order"),
        )
        default_sort = "-placed_at"
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.core.paginator import Page as PaginatorPage
from django.db.models import F, QuerySet
from django.http import HttpRequest, QueryDict

from backoffice.ui import formats
from backoffice.ui.columns import Column, value_of
from backoffice.ui.paging import LongPaginator

__all__ = ["Cell", "Column", "Heading", "Row", "Table"]

PER_PAGE = (25, 50, 100)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head as drawn: which way it sorts now and where a click leads."""

    column: Column
    direction: str
    url: str


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    html: Any

    @property
    def is_empty(self) -> bool:
        """Whether it shows a dash only; the cards of a phone leave such cells out."""
        return str(self.html) in {formats.DASH, "–"}


@dataclass(frozen=True, slots=True)
class Row:
    record: Any
    key: str
    url: str
    cells: list[Cell]


class Table:
    """Columns plus the rows of one request; `rows` is a queryset or a sequence of objects or dicts."""

    columns: ClassVar[Sequence[Column]] = ()
    default_sort: ClassVar[str] = ""
    # The field (and URL value) by which bulk actions name rows.
    key: ClassVar[str] = "ref"
    per_page: ClassVar[int] = 50
    # Template of a row as a card under 600 px is the table itself: cells carry their labels.
    caption: Any = ""

    def __init__(self, rows: Any, request: HttpRequest, *, selectable: bool = False) -> None:
        self.rows = rows
        self.request = request
        self.selectable = selectable

    def row_url(self, record: Any) -> str:
        """Where a row leads; empty for rows without a page of their own."""
        return ""

    def row_class(self, record: Any) -> str:
        """`bo-row-late` and the like, for rows that need attention."""
        return ""

    # -- columns -------------------------------------------------------------------------------------------------

    @cached_property
    def shown_columns(self) -> list[Column]:
        """All columns but those switched off by `?hide=a,b`; the first one always stays."""
        hidden = set(self.request.GET.get("hide", "").split(","))
        return [c for index, c in enumerate(self.columns) if index == 0 or c.key not in hidden]

    @property
    def hidden_keys(self) -> set[str]:
        return {c.key for c in self.columns} - {c.key for c in self.shown_columns}

    @property
    def is_compact(self) -> bool:
        """Rows close together, by `?density=compact`."""
        return self.request.GET.get("density") == "compact"

    # -- sorting -------------------------------------------------------------------------------------------------

    @cached_property
    def sort(self) -> str:
        """The column key sorted by, with `-` for descending; anything not whitelisted falls back to the default."""
        asked = self.request.GET.get("sort", "")
        allowed = {c.key for c in self.columns if c.sort_field}
        return asked if asked.removeprefix("-") in allowed else self.default_sort

    @cached_property
    def sorted_rows(self) -> Any:
        descending, key = self.sort.startswith("-"), self.sort.removeprefix("-")
        column = next((c for c in self.columns if c.key == key), None)
        field = (column.sort_field if column else "") or key
        if isinstance(self.rows, QuerySet):
            if not field:
                return self.rows if self.rows.ordered else self.rows.order_by("-pk")
            order = F(field.replace(".", "__"))
            # Told nothing about empty values, an engine sorts by a plain index.
            last = None if column is not None and column.never_empty else True
            first = order.desc(nulls_last=last) if descending else order.asc(nulls_last=last)
            # The primary key breaks ties, so no row is on two pages or on none.
            return self.rows.order_by(first, "-pk" if descending else "pk")
        if not field:
            return self.rows
        return sorted(self.rows, key=lambda record: _sort_key(value_of(record, field)), reverse=descending)

    @cached_property
    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self.shown_columns]

    def _heading(self, column: Column) -> Heading:
        if not column.sort_field:
            return Heading(column, "", "")
        current = self.sort.removeprefix("-") == column.key
        direction = ("descending" if self.sort.startswith("-") else "ascending") if current else ""
        target = f"-{column.key}" if direction == "ascending" else column.key
        return Heading(column, direction, self.url(sort=target, page=None))

    # -- pages ---------------------------------------------------------------------------------------------------

    @cached_property
    def page_size(self) -> int:
        asked = self.request.GET.get("per_page", "")
        return int(asked) if asked.isdigit() and int(asked) in PER_PAGE else self.per_page

    @cached_property
    def paginator(self) -> LongPaginator:
        return LongPaginator(self.sorted_rows, self.page_size)

    @cached_property
    def page(self) -> PaginatorPage[Any]:
        """The page asked for; a number beyond the end gives the last page, not an error."""
        return self.paginator.get_page(self.request.GET.get("page"))

    @property
    def count(self) -> int:
        """How many rows can be paged through, `AtLeast` that many where there are more."""
        return self.paginator.count

    @property
    def count_text(self) -> str:
        return formats.number_text(self.count)

    @property
    def page_links(self) -> list[tuple[str, str]]:
        """(number, url) pairs around the current page; gaps have no url."""
        numbers = self.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [(str(n), self.url(page=n) if isinstance(n, int) else "") for n in numbers]

    @property
    def next_url(self) -> str:
        return self.url(page=self.page.next_page_number()) if self.page.has_next() else ""

    @property
    def previous_url(self) -> str:
        return self.url(page=self.page.previous_page_number()) if self.page.has_previous() else ""

    @cached_property
    def page_rows(self) -> list[Row]:
        return [self._row(record) for record in self.prepare(list(self.page.object_list))]

    def prepare(self, records: list[Any]) -> list[Any]:
        """Hook to attach what the cells need to the records of this page (pictures, counts) in one query each."""
        return records

    def _row(self, record: Any) -> Row:
        url = self.row_url(record)
        cells = [Cell(c, c.html(record, url if c.link else "")) for c in self.shown_columns]
        return Row(record, str(value_of(record, self.key) or ""), url, cells)

    def url(self, **changes: Any) -> str:
        """This page's address with some of its state changed; None removes."""
        return "?" + changed_query(self.request.GET, changes)


def changed_query(query: QueryDict, changes: dict[str, Any]) -> str:
    """The query string with `changes` applied; empty values are left out, so addresses stay short."""
    data = query.copy()
    data.pop("export", None)
    for name, value in changes.items():
        if value is None or value == "":
            data.pop(name, None)
        elif isinstance(value, list | tuple):
            data.setlist(name, [str(item) for item in value])
        else:
            data[name] = str(value)
    for name in [name for name, values in data.lists() if not any(values)]:
        del data[name]
    return data.urlencode()


def _sort_key(value: Any) -> tuple[bool, Any]:
    """Empty values sort last in ascending order instead of failing against real ones."""
    return (value is None, "" if value is None else value)


RowUrl = Callable[[Any], str]
