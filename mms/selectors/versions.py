"""Reference rows kept in memory: read once per process, read again when their version token changes."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.conf import settings

from mms.models import ReferenceVersion

T = TypeVar("T")

_maps: dict[str, "VersionedMap[object]"] = {}


class VersionedMap(Generic[T]):
    """Holds what `load()` returned; every process asks for the token at most every REFERENCE_CHECK_SECONDS."""

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        self.name = name
        self._load = load
        # One tuple, swapped at once: threads see the old or the new state, never a mixture.
        self._held: tuple[str, float, T] | None = None
        _maps[name] = self  # type: ignore[assignment]

    def get(self) -> T:
        held = self._held
        now = time.monotonic()
        if held is not None and now - held[1] < getattr(settings, "REFERENCE_CHECK_SECONDS", 2):
            return held[2]
        # The token is read before the rows: a change in between is found at the next check.
        token = ReferenceVersion.objects.filter(name=self.name).values_list("token", flat=True).first() or ""
        value = held[2] if held is not None and held[0] == token else self._load()
        self._held = (token, now, value)
        return value

    def forget(self) -> None:
        self._held = None


def forget(name: str | None = None) -> None:
    """Drop what this process remembers of one set, or of all of them."""
    for key, held in _maps.items():
        if name in (None, key):
            held.forget()
