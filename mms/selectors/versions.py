"""Reference rows kept in memory: read once per process, read again when their version token changes."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.conf import settings

from mms.models import ReferenceVersion

T = TypeVar("T")

_maps: dict[str, "VersionedMap[object]"] = {}
# When they were read, and all tokens by name: one statement serves every map. Swapped at once.
_tokens: tuple[float, dict[str, str]] | None = None


def _read_tokens() -> tuple[float, dict[str, str]]:
    """The tokens of all sets, asked for at most every REFERENCE_CHECK_SECONDS per process."""
    global _tokens
    held, now = _tokens, time.monotonic()
    if held is not None and now - held[0] < getattr(settings, "REFERENCE_CHECK_SECONDS", 2):
        return held
    held = _tokens = (now, dict(ReferenceVersion.objects.values_list("name", "token")))
    return held


class VersionedMap(Generic[T]):
    """Holds what `load()` returned as long as the token of its name stays the same."""

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        self.name = name
        self._load = load
        # One tuple, swapped at once: threads see the old or the new state, never a mixture.
        self._held: tuple[str, T] | None = None
        _maps[name] = self  # type: ignore[assignment]

    def get(self) -> T:
        held = self._held
        # The token is read before the rows: a change in between is found at the next check.
        token = _read_tokens()[1].get(self.name, "")
        if held is not None and held[0] == token:
            return held[1]
        value = self._load()
        self._held = (token, value)
        return value

    def forget(self) -> None:
        self._held = None


def forget(name: str | None = None) -> None:
    """Drop what this process remembers of one set, or of all of them."""
    global _tokens
    _tokens = None
    for key, held in _maps.items():
        if name in (None, key):
            held.forget()
