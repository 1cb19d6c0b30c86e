"""Acts of two people at the same moment: each in a process of its own, with a connection of its own."""

import multiprocessing
import os
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connections

from backoffice.kernel.errors import DomainError


def at_once(*acts: Callable[[], Any]) -> list[int]:
    """Run each act in a process of its own at the same moment: 0 = done, 1 = refused by a rule, 2 = by the database."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    start = context.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        connections.close_all()
        start.wait(timeout=30)
        code = 3
        try:
            act()
            code = 0
        except DomainError:
            code = 1
        except DatabaseError:
            code = 2
        finally:
            connections.close_all()
            os._exit(code)

    processes = [context.Process(target=run, args=(act,)) for act in acts]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=90)
    codes = [process.exitcode for process in processes]
    assert all(code in (0, 1, 2) for code in codes), codes
    return sorted(code for code in codes if code is not None)
