"""A job is a row: one worker holds it, a killed one is replaced at the last checkpoint, people can stop it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from backoffice.kernel import clock, jobs, work
from backoffice.kernel.errors import Conflict, NotFound, StateRefused
from backoffice.kernel.jobs import (
    MAX_ATTEMPTS,
    JobRun,
    cancel_job,
    enqueue,
    get_job,
    job_handler,
    retry_job,
    run_job,
)
from backoffice.kernel.models import Job, JobState, PeriodicMark
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registries")]

OPERATOR = operator_actor("tests.any", user_id=7, label="Olivia")


def count_to(run: JobRun) -> None:
    """Write one row per number, each in one transaction with its checkpoint."""
    for number in range(run.state.get("next", 0), run.payload["until"]):
        with transaction.atomic():
            PeriodicMark.objects.create(name=f"row {number}", next_at=clock.now())
            run.checkpoint(done=number + 1, total=run.payload["until"], state={"next": number + 1})


def test_a_job_knows_who_asked_and_ends_as_done():
    job_handler("tests.count")(count_to)
    job = enqueue("tests.count", {"until": 3}, actor=OPERATOR, title="Count", merchant_id=5)
    assert (job.created_by_user_id, job.created_by_label, job.state) == (7, "Olivia", JobState.WAITING)
    assert work.drain() == 1
    job.refresh_from_db()
    assert (job.state, job.done_count, job.total_count, job.percent) == (JobState.DONE, 3, 3, 100)
    assert job.finished_at is not None
    assert PeriodicMark.objects.count() == 3
    assert not run_job(job.pk)


def test_a_job_of_an_unknown_kind_is_refused_at_once():
    with pytest.raises(LookupError, match=r"tests\.unknown"):
        enqueue("tests.unknown", {}, actor=OPERATOR)
    assert not Job.objects.exists()


def test_a_job_that_was_enqueued_in_a_failed_transaction_does_not_exist(transactional_db):
    job_handler("tests.count")(count_to)
    with transaction.atomic():
        enqueue("tests.count", {"until": 3}, actor=OPERATOR)
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not PeriodicMark.objects.exists()


def test_two_workers_that_reach_for_a_job_at_once_do_it_once(transactional_db):
    started = []

    @job_handler("tests.slow")
    def slow(run):
        started.append(threading.get_ident())
        meeting.wait(timeout=5)

    # Both threads claim, one of them gets it; the other one frees the winner by meeting it here.
    meeting = threading.Barrier(2)
    job = Job.objects.create(kind="tests.slow")
    answers = []

    def reach() -> None:
        try:
            done = run_job(job.pk)
            if not done:
                meeting.wait(timeout=5)
            answers.append(done)
        finally:
            connection.close()

    threads = [threading.Thread(target=reach) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, True]
    assert len(started) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_a_killed_worker_is_replaced_after_its_lease_and_at_its_checkpoint():
    job_handler("tests.count")(count_to)
    job = enqueue("tests.count", {"until": 4}, actor=OPERATOR)
    # What a worker leaves behind that was killed after its second checkpoint.
    for number in (0, 1):
        PeriodicMark.objects.create(name=f"row {number}", next_at=clock.now())
    Job.objects.update(
        state=JobState.RUNNING,
        attempts=1,
        lease_token="gone",
        lease_until=clock.now() + jobs.LEASE,
        checkpoint={"next": 2},
        done_count=2,
    )
    assert not run_job(job.pk)
    with clock.shifted(jobs.LEASE + timedelta(seconds=1)):
        assert jobs.due_jobs() == [job.pk]
        assert run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_count) == (JobState.DONE, 4)
    assert sorted(PeriodicMark.objects.values_list("name", flat=True)) == ["row 0", "row 1", "row 2", "row 3"]


def test_a_worker_that_lost_its_lease_writes_nothing_more():
    @job_handler("tests.overtaken")
    def overtaken(run):
        Job.objects.filter(pk=run.job.pk).update(lease_token="somebody else")
        count_to(run)

    job = enqueue("tests.overtaken", {"until": 3}, actor=OPERATOR)
    assert run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_count, job.lease_token) == (JobState.RUNNING, 0, "somebody else")
    assert not PeriodicMark.objects.exists()


def test_a_job_that_kills_its_worker_every_time_is_given_up_after_three():
    called = []
    job_handler("tests.poison")(lambda run: called.append(run))
    job = enqueue("tests.poison", {}, actor=OPERATOR)
    # Three workers claimed it and died without a checkpoint.
    Job.objects.update(
        state=JobState.RUNNING, attempts=MAX_ATTEMPTS, lease_until=clock.now() - timedelta(seconds=1)
    )
    assert run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "three times" in job.error
    assert called == []


def test_progress_proves_that_a_job_is_no_poison():
    job_handler("tests.count")(count_to)
    job = enqueue("tests.count", {"until": 1}, actor=OPERATOR)
    Job.objects.update(attempts=2)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_an_exception_is_tried_again_later_and_then_reported():
    @job_handler("tests.broken")
    def broken(run):
        raise ConnectionError("no answer")

    job = enqueue("tests.broken", {}, actor=OPERATOR)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert jobs.due_jobs() == ([job.pk] if attempt == 1 else [])
        with clock.shifted(timedelta(minutes=attempt - 1)):
            assert run_job(job.pk)
        job.refresh_from_db()
        assert job.attempts == attempt
        assert job.error == "ConnectionError: no answer"
        assert job.state == (JobState.FAILED if attempt == MAX_ATTEMPTS else JobState.WAITING)


def test_a_broken_rule_fails_the_job_at_once_with_its_sentence():
    @job_handler("tests.refused")
    def refused(run):
        raise Conflict("Somebody was faster.")

    job = enqueue("tests.refused", {}, actor=OPERATOR)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == (JobState.FAILED, "Somebody was faster.", 1)


def test_a_waiting_job_can_be_cancelled_and_continued():
    job_handler("tests.count")(count_to)
    job = enqueue("tests.count", {"until": 2}, actor=OPERATOR)
    assert cancel_job(job.ref, actor=OPERATOR).state == JobState.CANCELLED
    assert work.drain() == 0
    with pytest.raises(StateRefused):
        cancel_job(job.ref, actor=OPERATOR)
    retry_job(job.ref, actor=OPERATOR)
    work.drain()
    job.refresh_from_db()
    assert (job.state, job.done_count) == (JobState.DONE, 2)
    with pytest.raises(StateRefused):
        retry_job(job.ref, actor=OPERATOR)


def test_a_running_job_stops_at_its_next_checkpoint_and_keeps_what_it_did():
    asked = []

    @job_handler("tests.stoppable")
    def stoppable(run):
        for number in range(run.state.get("next", 0), 5):
            if number == 2 and not asked:
                asked.append(cancel_job(run.job.ref, actor=OPERATOR).cancel_requested)
            with transaction.atomic():
                PeriodicMark.objects.create(name=f"row {number}", next_at=clock.now())
                run.checkpoint(done=number + 1, state={"next": number + 1})

    job = enqueue("tests.stoppable", {}, actor=OPERATOR)
    run_job(job.pk)
    job.refresh_from_db()
    assert asked == [True]
    assert (job.state, job.done_count, job.error) == (JobState.CANCELLED, 2, "")
    assert PeriodicMark.objects.count() == 2
    retry_job(job.ref, actor=OPERATOR)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_count) == (JobState.DONE, 5)
    assert PeriodicMark.objects.count() == 5


def test_merchants_see_their_own_jobs_only():
    job_handler("tests.count")(count_to)
    job = enqueue("tests.count", {"until": 1}, actor=OPERATOR, merchant_id=5)
    assert get_job(job.ref, actor=merchant_actor(5)) == job
    for act in (get_job, cancel_job, retry_job):
        with pytest.raises(NotFound):
            act(job.ref, actor=stranger_actor())
    job.refresh_from_db()
    assert (job.state, job.cancel_requested) == (JobState.WAITING, False)


def test_the_log_keeps_the_last_two_hundred_lines():
    @job_handler("tests.chatty")
    def chatty(run):
        for number in range(205):
            run.note(f"line {number}")

    job = enqueue("tests.chatty", {}, actor=OPERATOR)
    run_job(job.pk)
    job.refresh_from_db()
    assert [job.log[0]["text"], job.log[-1]["text"], len(job.log)] == ["line 5", "line 204", 200]
