"""The trail cannot be changed through the database, and a change behind its back is found by the chain."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import timer_actor
from backoffice.kernel.models import AuditEntry, AuditSeal, Job, PeriodicMark
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db

OPERATOR = operator_actor(user_id=7, label="Olivia")


@pytest.fixture
def job():
    return Job.objects.create(kind="tests.any", merchant_id=5)


@pytest.fixture
def trail(job):
    for number in range(3):
        audit.record("tests.job.changed", actor=OPERATOR, subject=job, changes={"done": [number, number + 1]})
    return job


@pytest.fixture
def without_triggers():
    """What somebody with the keys of the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER kernel_auditentry_no_update")
            cursor.execute("DROP TRIGGER kernel_auditseal_no_update")
            cursor.execute("DROP TRIGGER kernel_auditseal_no_delete")
        else:
            cursor.execute("ALTER TABLE kernel_auditentry DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE kernel_auditseal DISABLE TRIGGER USER")


def test_an_entry_says_who_did_what_to_which_thing(job):
    entry = audit.record(
        "tests.job.changed", actor=OPERATOR, subject=job, changes={"state": ["a", "b"]}, note="why"
    )
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == ("user", "7", "Olivia")
    assert (entry.subject_type, entry.subject_ref, entry.merchant_id) == ("kernel.job", job.ref, 5)
    assert (entry.changes, entry.note) == ({"state": ["a", "b"]}, "why")


def test_a_thing_without_a_ref_is_named_by_its_key():
    mark = PeriodicMark.objects.create(name="nightly", next_at=clock.now())
    entry = audit.record("tests.mark", actor=timer_actor("nightly"), subject=mark)
    assert (entry.subject_ref, entry.actor_kind) == ("nightly", "timer")


def test_the_trail_of_a_thing_is_newest_first_and_its_own(trail):
    other = Job.objects.create(kind="tests.other")
    audit.record("tests.other", actor=OPERATOR, subject=other)
    assert [entry.changes["done"][1] for entry in audit.list_entries(trail)] == [3, 2, 1]


def test_changes_are_kept_in_a_form_that_can_be_hashed(job):
    changes = {"price": [None, Decimal("1.50")], "asset": [None, UUID(int=1)], "at": [None, clock.today()]}
    audit.record("tests.changed", actor=OPERATOR, subject=job, changes=changes)
    stored = AuditEntry.objects.get().changes
    assert stored["price"] == [None, "1.50"]
    assert stored["asset"] == [None, "00000000-0000-0000-0000-000000000001"]
    with pytest.raises(TypeError, match="float"):
        audit.record("tests.changed", actor=OPERATOR, subject=job, changes={"weight": [0, 1.5]})
    assert audit.seal_entries() == 1


@pytest.mark.parametrize("table", ["kernel_auditentry", "kernel_auditseal"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_the_database_refuses_to_change_or_delete(trail, table, verb):
    audit.seal_entries()
    column = {"kernel_auditentry": "note", "kernel_auditseal": "hash"}[table]
    statement = {"UPDATE": f"UPDATE {table} SET {column} = 'x'", "DELETE": f"DELETE FROM {table}"}[verb]
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.filter(note="").count() == 3
    assert list(audit.broken_links()) == []


def test_an_entry_cannot_be_replaced_either(trail):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own")
    entry = AuditEntry.objects.first()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT OR REPLACE INTO kernel_auditentry SELECT id, at, 'forged', actor_kind, actor_id, actor_label,"
            " subject_type, subject_ref, merchant_id, changes, note, ip FROM kernel_auditentry WHERE id = %s",
            [entry.pk],
        )
    entry.refresh_from_db()
    assert entry.action == "tests.job.changed"


def test_sealing_links_every_entry_once(trail):
    assert audit.seal_entries() == 3
    assert audit.seal_entries() == 0
    seals = list(AuditSeal.objects.order_by("seq"))
    assert [seal.seq for seal in seals] == [1, 2, 3]
    assert seals[0].previous_hash == audit.GENESIS
    assert [seal.previous_hash for seal in seals[1:]] == [seal.hash for seal in seals[:-1]]
    assert list(audit.broken_links()) == []


def test_entries_are_sealed_across_batches(trail, monkeypatch):
    monkeypatch.setattr(audit, "BATCH", 2)
    assert audit.seal_entries() == 3
    assert list(audit.broken_links()) == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "UPDATE kernel_auditentry SET actor_label = 'Somebody' WHERE id = {entry}",
            "was changed after it was sealed",
        ),
        (
            "UPDATE kernel_auditentry SET changes = '{{}}' WHERE id = {entry}",
            "was changed after it was sealed",
        ),
        ("UPDATE kernel_auditseal SET previous_hash = 'x' WHERE seq = 2", "does not follow"),
        ("DELETE FROM kernel_auditseal WHERE seq = 2", "is missing"),
    ],
)
def test_tampering_behind_the_triggers_is_found(trail, without_triggers, statement, sentence):
    audit.seal_entries()
    entry = AuditEntry.objects.order_by("id")[1]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(entry=entry.pk))
    assert any(sentence in broken for broken in audit.broken_links())
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_audit")


def test_the_command_seals_and_walks_the_chain(trail, capsys):
    call_command("verify_audit")
    assert capsys.readouterr().out.strip() == "audit chain intact"
    assert AuditSeal.objects.count() == 3
