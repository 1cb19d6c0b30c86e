"""How the background work stands: what waits, for how long, and what gave up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q, QuerySet

from backoffice.kernel import clock
from backoffice.kernel.models import Delivery, DeliveryState, Job, JobState
from mms.models import Mail, MailState

LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state of the machine room, for the home page and `doctor`."""

    waiting_deliveries: int
    parked_deliveries: int
    oldest_delivery_at: datetime | None
    waiting_jobs: int
    failed_jobs: int
    oldest_job_at: datetime | None
    waiting_mails: int
    failed_mails: int

    @property
    def is_late(self) -> bool:
        limit = clock.now() - LATE_AFTER
        return any(
            moment is not None and moment < limit for moment in (self.oldest_delivery_at, self.oldest_job_at)
        )

    @property
    def needs_attention(self) -> bool:
        return self.is_late or bool(self.parked_deliveries or self.failed_mails)


def read_freshness() -> Freshness:
    """Read it in five short queries over partial indexes."""
    now = clock.now()
    due = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=now)
    jobs = Job.objects.filter(Q(state=JobState.WAITING, run_after__lte=now) | Q(state=JobState.RUNNING))
    oldest_job = Job.objects.filter(state=JobState.WAITING, run_after__lte=now).aggregate(
        at=Min("run_after")
    )["at"]
    return Freshness(
        waiting_deliveries=due.count(),
        parked_deliveries=Delivery.objects.filter(state=DeliveryState.PARKED).count(),
        oldest_delivery_at=due.aggregate(at=Min("due_at"))["at"],
        waiting_jobs=jobs.count(),
        failed_jobs=Job.objects.filter(state=JobState.FAILED, created_at__gt=now - timedelta(days=7)).count(),
        oldest_job_at=oldest_job,
        waiting_mails=Mail.objects.filter(state=MailState.WAITING).count(),
        failed_mails=Mail.objects.filter(state=MailState.FAILED).count(),
    )


def list_deliveries() -> QuerySet[Delivery]:
    """Every share of an event a subscriber gets, newest first."""
    return Delivery.objects.select_related("event").order_by("-id")


def count_parked_deliveries() -> int:
    return Delivery.objects.filter(state=DeliveryState.PARKED).count()
