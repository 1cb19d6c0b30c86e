"""What machines ask: alive, ready, how far behind; and what `doctor` says of the kernel."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backoffice import health
from backoffice.kernel import audit, clock, invariants
from backoffice.kernel.invariants import invariant
from backoffice.kernel.lag import get_lag
from backoffice.kernel.models import Delivery, DeliveryState, Job, OutboxEvent
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db


def late_delivery():
    event = OutboxEvent.objects.create(name="tests.late.v1", payload={})
    return Delivery.objects.create(event=event, subscriber="x", due_at=clock.now() - timedelta(minutes=20))


def test_a_process_is_alive_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})
    assert client.post("/livez").status_code == 405


def test_a_process_is_ready_with_its_database_migrated(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"], answer.json()["problems"]) == (200, True, [])
    assert "no-store" in answer["Cache-Control"]


def test_a_missing_migration_makes_a_process_unready(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'kernel' AND name NOT LIKE '0001%%'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["migrations"])


def test_a_full_disk_makes_a_process_unready(client, monkeypatch):
    monkeypatch.setattr(health, "FREE_BYTES", 10**18)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["disk"])


def test_late_work_is_reported_but_does_not_take_the_site_down(client):
    late_delivery()
    Job.objects.create(kind="tests.late", run_after=clock.now() - timedelta(minutes=2))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    work = answer.json()["work"]
    assert work["late"] is True
    assert 1200 <= work["delivery_seconds"] < 1260
    assert 120 <= work["job_seconds"] < 180


def test_what_is_not_due_yet_is_not_late():
    Job.objects.create(kind="tests.later", run_after=clock.now() + timedelta(hours=1))
    delivery = late_delivery()
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.PARKED)
    lag = get_lag()
    assert (lag.delivery_seconds, lag.job_seconds, lag.parked_deliveries, lag.is_late) == (0, 0, 1, False)


def doctor(capsys, *arguments):
    try:
        call_command("doctor", "--json", *arguments)
    except CommandError:
        healthy = False
    else:
        healthy = True
    report = json.loads(capsys.readouterr().out)
    assert report["healthy"] is healthy
    return {item["code"]: item for item in report["invariants"]}


def test_the_doctor_finds_the_kernel_healthy_when_it_is(capsys):
    report = doctor(capsys, "--only", "kernel.")
    assert {"kernel.audit_chain", "kernel.audit_sealed", "kernel.work_in_time"} <= set(report)
    assert all(item["holds"] for item in report.values())


def test_the_doctor_names_late_work_and_unsealed_entries(capsys):
    with clock.shifted(-timedelta(hours=2)):
        audit.record("tests.old", actor=operator_actor(), subject=Job.objects.create(kind="tests.any"))
    late_delivery()
    report = doctor(capsys, "--only", "kernel.")
    assert not report["kernel.work_in_time"]["holds"]
    assert "delivery" in report["kernel.work_in_time"]["violations"][0]
    assert report["kernel.audit_sealed"]["violations"] == [
        "1 entries wait for their seal; is a worker running?"
    ]
    audit.seal_entries()
    assert doctor(capsys, "--only", "kernel.audit")["kernel.audit_sealed"]["holds"]


def test_the_doctor_shows_the_first_violations_and_fails(monkeypatch, capsys):
    monkeypatch.setattr(invariants, "_registry", {})
    invariant("tests.broken", "Nothing is wrong")(lambda: (f"wrong {number}" for number in range(1000)))
    invariant("tests.fine", "All is well")(list)
    report = doctor(capsys)
    assert report["tests.fine"]["holds"]
    assert len(report["tests.broken"]["violations"]) == 20
    with pytest.raises(CommandError, match="1 of 2"):
        call_command("doctor")
    shown = capsys.readouterr().out
    assert "BROKEN tests.broken" in shown
    assert "ok     tests.fine" in shown
