"""Proofs over live data: apps register checks, `manage.py doctor` runs them all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Check = Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Invariant:
    code: str
    promise: Any
    check: Check


_registry: dict[str, Invariant] = {}


def invariant(code: str, promise: Any) -> Callable[[Check], Check]:
    """Register a check that yields one sentence per violation (nothing = the promise holds).

    Checks live in `<app>/invariants.py`, imported by `ready()`, read set-wise and stop at about 20 sentences.
    """

    def register(function: Check) -> Check:
        _registry[code] = Invariant(code, promise, function)
        return function

    return register


def all_invariants() -> list[Invariant]:
    return [_registry[code] for code in sorted(_registry)]
