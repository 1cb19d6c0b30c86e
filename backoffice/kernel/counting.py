"""Counts for people: many in one statement, and none further than anyone reads.

What a menu, a home page, the tabs of a list or its pages ask for costs the same however many rows there are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

# Counting every row of a long table costs more than showing a page of it; whoever wants more narrows the list.
MOST = 10_000
# Rows to count; several querysets are added up.
Countable = QuerySet[Any] | Iterable[QuerySet[Any]]


class AtLeast(int):
    """A count that was given up at this number; shown with a plus."""


def cap(number: int) -> int:
    """A count made over `MOST` + 1 rows at the most, as people read it."""
    return AtLeast(MOST) if number > MOST else number


def count_rows(rows: QuerySet[Any]) -> int:
    """How many rows, `AtLeast(MOST)` where there are more."""
    return cap(rows.order_by()[: MOST + 1].count())


def count_together(wanted: Mapping[str, Countable]) -> dict[str, int]:
    """How many rows each entry has, `AtLeast(MOST)` where there are more, in one statement whatever their tables; each
    is scoped by whoever gives it.
    """
    found = dict.fromkeys(wanted, 0)
    statements, params = [], []
    for key, countable in wanted.items():
        for rows in [countable] if isinstance(countable, QuerySet) else countable:
            try:
                sql, given = rows.order_by().values("pk")[: MOST + 1].query.sql_with_params()
            except EmptyResultSet:
                continue
            # What Django compiled, with its parameters apart.
            statements.append(f"SELECT %s, (SELECT COUNT(*) FROM ({sql}) counted)")  # noqa: S608
            params += [key, *given]
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), params)
            for key, number in cursor.fetchall():
                found[key] += number
    return {key: cap(number) for key, number in found.items()}
