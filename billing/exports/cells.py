"""What the files of this app share: plain amounts, rows that stream, and rows in handfuls."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from backoffice.kernel.money import Money

T = TypeVar("T")
CHUNK = 1000


class Echo:
    """A file that hands back what is written to it, so rows stream."""

    def write(self, value: str) -> str:
        return value


def plain(minor: int, currency: str) -> str:
    """An amount as a plain decimal with the currency's digits: `-12.50`."""
    return str(Money(minor, currency)).removesuffix(f" {currency}")


def in_chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    """The rows a thousand at a time, so that names can be looked up for many at once."""
    left = iter(rows)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
