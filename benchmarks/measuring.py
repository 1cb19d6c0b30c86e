"""Timing and counting shared by the benchmarks: rates, percentiles, statements, the engine's own limits."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import work

Row = dict[str, Any]


def row(
    name: str, value: float, unit: str, *, statements: int | None = None, ratio: float | None = None
) -> Row:
    """One figure as it is printed; `ratio` compares with the raw limit named in the documentation of the figure."""
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "engine": connection.vendor,
        "statements": statements,
        "ratio": round(ratio, 3) if ratio is not None else None,
    }


def per_second(work: Callable[[], object], seconds: float = 2.0) -> float:
    """How often `work` runs in a second, measured over about `seconds` after one run to warm up."""
    work()
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        work()
        done += 1
    return done / (time.perf_counter() - started)


def percentiles(work: Callable[[], object], runs: int = 40) -> tuple[float, float]:
    """Median and 95th percentile of `work` in milliseconds."""
    work()
    times = []
    for _run in range(runs):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.95) - 1]


@contextmanager
def beside_a_worker() -> Iterator[None]:
    """Within, background work is left to a worker, as on any real site; it is done when the measurement is over."""
    current_app.conf.task_always_eager = False
    try:
        yield
    finally:
        current_app.conf.task_always_eager = True
        work.drain()


def peak_megabytes() -> float:
    """The most memory this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, Linux kilobytes.
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def statements_of(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def raw_update_limit(table: str, column: str, key: int) -> float:
    """Conditional updates of one row per second, each its own commit: the physical limit of a reservation."""
    quoted, name = connection.ops.quote_name(table), connection.ops.quote_name(column)
    sql = f"UPDATE {quoted} SET {name} = {name} WHERE id = %s AND {name} >= 0"

    def update() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, [key])

    return per_second(update)


def raw_commit_limit(rows: int, seconds: float = 2.0) -> float:
    """Transactions per second that insert `rows` narrow rows one by one and commit: the limit of any unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_commit (a bigint, b bigint, c varchar(60))")

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for number in range(rows):
                cursor.execute(
                    "INSERT INTO bench_commit (a, b, c) VALUES (%s, %s, %s)", [number, number, "raw"]
                )

    rate = per_second(write, seconds)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_commit")
    return rate


def raw_select_limit(table: str, key: int, seconds: float = 1.0) -> float:
    """Rows read by key per second: the limit of anything that asks the database once."""
    quoted = connection.ops.quote_name(table)

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {quoted} WHERE id = %s", [key])
            cursor.fetchone()

    return per_second(read, seconds)
