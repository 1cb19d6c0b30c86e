"""Work by the clock: sweeps and timers, each a row that one worker claims when it is due."""

import logging
from collections.abc import Callable
from datetime import timedelta

from backoffice.kernel import clock
from backoffice.kernel.models import PeriodicMark

logger = logging.getLogger(__name__)

_registry: dict[str, tuple[timedelta, Callable[[], object]]] = {}


def periodic(name: str, *, every: timedelta) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Register a function to be called about `every`; it must be safe to repeat and to be killed."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        _registry[name] = (every, function)
        return function

    return register


def run_due(*, everything: bool = False) -> int:
    """Run what is due (`everything` = regardless of the time, for `drain`); returns how many were run."""
    known = set(PeriodicMark.objects.values_list("name", flat=True))
    now = clock.now()
    PeriodicMark.objects.bulk_create(
        [PeriodicMark(name=name, next_at=now) for name in _registry if name not in known],
        ignore_conflicts=True,
    )
    return sum(_run_one(name, everything) for name in sorted(_registry))


def _run_one(name: str, everything: bool) -> bool:
    every, function = _registry[name]
    now = clock.now()
    due = PeriodicMark.objects.filter(name=name)
    if not everything:
        due = due.filter(next_at__lte=now)
    if not due.update(next_at=now + every):
        return False
    error = ""
    try:
        function()
    except Exception as problem:
        logger.exception("periodic %s failed", name)
        error = f"{type(problem).__name__}: {problem}"[:2000]
    PeriodicMark.objects.filter(name=name).update(last_finished_at=clock.now(), last_error=error)
    return True
