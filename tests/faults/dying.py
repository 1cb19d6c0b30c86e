"""Lets a worker process die like a pulled plug around its call of the payment provider."""

import os
import signal
from typing import Any

from oms.integrations.test_card import TestCard


def die_at(kind: str, moment: str) -> None:
    """Die at the first command of this kind: `before` the provider acts, or `after` it did and before we know."""
    real = TestCard._do

    def _do(self: TestCard, command: Any, card: str, **how: Any) -> Any:
        if command.kind == kind and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        row = real(self, command, card, **how)
        if command.kind == kind:
            os.kill(os.getpid(), signal.SIGKILL)
        return row

    TestCard._do = _do  # type: ignore[method-assign]
