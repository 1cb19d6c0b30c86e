"""Many counts in one statement: what a menu, a home page or the tabs of a list ask for together."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value

# Rows to count; several querysets are added up.
Countable = QuerySet[Any] | Iterable[QuerySet[Any]]


def count_together(wanted: Mapping[str, Countable]) -> dict[str, int]:
    """How many rows each entry has, in one statement whatever their tables; each is scoped by whoever gives it.

    The querysets must neither be sliced nor distinct nor join to many rows.
    """
    found = dict.fromkeys(wanted, 0)
    parts = [
        _one_row(key, rows)
        for key, countable in wanted.items()
        for rows in ([countable] if isinstance(countable, QuerySet) else countable)
    ]
    if parts:
        for key, number in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
            found[key] += number
    return found


def _one_row(key: str, rows: Any) -> Any:
    """The query whose one row is the key and how many rows there are."""
    named = rows.order_by().annotate(counted_as=Value(key, output_field=CharField()))
    return named.values("counted_as").annotate(counted=Count("pk")).values_list("counted_as", "counted")
