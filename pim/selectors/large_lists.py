"""Counts over very many cards, kept for a minute: nobody notices, and counting them for every page takes seconds.

Small lists are always counted anew, so a small shop and its people see every change at once.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.core.cache import cache

# As many cards are counted within a page's time.
LARGE = 5_000
SECONDS = 60
T = TypeVar("T")


def remembered(question: Sequence[object], count: Callable[[], T], *, size: Callable[[T], int]) -> T:
    """The answer to a question (its parts have a stable `repr`), counted at most once a minute where its `size` is
    large."""
    key = "pim-count-" + hashlib.sha256(repr(question).encode()).hexdigest()
    known: T | None = cache.get(key)
    if known is not None:
        return known
    counted = count()
    if size(counted) > LARGE:
        cache.set(key, counted, SECONDS)
    return counted
