"""Celery entry points: ids in, one call."""

from celery import shared_task

from backoffice.kernel import events, jobs, work


@shared_task(name="kernel.deliver_event")
def deliver_event_task(*event_ids: int) -> None:
    events.deliver_events(event_ids)


@shared_task(name="kernel.run_job")
def run_job_task(job_id: int) -> None:
    jobs.run_job(job_id)


@shared_task(name="kernel.do_due_work")
def do_due_work_task() -> None:
    work.do_due_work()
