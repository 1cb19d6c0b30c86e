"""How far the background work is behind: for the readiness page, the console's home and `doctor`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q

from backoffice.kernel import clock
from backoffice.kernel.models import AuditEntry, Delivery, DeliveryState, Job, JobState

# A worker looks for due work every five seconds; this much later nobody can be looking any more.
LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds that the oldest due piece of each kind waits; zero when nothing is due."""

    delivery_seconds: int
    job_seconds: int
    parked_deliveries: int

    @property
    def is_late(self) -> bool:
        return max(self.delivery_seconds, self.job_seconds) > LATE_AFTER.total_seconds()


def _seconds_since(moment: datetime | None) -> int:
    return max(0, int((clock.now() - moment).total_seconds())) if moment else 0


def get_lag() -> Lag:
    """The state of the outbox and of the jobs, in three statements."""
    now = clock.now()
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=now)
    jobs = Job.objects.filter(
        Q(state=JobState.WAITING, run_after__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now)
    )
    return Lag(
        delivery_seconds=_seconds_since(waiting.aggregate(oldest=Min("due_at"))["oldest"]),
        job_seconds=_seconds_since(jobs.aggregate(oldest=Min("run_after"))["oldest"]),
        parked_deliveries=Delivery.objects.filter(state=DeliveryState.PARKED).count(),
    )


def count_unsealed_entries() -> int:
    """Audit entries older than an hour that are not in the hash chain yet."""
    return AuditEntry.objects.filter(seal=None, at__lt=clock.now() - timedelta(hours=1)).count()
