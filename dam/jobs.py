"""Background work of DAM."""

from datetime import timedelta

from django.db import transaction

from backoffice.kernel import clock, jobs
from backoffice.kernel.actors import system_actor, timer_actor
from backoffice.kernel.jobs import JobRun, job_handler
from backoffice.kernel.periodic import periodic
from backoffice.kernel.phrases import gettext as _
from dam.content.archives import list_members
from dam.operations.archives import UNPACK_JOB, close_archive, record_entries, take_out
from dam.operations.renditions import RENDER_JOB, claim_next_original, render_original
from dam.selectors.archives import find_archive_by_id
from dam.selectors.originals import has_due_originals
from dam.storage import local_copy, private_storage


@job_handler(RENDER_JOB)
def render_due_originals(run: JobRun) -> None:
    """Render whatever is due, one file at a time; several workers share the files, a killed one loses nothing."""
    counts = {"rendered": 0, "failed": 0}
    while (original := claim_next_original()) is not None:
        counts["rendered" if render_original(original) else "failed"] += 1
        run.checkpoint(done=sum(counts.values()), counts=counts)


@periodic("dam.render_due", every=timedelta(seconds=30))
def wake_renderer() -> None:
    """A second chance for files whose job ended before they were committed, or that failed and may be tried again."""
    if has_due_originals(clock.now()):
        jobs.enqueue_once(RENDER_JOB, actor=timer_actor("renditions"), title=_("Render pictures"))


UNPACK_CHUNK = 20


@job_handler(UNPACK_JOB)
def unpack_archive(run: JobRun) -> None:
    """Take the files out in chunks; a chunk's report, news and checkpoint become true together."""
    archive = find_archive_by_id(run.payload["archive_id"])
    if archive is None or not archive.stored_as:
        return
    done = int(run.state.get("done", 0))
    counts = {"stored": 0, "refused": 0} | run.state.get("counts", {})
    with local_copy(private_storage(), archive.stored_as) as path:
        members = list_members(path)
        while done < len(members):
            part = members[done : done + UNPACK_CHUNK]
            entries = [
                take_out(archive, path, member, done + offset, actor=system_actor(archive.created_by_label))
                for offset, member in enumerate(part, start=1)
            ]
            done += len(part)
            counts["stored"] += sum(not entry.error for entry in entries)
            counts["refused"] += sum(bool(entry.error) for entry in entries)
            with transaction.atomic():
                record_entries(archive, entries)
                run.checkpoint(
                    done=done, total=len(members), counts=counts, state={"done": done, "counts": counts}
                )
    close_archive(archive)
