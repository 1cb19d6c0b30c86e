"""The dry run: the kept file once through, chunk by chunk, into staged rows."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from backoffice.kernel import clock
from backoffice.kernel.bulk import insert_rows
from backoffice.kernel.jobs import JobRun
from pim.imports.access import count_outcomes
from pim.imports.comparing import Comparer
from pim.imports.formats.reading import iterate_rows
from pim.imports.items import Checked, Item
from pim.imports.mapping.definition import Definition
from pim.imports.runs import dialect_of
from pim.imports.shopify_reader import ShopifyReader
from pim.imports.table_reader import TableReader
from pim.imports.vocabulary import Vocabulary
from pim.models import FeedFormat, ImportRow, ImportRun, ImportState

CHUNK = 1000


def read_items(run: ImportRun, path: Path) -> Iterator[Item]:
    """All items of the file in order, one at a time."""
    rows = iterate_rows(path, dialect_of(run), len(run.header))
    if run.format == FeedFormat.SHOPIFY:
        return ShopifyReader(run.header).read(rows)
    return TableReader(Definition.from_json(run.definition), run.header).read(rows)


def chunks_of(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Chunks of about `size`; the rows of one product stay together."""
    stream = iter(items)
    chunk: list[Item] = []
    for item in stream:
        if len(chunk) >= size and not _belongs_to(chunk[-1], item):
            yield chunk
            chunk = []
        chunk.append(item)
    if chunk:
        yield chunk


def _belongs_to(last: Item, item: Item) -> bool:
    return item.is_extra or (bool(item.group) and item.group == last.group)


def check_file(run: ImportRun, path: Path, job: JobRun) -> None:
    """Stage every row with its outcome; a killed worker goes on behind the last staged row."""
    last = int(job.state.get("last", 0))
    done = int(job.state.get("done", 0))
    counts: dict[str, int] = dict(job.state.get("counts", {}))
    definition = Definition.from_json(run.definition)
    items = (item for item in read_items(run, path) if item.number > last)
    words = Vocabulary(clock.today())
    for chunk in chunks_of(items, CHUNK):
        words = words.fresh(clock.today())
        checked = Comparer(run, definition, words).compare(chunk)
        done += len(chunk)
        for row in checked:
            counts[row.outcome] = counts.get(row.outcome, 0) + 1
        with transaction.atomic():
            insert_rows(ImportRow, STAGED, [_staged(run, row) for row in checked])
            job.checkpoint(
                done=done, counts=counts, state={"last": chunk[-1].number, "done": done, "counts": counts}
            )
    finish_check(run)


STAGED = (
    "run_id", "number", "group", "merchant_sku", "cells", "read", "outcome", "errors", "warnings", "diff",
    "applied", "card_id", "offer_id",
)  # fmt: skip


def _staged(run: ImportRun, row: Checked) -> tuple[Any, ...]:
    return (
        run.pk,
        row.item.number,
        row.item.group,
        row.sku,
        row.item.cells,
        row.as_json() if row.outcome != "failed" else {},
        str(row.outcome),
        [item.as_json() for item in row.errors],
        [item.as_json() for item in row.warnings],
        row.diff,
        False,
        row.card_id,
        row.offer_id,
    )


@transaction.atomic
def finish_check(run: ImportRun) -> None:
    """Close the dry run with the counts of what is staged."""
    counts = count_outcomes(run)
    counts["warnings"] = ImportRow.objects.filter(run=run).exclude(warnings=[]).count()
    ImportRun.objects.filter(pk=run.pk, state=ImportState.CHECKING).update(
        state=ImportState.PREVIEWED,
        preview_counts=counts,
        row_count=sum(counts.values()) - counts["warnings"],
        finished_at=clock.now(),
    )


def take(items: Iterable[Item], count: int) -> list[Item]:
    """The first items, for the example on the mapping page."""
    return list(islice(items, count))
