"""Jobs: long work as a row that any worker may claim, continue after a kill, and show while it runs.

A handler is a function `(run: JobRun) -> None` registered under a kind. It works in chunks; after each chunk it calls
`run.checkpoint(...)` in the same transaction as the chunk's changes, so a killed worker repeats nothing.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from backoffice.kernel import clock, wake
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import DomainError, NotFound, StateRefused
from backoffice.kernel.models import Job, JobState
from backoffice.kernel.phrases import gettext as _
from backoffice.kernel.phrases import stored
from backoffice.kernel.refs import new_token

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3


class JobCancelled(Exception):
    """Raised at a checkpoint when a person asked to stop; ends the handler without an error."""


class LeaseLost(Exception):
    """Another worker took the job over; this one must stop without writing."""


class JobRun:
    """One worker's hold on a job."""

    def __init__(self, job: Job) -> None:
        self.job = job

    @property
    def payload(self) -> dict[str, Any]:
        return dict(self.job.payload)

    @property
    def state(self) -> dict[str, Any]:
        """What the last checkpoint stored."""
        return dict(self.job.checkpoint)

    def checkpoint(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        counts: dict[str, int] | None = None,
        state: dict[str, Any] | None = None,
    ) -> None:
        """Store progress and extend the lease; call it in the transaction of the chunk it describes.

        Raises `JobCancelled` when a person asked to stop and `LeaseLost` when another worker has the job.
        """
        job = self.job
        values: dict[str, Any] = {"lease_until": clock.now() + LEASE}
        if done is not None:
            values["done_count"] = job.done_count = done
            # Progress proves that the job is not the poison that kills its worker.
            values["attempts"] = job.attempts = 1
        if total is not None:
            values["total_count"] = job.total_count = total
        if counts is not None:
            values["counts"] = job.counts = counts
        if state is not None:
            values["checkpoint"] = job.checkpoint = state
        mine = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_token=job.lease_token)
        if not mine.update(**values):
            raise LeaseLost(job.ref)
        if Job.objects.filter(pk=job.pk, cancel_requested=True).exists():
            raise JobCancelled(job.ref)

    def note(self, text: str) -> None:
        """Add a line to the job's log (kept to the last 200)."""
        self.job.log = [*self.job.log, {"at": clock.now().isoformat(), "text": stored(text)}][-200:]
        Job.objects.filter(pk=self.job.pk, lease_token=self.job.lease_token).update(log=self.job.log)


Handler = Callable[[JobRun], None]
_handlers: dict[str, Handler] = {}


def job_handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of `kind`; import the module from the app's `ready()`."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    actor: Actor,
    title: str = "",
    merchant_id: int | None = None,
) -> Job:
    """Write the job row in the caller's transaction and wake a worker after commit."""
    if kind not in _handlers:
        raise LookupError(f"no handler for jobs of kind {kind}")
    job = Job.objects.create(
        kind=kind,
        payload=payload,
        title=title,
        merchant_id=merchant_id,
        created_by_user_id=actor.user_id,
        created_by_label=actor.label,
    )
    wake.on_commit("kernel.run_job", job.pk)
    return job


def enqueue_once(kind: str, *, actor: Actor, title: str = "") -> None:
    """Ask for a job without payload that does whatever is due; one that still waits is enough for many askers."""
    if not Job.objects.filter(kind=kind, state=JobState.WAITING).exists():
        enqueue(kind, {}, actor=actor, title=title)


def get_job(ref: str, *, actor: Actor) -> Job:
    """One job the actor may see: operators all, merchants theirs, people with rights at places what they started.

    Raises `NotFound`.
    """
    jobs = Job.objects.filter(ref=ref)
    if not actor.is_global:
        theirs = Q(merchant_id__in=sorted(actor.merchant_ids))
        if actor.is_operator and actor.user_id is not None:
            theirs |= Q(created_by_user_id=actor.user_id, merchant_id=None)
        jobs = jobs.filter(theirs)
    job = jobs.first()
    if job is None:
        raise NotFound(_("There is no such job."))
    return job


@transaction.atomic
def cancel_job(ref: str, *, actor: Actor) -> Job:
    """Ask a job to stop at its next checkpoint; a waiting one stops at once. What was applied stays applied."""
    job = get_job(ref, actor=actor)
    if job.is_finished:
        raise StateRefused(_("This job has already ended."))
    Job.objects.filter(pk=job.pk, state=JobState.WAITING).update(
        state=JobState.CANCELLED, cancel_requested=True, finished_at=clock.now()
    )
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    return job


@transaction.atomic
def retry_job(ref: str, *, actor: Actor) -> Job:
    """Let a failed or cancelled job continue from its last checkpoint."""
    job = get_job(ref, actor=actor)
    changed = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
        state=JobState.WAITING,
        cancel_requested=False,
        attempts=0,
        error="",
        finished_at=None,
        run_after=clock.now(),
    )
    if not changed:
        raise StateRefused(_("Only a failed or cancelled job can be continued."))
    wake.on_commit("kernel.run_job", job.pk)
    job.refresh_from_db()
    return job


def due_jobs() -> list[int]:
    """Ids of jobs that wait, and of running ones whose worker let the lease run out."""
    now = clock.now()
    due = Q(state=JobState.WAITING, run_after__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now)
    return list(Job.objects.filter(due).order_by("id").values_list("id", flat=True)[:100])


def run_job(job_id: int) -> bool:
    """Claim and run one job to its end; False when it is not due or another worker has it."""
    job = _claim(job_id)
    if job is None:
        return False
    if job.attempts > MAX_ATTEMPTS:
        _finish(job, JobState.FAILED, _("The worker stopped three times at the same place; see the log."))
        return True
    try:
        _handlers[job.kind](JobRun(job))
    except JobCancelled:
        _finish(job, JobState.CANCELLED)
    except LeaseLost:
        logger.warning("lease of %s lost", job.ref)
    except DomainError as error:
        _finish(job, JobState.FAILED, str(error))
    except Exception as error:
        logger.exception("job %s failed", job.ref)
        if job.attempts >= MAX_ATTEMPTS:
            _finish(job, JobState.FAILED, f"{type(error).__name__}: {error}"[:2000])
        else:
            Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
                state=JobState.WAITING,
                run_after=clock.now() + timedelta(seconds=5 * job.attempts),
                error=f"{type(error).__name__}: {error}"[:2000],
            )
    else:
        _finish(job, JobState.DONE)
    return True


def _claim(job_id: int) -> Job | None:
    now = clock.now()
    token = new_token()
    free = Q(state=JobState.WAITING, run_after__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now)
    claimed = Job.objects.filter(free, pk=job_id).update(
        state=JobState.RUNNING, lease_until=now + LEASE, lease_token=token, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    job = Job.objects.get(pk=job_id)
    if job.started_at is None:
        job.started_at = now
        job.save(update_fields=["started_at"])
    return job


def _finish(job: Job, state: JobState, error: str = "") -> None:
    Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
        state=state, error=error, finished_at=clock.now(), lease_until=None
    )
