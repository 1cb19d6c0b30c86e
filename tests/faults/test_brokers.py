"""A real broker carries the wake-up: the work starts long before anybody would have looked for it."""

import socket
import time
from urllib.parse import urlsplit

import pytest
from celery import Celery

from backoffice.kernel.models import Job, JobState
from tests.faults.counting import KIND

BROKERS = {"redis": "redis://127.0.0.1:6379/14", "rabbitmq": "amqp://guest:guest@127.0.0.1:5672//"}


def reachable(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=2).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("name", BROKERS)
def test_a_wake_up_reaches_a_worker_through_the_broker(processes, name):
    url = BROKERS[name]
    if not reachable(url):
        pytest.skip(f"{name} does not answer at {url.rpartition('@')[2]}")
    job = Job.objects.create(kind=KIND, payload={"until": 3})
    # A queue of its own: nobody else's worker answers, and nothing of an earlier run is heard.
    queue = f"tests-{job.ref}"
    # Not as the current application: the rest of the suite sends through its own.
    sender = Celery(broker=url, set_as_current=False)
    sender.conf.task_default_queue = queue
    with (
        sender.connection_for_write(url) as line,
        processes.running(
            "-m", "celery", "-A", "backoffice", "worker", "--pool", "solo", "--queues", queue, "--loglevel", "warning",
            CELERY_BROKER_URL=url,
        ) as worker,
    ):  # fmt: skip
        sender.send_task("kernel.run_job", args=[job.pk], queue=queue, connection=line)
        deadline = time.monotonic() + 120
        while (
            Job.objects.get().state != JobState.DONE and worker.poll() is None and time.monotonic() < deadline
        ):
            time.sleep(0.1)
        line.default_channel.queue_delete(queue)
    sender.close()
    job.refresh_from_db()
    assert (job.state, job.done_count, job.attempts) == (JobState.DONE, 3, 1), processes.log.read_text()[
        -4000:
    ]
