"""A command that is sent twice is done once; the same key with other content is a conflict."""

import threading
import time

import pytest
from django.db import connection, transaction

from backoffice.kernel import clock
from backoffice.kernel.errors import StateRefused
from backoffice.kernel.idempotency import IdempotencyConflict, run_once
from backoffice.kernel.models import IdempotencyKey, PeriodicMark


def create_mark(name="made"):
    mark = PeriodicMark.objects.create(name=name, next_at=clock.now())
    return 201, {"name": mark.name}


@pytest.mark.django_db
def test_the_second_time_answers_the_same_and_does_nothing():
    first = run_once("key-1", "abc", {"a": 1}, create_mark)
    second = run_once("key-1", "abc", {"a": 1}, lambda: pytest.fail("done twice"))
    assert first == second == (201, {"name": "made"})
    assert PeriodicMark.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_other_content_is_refused():
    run_once("key-1", "abc", {"a": 1}, create_mark)
    with pytest.raises(IdempotencyConflict):
        run_once("key-1", "abc", {"a": 2}, lambda: pytest.fail("done twice"))


@pytest.mark.django_db
def test_keys_of_different_callers_never_meet():
    run_once("key-1", "abc", {"a": 1}, create_mark)
    assert run_once("key-2", "abc", {"a": 2}, lambda: (200, "other")) == (200, "other")


@pytest.mark.django_db
def test_a_command_that_was_refused_leaves_no_trace_and_may_be_sent_again():
    def refused():
        create_mark("half done")
        raise StateRefused("Not now.")

    with pytest.raises(StateRefused):
        run_once("key-1", "abc", {"a": 1}, refused)
    assert not IdempotencyKey.objects.exists()
    assert not PeriodicMark.objects.exists()
    assert run_once("key-1", "abc", {"a": 1}, create_mark)[0] == 201


@pytest.mark.django_db(transaction=True)
def test_twins_sent_at_the_same_moment_are_done_once_and_answered_the_same():
    answers = []
    done = []
    together = threading.Barrier(4)

    def command():
        done.append(1)
        # Long enough that the others arrive while this one is still under way.
        time.sleep(0.2)
        return create_mark()

    def send() -> None:
        try:
            together.wait(timeout=10)
            answers.append(run_once("key-1", "abc", {"a": 1}, command))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(201, {"name": "made"})] * 4
    assert len(done) == 1
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_twin_inside_a_larger_transaction_does_not_break_it():
    run_once("key-1", "abc", {"a": 1}, create_mark)
    with transaction.atomic():
        assert run_once("key-1", "abc", {"a": 1}, create_mark)[0] == 201
        create_mark("after")
    assert PeriodicMark.objects.count() == 2
