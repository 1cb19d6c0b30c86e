"""The steps of a wizard, named above each of its pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `ui/partials/steps.html` draws a list of them."""

    label: Any
    is_done: bool
    is_current: bool


def mark_steps(labels: Sequence[Any], current: int) -> list[Step]:
    """The steps with those before `current` done; `len(labels)` says that all are."""
    return [Step(label, place < current, place == current) for place, label in enumerate(labels)]
