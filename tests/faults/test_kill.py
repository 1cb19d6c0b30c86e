"""`kill -9` of a worker at any moment loses nothing and doubles nothing."""

import os
import random
import signal
import time
from collections import Counter

import pytest

from backoffice.kernel.models import IdempotencyKey, Job, JobState
from tests.faults.counting import KIND

UNTIL = 120
KILLS = 3


def counted() -> int:
    return IdempotencyKey.objects.filter(caller="counting").count()


def wait_until(condition, process, processes):
    deadline = time.monotonic() + 120
    while not condition():
        if process.poll() not in (None, 0) or time.monotonic() > deadline:
            pytest.fail(f"the worker did not get there; it says:\n{processes.log.read_text()[-4000:]}")
        time.sleep(0.05)


def kill_after_more_work(process, chance, processes):
    """Let the worker count some numbers, then kill it at a random point of the next ones."""
    goal = counted() + chance.randint(3, 10)
    wait_until(lambda: counted() >= goal or counted() == UNTIL, process, processes)
    time.sleep(chance.random() * 0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.3)  # a database server needs a moment to notice that its client is gone


@pytest.mark.parametrize("way", ["worker", "drain"])
def test_a_killed_worker_loses_nothing_and_doubles_nothing(processes, way):
    chance = random.Random(20)
    job = Job.objects.create(kind=KIND, payload={"until": UNTIL})
    start = getattr(processes, way)
    for _kill in range(KILLS):
        with start() as process:
            kill_after_more_work(process, chance, processes)
        assert counted() < UNTIL, "the kill came too late to prove anything"
        job.refresh_from_db()
        # Each number and its checkpoint became true together, or not at all.
        assert (job.done_count, job.state) == (counted(), JobState.RUNNING)
    time.sleep(1.1)  # the lease of the last one that was killed
    with start() as process:
        wait_until(lambda: Job.objects.get().state == JobState.DONE, process, processes)
    numbers = Counter(key.partition("-")[0] for key in IdempotencyKey.objects.values_list("key", flat=True))
    assert numbers == Counter(str(number) for number in range(UNTIL))
    job.refresh_from_db()
    assert job.done_count == UNTIL
