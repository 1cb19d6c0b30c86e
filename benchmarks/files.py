"""Product files of any length at constant memory: a file, then one ten times as long, as CSV and as XLSX.

The peak of a process never falls, so what the long file adds to it is what its length costs. Each file goes the whole
way: sent, read, checked, previewed, applied, and its failed rows written back. Every twentieth row fails.
"""

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

from benchmarks.catalogue import HEADER, product_row, run_now, seconds_of
from benchmarks.measuring import Row, peak_megabytes, row
from benchmarks.world import ACTOR, World
from mas.models import Merchant
from pim.imports.report import iterate_failed_csv, write_failed_xlsx
from pim.imports.runs import apply_import, check_import, receive_import
from pim.operations.brands import ensure_brands

FAILS_EVERY = 20
PIECE = 64 * 1024


def measure(world: World, rows: int) -> Iterator[Row]:
    """Peak memory in MB after each step, and rows per second; the ratio is the growth against the short file."""
    ensure_brands({"Northwood"})
    with tempfile.TemporaryDirectory() as folder:
        for number, kind in enumerate(("csv", "xlsx")):
            # SKUs of their own: every row of every file makes a card.
            start = (number + 1) * 10_000_000
            short = Path(folder) / f"short.{kind}"
            write_file(short, start, rows // 10)
            long = Path(folder) / f"long.{kind}"
            write_file(long, start + rows, rows)
            before = 0.0
            for name, path, count in (("short", short, rows // 10), ("long", long, rows)):
                taken = _import(path, count, world.merchants[0])
                peak = peak_megabytes()
                yield row(f"files.{kind}_{name}", count / taken, "rows/s")
                yield row(
                    f"files.{kind}_{name}_peak_rss", peak, "MB", ratio=peak / before if before else None
                )
                before = peak


def write_file(path: Path, start: int, rows: int) -> None:
    """A product file, written row by row."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(_lines(start, rows))
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in _lines(start, rows):
        sheet.append(line)
    book.save(path)


def _lines(start: int, rows: int) -> Iterator[list[str]]:
    yield list(HEADER)
    for number in range(rows):
        cells = product_row(start + number)
        if number % FAILS_EVERY == 0:
            cells[HEADER.index("price")] = "soon"
        yield cells


def _import(path: Path, rows: int, merchant: Merchant) -> float:
    with path.open("rb") as stream:
        pieces = iter(lambda: stream.read(PIECE), b"")
        run = receive_import(pieces, filename=path.name, merchant_id=merchant.pk, currency="EUR", actor=ACTOR)
    taken = seconds_of(lambda: run_now(check_import(run.ref, actor=ACTOR)))
    taken += seconds_of(lambda: run_now(apply_import(run.ref, actor=ACTOR)))
    run.refresh_from_db()
    failed = -(-rows // FAILS_EVERY)
    if run.state != "done" or run.counts["failed"] != failed or run.counts["new"] != rows - failed:
        raise RuntimeError(f"{path.name}: {run.state} {run.counts} {run.error}")
    if path.suffix == ".csv":
        for _piece in iterate_failed_csv(run):
            pass
    else:
        write_failed_xlsx(run).close()
    return taken
