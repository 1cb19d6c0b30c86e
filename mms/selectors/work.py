"""How the background work stands: what waits, for how long, and what gave up."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from backoffice.kernel import clock
from backoffice.kernel.models import Delivery, DeliveryState, Job, JobState
from mms.models import Mail, MailState

LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state of the machine room, for the home page: how much waits, how much of it too long, what gave up."""

    waiting_deliveries: int
    late_deliveries: int
    parked_deliveries: int
    waiting_jobs: int
    late_jobs: int
    failed_jobs: int
    waiting_mails: int
    failed_mails: int

    @property
    def is_late(self) -> bool:
        return bool(self.late_deliveries or self.late_jobs)

    @property
    def needs_attention(self) -> bool:
        return self.is_late or bool(self.parked_deliveries or self.failed_mails)


def list_freshness_rows() -> dict[str, QuerySet[Any]]:
    """The rows behind each number of `Freshness`, to be counted together; all over partial indexes."""
    now = clock.now()
    due = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=now)
    jobs = Job.objects.filter(state=JobState.WAITING, run_after__lte=now)
    return {
        "waiting_deliveries": due,
        "late_deliveries": due.filter(due_at__lt=now - LATE_AFTER),
        "parked_deliveries": list_parked_deliveries(),
        "waiting_jobs": jobs | Job.objects.filter(state=JobState.RUNNING),
        "late_jobs": jobs.filter(run_after__lt=now - LATE_AFTER),
        "failed_jobs": Job.objects.filter(state=JobState.FAILED, created_at__gt=now - timedelta(days=7)),
        "waiting_mails": Mail.objects.filter(state=MailState.WAITING),
        "failed_mails": Mail.objects.filter(state=MailState.FAILED),
    }


def list_deliveries() -> QuerySet[Delivery]:
    """Every share of an event a subscriber gets, newest first."""
    return Delivery.objects.select_related("event").order_by("-id")


def list_parked_deliveries() -> QuerySet[Delivery]:
    return list_deliveries().filter(state=DeliveryState.PARKED)
