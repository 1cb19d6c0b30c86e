"""Exports too long to wait for: the same rows as the page shows, written by a job into a file of whoever asked."""

import csv
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from django.contrib.auth.models import AnonymousUser
from django.core.files import File
from django.core.files.storage import storages
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.text import slugify

from backoffice.kernel import clock, jobs
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from backoffice.kernel.jobs import JobRun, job_handler
from backoffice.kernel.models import Job, JobState
from backoffice.kernel.periodic import periodic
from backoffice.kernel.phrases import gettext as _
from backoffice.kernel.refs import new_token
from backoffice.ui import exports
from backoffice.ui.pages.base import MERCHANT_SESSION_KEY
from backoffice.ui.tables import Table

EXPORT_JOB = "ui.export"
# More rows than this are written by a job.
LONG = 5000
KEPT_FOR = timedelta(days=7)
FOLDER = "exports"


def is_long(table: Table) -> bool:
    """Whether an export is too long to wait for; lists that are computed in memory are at hand already."""
    return isinstance(table.sorted_rows, QuerySet) and table.count > LONG


def enqueue_export(request: HttpRequest, file_format: str, title: str, merchant_id: int | None) -> Job:
    """Let a worker write what this request's list shows, as this person, with the rights they hold now."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    query = request.GET.copy()
    query.pop("export", None)
    return jobs.enqueue(
        EXPORT_JOB,
        {
            "path": request.path_info,
            "query": query.urlencode(),
            "format": file_format,
            "name": f"{slugify(title) or 'export'}-{clock.today().isoformat()}.{file_format}",
            "language": translation.get_language() or "",
            "actor": actor.as_json(),
            "merchant_id": merchant_id,
        },
        actor=actor,
        title=_("Export of %(list)s") % {"list": title},
        merchant_id=merchant_id,
    )


@job_handler(EXPORT_JOB)
def write_export(run: JobRun) -> None:
    """Write the whole file, then show it; a killed worker begins anew, because half a list is no list."""
    payload = run.payload
    with translation.override(payload["language"] or None), tempfile.TemporaryDirectory() as folder:
        table = _table_of(payload)
        total, path = table.sorted_rows.order_by().count(), Path(folder) / "export"
        counted = _counted(exports.rows(table), run, total)
        if payload["format"] == "csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                _write_csv(file, table, counted)
        else:
            exports.write_xlsx(path, table, counted)
        name = f"{FOLDER}/{new_token()}.{payload['format']}"
        with path.open("rb") as stream:
            name = storages["private"].save(name, File(stream))
    run.checkpoint(done=total, total=total, state={"file": name})


def _table_of(payload: dict[str, Any]) -> Table:
    """The table of the page at this address, for whoever asked."""
    try:
        match = resolve(payload["path"])
    except Resolver404:
        raise NotFound(_("This list does not exist any more.")) from None
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", payload["path"], payload["path"]
    request.GET = QueryDict(payload["query"])
    request.resolver_match, request.user = match, AnonymousUser()
    request.session = {MERCHANT_SESSION_KEY: payload["merchant_id"]}  # type: ignore[assignment]
    request.actor = Actor.from_json(payload["actor"])  # type: ignore[attr-defined]
    page = match.func.view_class(**match.func.view_initkwargs)  # type: ignore[attr-defined]
    page.setup(request, *match.args, **match.kwargs)
    table: Table = page.get_table()
    return table


def _counted(rows: Iterator[list[Any]], run: JobRun, total: int) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % exports.CHUNK == 0:
            run.checkpoint(done=number, total=total)


def _write_csv(file: TextIO, table: Table, rows: Iterator[list[Any]]) -> None:
    writer = csv.writer(file)
    writer.writerow([exports.neutral(text) for text in exports.headings(table)])
    for row in rows:
        writer.writerow([exports.neutral(value) for value in row])


def open_export(ref: str, *, actor: Actor) -> tuple[Any, str]:
    """The finished file and its name, for the person who asked for it and nobody else. Raises `NotFound`."""
    job = jobs.get_job(ref, actor=actor)
    name = job.checkpoint.get("file") if job.kind == EXPORT_JOB and job.state == JobState.DONE else None
    if not name or job.created_by_user_id != actor.user_id or not storages["private"].exists(name):
        raise NotFound(_("There is no such file; exports are kept for seven days."))
    return storages["private"].open(name), job.payload["name"]


@periodic("ui.exports_expire", every=timedelta(hours=6))
def expire_exports() -> int:
    """Delete files that were written more than seven days ago; the job stays as a record."""
    old = Job.objects.filter(
        kind=EXPORT_JOB, finished_at__lt=clock.now() - KEPT_FOR, checkpoint__has_key="file"
    )
    for job in old:
        storages["private"].delete(job.checkpoint["file"])
        Job.objects.filter(pk=job.pk).update(checkpoint={})
    return len(old)
