"""The background work of imports: check, apply, fetch pictures."""

from pathlib import Path

from django.core.files.storage import storages
from django.db import transaction

from backoffice.kernel import clock, jobs
from backoffice.kernel.errors import DomainError
from backoffice.kernel.jobs import JobCancelled, JobRun, job_handler
from backoffice.kernel.phrases import gettext as _
from dam.storage import local_copy
from pim.imports.access import actor_of, count_outcomes, find_import_by_id
from pim.imports.applying import Applier
from pim.imports.checking import check_file
from pim.imports.pictures import fetch_pictures, has_pictures
from pim.imports.runs import APPLY_JOB, CHECK_JOB, PICTURES_JOB
from pim.imports.undo import UNDO_JOB, take_back
from pim.imports.vocabulary import Vocabulary
from pim.models import ChangeSource, ImportRow, ImportRun, ImportState
from pim.operations.change_sets import open_change_set

CHUNK = 1000


@job_handler(CHECK_JOB)
def check_import_job(job: JobRun) -> None:
    """Stage all rows with what they would change."""
    run = find_import_by_id(job.payload["run_id"])
    if run is None or run.state != ImportState.CHECKING:
        return
    try:
        with local_copy(storages["private"], run.stored_as) as path:
            check_file(run, Path(path), job)
    except JobCancelled:
        _end(run, ImportState.CANCELLED)
        raise
    except DomainError as error:
        _end(run, ImportState.FAILED, error.message)
        raise


@job_handler(APPLY_JOB)
def apply_import_job(job: JobRun) -> None:
    """Apply the staged rows; each chunk's rows and the checkpoint become true together."""
    run = find_import_by_id(job.payload["run_id"])
    if run is None or run.state != ImportState.APPLYING:
        return
    try:
        _apply_chunks(run, job)
    except JobCancelled:
        _end(run, ImportState.CANCELLED)
        raise
    except DomainError as error:
        _end(run, ImportState.FAILED, error.message)
        raise
    _finish(run)


def _apply_chunks(run: ImportRun, job: JobRun) -> None:
    actor = actor_of(run)
    last, done = int(job.state.get("last", 0)), int(job.state.get("done", 0))
    words = Vocabulary(clock.today())
    while rows := _next_rows(run, last):
        with transaction.atomic():
            if run.change_set is None:
                run.change_set = open_change_set(
                    actor,
                    source=ChangeSource.IMPORT,
                    merchant_id=run.merchant_id,
                    job_ref=job.job.ref,
                    note=run.filename,
                )
                ImportRun.objects.filter(pk=run.pk).update(change_set=run.change_set)
            pending = [row for row in rows if not row.applied]
            words = words.fresh(clock.today())
            if pending:
                Applier(run, run.change_set, words, actor).apply(pending)
            last, done = rows[-1].number, done + len(rows)
            job.checkpoint(done=done, total=run.row_count, state={"last": last, "done": done})


def _next_rows(run: ImportRun, last: int) -> list[ImportRow]:
    """The next chunk; rows of one product stay together."""
    # What was sent and what was wrong is for people; applying needs neither.
    light = ImportRow.objects.defer("cells", "errors", "warnings", "diff")
    rows = list(light.filter(run=run, number__gt=last).order_by("number")[:CHUNK])
    if len(rows) == CHUNK and rows[-1].group:
        rest = light.filter(run=run, number__gt=rows[-1].number).order_by("number")
        for row in rest.iterator(chunk_size=200):
            if row.group != rows[-1].group:
                break
            rows.append(row)
    return rows


def _finish(run: ImportRun) -> None:
    counts = count_outcomes(run)
    if sum(counts.values()) != run.row_count:
        raise RuntimeError(
            f"{run.ref}: {sum(counts.values())} rows are accounted for, {run.row_count} were staged"
        )
    with transaction.atomic():
        counts["warnings"] = ImportRow.objects.filter(run=run).exclude(warnings=[]).count()
        ImportRun.objects.filter(pk=run.pk).update(
            state=ImportState.DONE, counts=counts, finished_at=clock.now()
        )
        if has_pictures(run):
            jobs.enqueue(
                PICTURES_JOB,
                {"run_id": run.pk},
                actor=actor_of(run),
                title=_("Fetch pictures of %(name)s") % {"name": run.filename},
                merchant_id=run.merchant_id,
            )


def _end(run: ImportRun, state: str, error: str = "") -> None:
    ImportRun.objects.filter(pk=run.pk).update(state=state, error=error, finished_at=clock.now())


@job_handler(PICTURES_JOB)
def fetch_pictures_job(job: JobRun) -> None:
    """Fetch the pictures of an import one by one; an address that does not answer is a warning on its row."""
    run = find_import_by_id(job.payload["run_id"])
    if run is not None:
        fetch_pictures(run, job)


@job_handler(UNDO_JOB)
def undo_import_job(job: JobRun) -> None:
    """Take an import back as a whole."""
    run = find_import_by_id(job.payload["run_id"])
    if run is None or run.state != ImportState.APPLYING:
        return
    try:
        with transaction.atomic():
            job.checkpoint(
                done=run.row_count, total=run.row_count, counts=take_back(run, actor=actor_of(run))
            )
    except DomainError:
        _end(run, ImportState.DONE)
        raise
