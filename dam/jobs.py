"""Background work of DAM."""

from datetime import timedelta

from backoffice.kernel import clock, jobs
from backoffice.kernel.actors import timer_actor
from backoffice.kernel.jobs import JobRun, job_handler
from backoffice.kernel.periodic import periodic
from dam.operations.renditions import RENDER_JOB, claim_next_original, render_original
from dam.selectors.originals import has_due_originals


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
        jobs.enqueue_once(RENDER_JOB, actor=timer_actor("renditions"), title="Render pictures")
