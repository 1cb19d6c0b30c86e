"""Rows by the thousand: the same content as the ORM writes, on both engines."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backoffice.kernel import clock
from backoffice.kernel.bulk import insert_missing, insert_rows, update_rows
from backoffice.kernel.models import Delivery, Job, OutboxEvent

pytestmark = pytest.mark.django_db
AWKWARD = "It's “100 %s” \\ {x} – \n 日本"


def test_rows_come_back_as_they_went_in():
    now = clock.now()
    payload = {"text": AWKWARD, "list": [1, None, True], "deep": {"a": []}}
    insert_rows(
        OutboxEvent, ["name", "payload", "created_at"], [(AWKWARD[:20], payload, now), ("b", {}, now)]
    )
    first, second = OutboxEvent.objects.order_by("pk")
    assert (first.name, first.payload, first.created_at) == (AWKWARD[:20], payload, now)
    assert second.payload == {}
    # What was written outside the ORM is found by the ORM's own comparison.
    assert OutboxEvent.objects.filter(created_at=now).count() == 2
    assert OutboxEvent.objects.filter(payload__text=AWKWARD).count() == 1


def test_many_rows_are_one_statement_on_a_server():
    rows = [(f"n{number}", {}, clock.now()) for number in range(1500)]
    with CaptureQueriesContext(connection) as queries:
        insert_rows(OutboxEvent, ["name", "payload", "created_at"], rows)
    assert len(queries) == 1
    assert OutboxEvent.objects.count() == 1500


def test_many_rows_come_back_as_few_do():
    now, payload = clock.now(), {"text": AWKWARD + "\t\\N\r", "none": None}
    rows = [(f"n{number}", payload, now) for number in range(300)]
    insert_rows(OutboxEvent, ["name", "payload", "created_at"], rows)
    assert list(OutboxEvent.objects.order_by("pk").values_list("name", "payload", "created_at")) == rows


def test_many_rows_with_one_that_does_not_fit_are_refused_together():
    rows: list[tuple[Any, ...]] = [(f"n{number}", {}, clock.now()) for number in range(300)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(OutboxEvent, ["name", "payload", "created_at"], [*rows, (None, {}, clock.now())])
    assert not OutboxEvent.objects.exists()


def test_rows_are_set_by_key_and_others_stay():
    made = [OutboxEvent.objects.create(name=name, payload={"old": 1}) for name in "abc"]
    update_rows(
        OutboxEvent, ["payload", "name"], [(made[0].pk, {"new": AWKWARD}, "x"), (made[2].pk, {}, "y")]
    )
    assert list(OutboxEvent.objects.order_by("pk").values_list("name", "payload")) == [
        ("x", {"new": AWKWARD}), ("b", {"old": 1}), ("y", {}),
    ]  # fmt: skip


def test_no_rows_are_no_statement():
    with CaptureQueriesContext(connection) as queries:
        insert_rows(OutboxEvent, ["name", "payload", "created_at"], [])
        update_rows(OutboxEvent, ["name"], [])
    assert len(queries) == 0


def test_the_database_still_refuses_what_does_not_fit():
    made = OutboxEvent.objects.create(name="a", payload={})
    with pytest.raises(IntegrityError):
        update_rows(OutboxEvent, ["name"], [(made.pk, None)])


def test_rows_whose_key_is_taken_are_left_out_and_the_others_told():
    now = clock.now()
    events = [OutboxEvent.objects.create(name=name, payload={}) for name in "ab"]
    names = ["event_id", "subscriber", "state", "attempts", "due_at", "last_error"]
    rows = [(event.pk, AWKWARD, "waiting", 0, now, "") for event in events]
    assert insert_missing(Delivery, names, rows[:1], unique=["event", "subscriber"]) == {
        (events[0].pk, AWKWARD)
    }
    later = [(*row[:3], 7, *row[4:]) for row in rows]
    with CaptureQueriesContext(connection) as queries:
        added = insert_missing(Delivery, names, later, unique=["event", "subscriber"])
    assert (added, len(queries)) == ({(events[1].pk, AWKWARD)}, 1)
    first, second = Delivery.objects.order_by("event_id")
    assert (first.attempts, second.attempts) == (0, 7)
    assert (second.subscriber, second.due_at, second.done_at) == (AWKWARD, now, None)


def test_a_row_that_breaks_another_rule_is_not_left_out_but_refused():
    event = OutboxEvent.objects.create(name="a", payload={})
    row = (event.pk, "s", "waiting", -1, clock.now(), "")
    names = ["event_id", "subscriber", "state", "attempts", "due_at", "last_error"]
    with pytest.raises(IntegrityError):
        insert_missing(Delivery, names, [row], unique=["event", "subscriber"])


def test_among_finds_what_in_finds():
    made = [OutboxEvent.objects.create(name=name, payload={}) for name in ("a", AWKWARD[:20], "c")]
    by_key = OutboxEvent.objects.filter(pk__among=[made[0].pk, made[2].pk, 10**15])
    assert set(by_key) == {made[0], made[2]}
    assert OutboxEvent.objects.get(name__among={AWKWARD[:20], "z"}) == made[1]
    quoted = OutboxEvent.objects.create(name='{"a",NULL}\\', payload={})
    assert OutboxEvent.objects.get(name__among=[quoted.name, ""]) == quoted
    assert not OutboxEvent.objects.filter(name__among=[None]).exists()
    assert not OutboxEvent.objects.filter(pk__among=[]).exists()
    assert set(Job.objects.filter(ref__among=["JOB-1"]).select_for_update()) == set()
