"""Pages of long tables: rows are counted only as far as a person pages."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import QuerySet

# Counting every row of a long table costs more than showing a page of it; whoever wants more narrows the list.
MOST = 10_000


class LongPaginator(Paginator):  # type: ignore[type-arg]
    """Pages over the first `MOST` rows of a queryset (over all of a list); `has_more` tells that there are others."""

    @cached_property
    def _found(self) -> int:
        rows = self.object_list
        return rows.order_by()[: MOST + 1].count() if isinstance(rows, QuerySet) else len(rows)

    @property
    def has_more(self) -> bool:
        return isinstance(self.object_list, QuerySet) and self._found > MOST

    @cached_property
    def count(self) -> int:
        return MOST if self.has_more else self._found
