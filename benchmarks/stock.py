"""Holding stock of one article: the reserve primitive beside the raw conditional update, alone and from processes.

A hold as the checkout takes it is seven statements and the transaction around them, against the one statement of the
raw limit: the rows to draw on, the guarded UPDATE, the promise, the movement, the lock of the offer, its rows summed
under that lock, and the number that the catalogue shows. None of them can go: the movement is what the counter is
proved by, and a number summed before the lock would be stale where two places sell the same article. So a ratio of
about a ninth is what the statements alone allow where each costs as much as the raw one.
"""

import multiprocessing
import os
import time
from collections.abc import Iterator
from itertools import count

from django.db import connection, connections, transaction

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import DomainError
from benchmarks.measuring import Row, per_second, raw_update_limit, row, statements_of
from oms.models import Reservation, StockItem, StockMovement
from oms.operations.reservations import Wanted, reserve, reserve_new
from oms.operations.slots import merge_slots, spread

ACTOR = system_actor("benchmark")
PROCESSES, RUNS, PIECES = 4, 20, 25
SECONDS = 3
_numbers = count(time.time_ns())


def _hold(offer_id: int) -> None:
    with transaction.atomic():
        wanted = [Wanted(f"bench-{os.getpid()}-{next(_numbers)}", offer_id, 1)]
        reserve_new(wanted, purpose="bench", expires_at=clock.now(), actor=ACTOR)


def measure() -> Iterator[Row]:
    """`ratio` is to the raw conditional update of the same minute, by as many processes; oversold must be 0."""
    items = list(StockItem.objects.filter(slot=0).order_by("pk")[:2])
    item = items[0]
    limit = raw_update_limit(StockItem._meta.db_table, "reserved", item.pk)
    yield row("stock.raw_update", limit, "updates/s")
    statements = statements_of(lambda: _hold(item.offer_id))
    rate = per_second(lambda: _hold(item.offer_id))
    yield row("stock.reserve", rate, "holds/s", statements=statements, ratio=rate / limit)
    raw = _from_processes(lambda: _raw(item.pk))
    yield row(f"stock.raw_update_{PROCESSES}_processes", raw, "updates/s")
    together = _from_processes(lambda: _hold(item.offer_id))
    yield row(f"stock.reserve_{PROCESSES}_processes", together, "holds/s", ratio=together / raw)
    spread(item.offer_id, item.location_id, 16, actor=ACTOR)
    in_slots = _from_processes(lambda: _hold(item.offer_id))
    yield row(f"stock.reserve_{PROCESSES}_processes_16_slots", in_slots, "holds/s", ratio=in_slots / raw)
    with transaction.atomic():
        merge_slots(item.offer_id, item.location_id)
    yield _oversold(items[1])


def _raw(item_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE oms_stockitem SET reserved = reserved + 1 - 1 WHERE id = %s AND on_hand - reserved >= 1",
            [item_id],
        )


def _from_processes(work: object) -> float:
    """How often `work` runs in a second, over all processes together."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    done, start = context.Value("q", 0), context.Barrier(PROCESSES)

    def run() -> None:
        connections.close_all()
        start.wait()
        times, until = 0, time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            work()  # type: ignore[operator]
            times += 1
        with done.get_lock():
            done.value += times
        connections.close_all()
        os._exit(0)

    _run_all([context.Process(target=run) for _process in range(PROCESSES)])
    return done.value / SECONDS


def _oversold(item: StockItem) -> Row:
    """Twenty runs of all processes for a few pieces: what was promised beyond them, and beyond the movements."""
    wrong = 0
    for number in range(RUNS):
        StockItem.objects.filter(pk=item.pk).update(on_hand=_reserved(item) + PIECES)
        before, moved = _reserved(item), _moved(item)
        connections.close_all()
        context = multiprocessing.get_context("fork")
        _run_all(
            [
                context.Process(target=_buy, args=(item.offer_id, number, process))
                for process in range(PROCESSES)
            ]
        )
        sold = _reserved(item) - before
        wrong += abs(sold - PIECES) + abs(_moved(item) - moved - sold)
    open_pieces = sum(Reservation.objects.filter(item=item).values_list("open_quantity", flat=True))
    wrong += abs(open_pieces - _reserved(item))
    return row(f"stock.oversold_{PROCESSES}_processes_{RUNS}_runs", wrong, "pieces")


def _buy(offer_id: int, number: int, process: int) -> None:
    connections.close_all()
    for turn in range(PIECES):
        try:
            with transaction.atomic():
                wanted = [Wanted(f"run-{time.time_ns()}-{number}-{process}-{turn}", offer_id, 1)]
                reserve(wanted, purpose="bench", actor=ACTOR)
        except DomainError:
            break
    connections.close_all()
    os._exit(0)


def _run_all(workers: list[multiprocessing.context.ForkProcess]) -> None:
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _reserved(item: StockItem) -> int:
    return StockItem.objects.values_list("reserved", flat=True).get(pk=item.pk)


def _moved(item: StockItem) -> int:
    return sum(StockMovement.objects.filter(item=item).values_list("reserved_delta", flat=True))
