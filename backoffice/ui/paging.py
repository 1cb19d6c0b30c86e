"""Pages of long tables: rows are counted only as far as a person pages."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import QuerySet

from backoffice.kernel.counting import count_rows


class LongPaginator(Paginator):  # type: ignore[type-arg]
    """Pages over as many rows of a queryset as `count_rows` counts, over all of a list."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return count_rows(rows) if isinstance(rows, QuerySet) else len(rows)
