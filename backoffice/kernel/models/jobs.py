from django.db import models

from backoffice.kernel import clock
from backoffice.kernel.phrases import PhraseField
from backoffice.kernel.refs import new_ref


def new_job_ref() -> str:
    return new_ref("JOB")


class JobState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(models.Model):
    """A piece of background work as a row: progress, counts, checkpoint; whoever holds the lease runs it."""

    ref = models.CharField(max_length=24, unique=True, default=new_job_ref)
    kind = models.CharField(max_length=60)
    title = PhraseField(blank=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    # Set by people; the worker sees it at its next checkpoint.
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Changes with each claim: a worker that lost its lease cannot write a checkpoint any more.
    lease_token = models.CharField(max_length=40, blank=True)
    run_after = models.DateTimeField(default=clock.now)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    checkpoint = models.JSONField(default=dict)
    log = models.JSONField(default=list)
    error = PhraseField(blank=True)
    merchant_id = models.BigIntegerField(null=True, blank=True)
    # A plain id: keys point down, and people live in an app above.
    created_by_user_id = models.BigIntegerField(null=True, blank=True)
    created_by_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["run_after"], condition=models.Q(state__in=["waiting", "running"]), name="job_due"
            ),
            models.Index(fields=["merchant_id", "-id"], name="job_merchant"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.kind} ({self.state})"

    @property
    def is_finished(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}

    @property
    def percent(self) -> int | None:
        if self.state == JobState.DONE:
            return 100
        return min(99, self.done_count * 100 // self.total_count) if self.total_count else None
