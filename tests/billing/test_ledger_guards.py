"""What the database itself refuses, whoever asks: each promise of the ledger is tried in plain SQL."""

import random
import re
import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backoffice.kernel import clock
from billing.models import Account, JournalEntry, JournalSeal, Posting, new_entry_id
from billing.operations.chain import chain_entries
from billing.operations.ledger import post_entry
from tests.factories.billing import ACTOR, NOON, draft, entity, posted


def sql(statement: str, *params: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def stored(value):
    return value if connection.features.has_native_uuid_field else value.hex


def bare_entry(books, n_lines=2, **fields):
    """An entry row without postings or seal; it lives only until the transaction tries to commit."""
    period = posted(books.pk).period
    return JournalEntry.objects.create(
        seal_id=new_entry_id(),
        entity=books,
        period=period,
        event_type="test",
        source_type="test",
        source_id="1",
        idem_key=fields.pop("idem_key", f"bare:{new_entry_id()}"),
        payload_sha256="0" * 64,
        occurred_at=NOON,
        actor_label="tests",
        n_lines=n_lines,
        **fields,
    )


def add_postings(entry, *amounts, currency="EUR"):
    account = Account.objects.get(entity=entry.entity, code="1100")
    for number, amount in enumerate(amounts, start=1):
        Posting.objects.create(
            entry=entry, line_no=number, account=account, currency=currency, amount_minor=amount
        )


@transaction.atomic
def write_entry(books, *amounts, announced=2, currency="EUR", sealed=True):
    entry = bare_entry(books, n_lines=announced)
    add_postings(entry, *amounts, currency=currency)
    if sealed:
        JournalSeal.objects.create(entry_id=entry.pk, n_lines=announced)
    return entry


@pytest.mark.django_db(transaction=True)
class TestSealing:
    def test_a_commit_without_a_seal_fails(self):
        books = entity()
        with pytest.raises(IntegrityError):
            write_entry(books, 100, -100, sealed=False)

        assert JournalEntry.objects.count() == 0

    def test_a_sealed_balanced_entry_commits(self):
        entry = write_entry(entity(), 100, -100)

        assert JournalEntry.objects.filter(pk=entry.pk).exists()

    @pytest.mark.parametrize(
        ("amounts", "announced"), [((100, -99), 2), ((100, -100), 3), ((100, -50, -50), 2), ((), 2)]
    )
    def test_an_unbalanced_or_incomplete_entry_is_not_sealed(self, amounts, announced):
        books = entity()
        with pytest.raises(DatabaseError, match="balance"):
            write_entry(books, *amounts, announced=announced)

        assert JournalSeal.objects.count() == 0

    def test_a_posting_in_another_currency_than_its_account_is_not_sealed(self):
        books = entity()
        with pytest.raises(DatabaseError, match="balance"):
            write_entry(books, 100, -100, currency="USD")

    def test_a_seal_for_no_entry_is_refused(self):
        with pytest.raises(DatabaseError, match="balance"), transaction.atomic():
            JournalSeal.objects.create(entry_id=new_entry_id(), n_lines=2)

    def test_a_zero_posting_is_refused(self):
        books = entity()
        with pytest.raises(IntegrityError):
            write_entry(books, 0, 100, -100, announced=3)

    @pytest.mark.postgres
    @pytest.mark.parametrize("table", ["billing_journalentry", "billing_posting", "billing_journalseal"])
    def test_truncate_is_refused(self, table):
        posted(entity().pk)
        with pytest.raises(DatabaseError, match="immutable"):
            sql(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
class TestImmutability:
    @pytest.fixture
    def entry(self):
        return posted(entity().pk)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE billing_journalentry SET note = 'other' WHERE id = %s",
            "DELETE FROM billing_journalentry WHERE id = %s",
            "UPDATE billing_posting SET amount_minor = amount_minor + 1 WHERE entry_id = %s",
            "DELETE FROM billing_posting WHERE entry_id = %s",
            "DELETE FROM billing_journalseal WHERE entry_id = %s",
            "UPDATE billing_journalseal SET n_lines = 3 WHERE entry_id = %s",
        ],
    )
    def test_what_was_written_cannot_be_changed_or_deleted(self, entry, statement):
        with pytest.raises(DatabaseError, match="immutable"):
            sql(statement, stored(entry.pk))

        assert list(entry.postings.order_by("line_no").values_list("amount_minor", flat=True)) == [
            1000,
            -1000,
        ]

    def test_the_chain_columns_are_filled_once(self, entry):
        chain_entries()

        with pytest.raises(DatabaseError, match="immutable"):
            sql("UPDATE billing_journalseal SET chain_hash = 'x' WHERE entry_id = %s", stored(entry.pk))

    def test_a_late_posting_is_refused(self, entry):
        account = Account.objects.get(entity=entry.entity, code="1100")

        with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
            Posting.objects.create(entry=entry, line_no=3, account=account, currency="EUR", amount_minor=5)

    def test_a_posting_without_an_entry_is_refused(self, entry):
        account = Account.objects.get(entity=entry.entity, code="1100")

        with pytest.raises(DatabaseError, match="missing"), transaction.atomic():
            Posting.objects.create(
                entry_id=new_entry_id(), line_no=1, account=account, currency="EUR", amount_minor=5
            )

    @pytest.mark.parametrize("recursive", ["ON", "OFF"])
    @pytest.mark.parametrize("table", ["billing_journalentry", "billing_posting", "billing_journalseal"])
    def test_replace_is_refused_on_sqlite_whatever_the_pragma_says(self, entry, table, recursive):
        if connection.vendor != "sqlite":
            pytest.skip("REPLACE exists on SQLite only")
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA recursive_triggers={recursive}")
        try:
            with pytest.raises(DatabaseError):
                sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA recursive_triggers=ON")

    def test_no_guard_of_sqlite_reads_the_whole_journal(self, entry):
        """Nearly no entry reverses another one, so statistics once made the guard scan for every new entry."""
        if connection.vendor != "sqlite":
            pytest.skip("guards are queries of SQLite's own")
        for _number in range(30):
            posted(entry.entity_id)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'ledger_entry_no_replace'")
            condition = cursor.fetchone()[0].partition("WHEN")[2].rpartition("BEGIN")[0]
            cursor.execute(
                f"EXPLAIN QUERY PLAN SELECT {re.sub(r'NEW[.][a-z_]+', '%s', condition)}", ["x"] * 4
            )
            plan = [row[-1] for row in cursor.fetchall()]
        assert any("SEARCH billing_journalentry" in step for step in plan)
        assert [step for step in plan if step.startswith("SCAN billing")] == []

    def test_the_same_key_twice_is_refused_by_the_table_itself(self, entry):
        with pytest.raises(IntegrityError), transaction.atomic():
            bare_entry(entry.entity, idem_key=entry.idem_key)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_late_postings_never_get_in_however_they_are_timed():
    """Writers keep trying to add a balanced pair to entries that others are sealing at that very moment."""
    books = entity()
    post_entry(draft(books.pk), actor=ACTOR)
    account = Account.objects.get(entity=books, code="1100")
    stop = threading.Event()
    written: list[object] = []
    intruded: list[object] = []

    def write() -> None:
        for _number in range(60):
            written.append(post_entry(draft(books.pk), actor=ACTOR).pk)
        connection.close()

    def intrude() -> None:
        while not stop.is_set():
            for entry_id in written[-3:]:
                try:
                    with transaction.atomic():
                        for line in (91, 92):
                            Posting.objects.create(
                                entry_id=entry_id,
                                line_no=line,
                                account=account,
                                currency="EUR",
                                amount_minor=7 if line == 91 else -7,
                            )
                    intruded.append(entry_id)
                except DatabaseError:
                    pass
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(2)]
    intruders = [threading.Thread(target=intrude) for _ in range(2)]
    for thread in writers + intruders:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in intruders:
        thread.join()

    assert len(written) == 120
    assert intruded == []
    assert Posting.objects.filter(line_no__gte=91).count() == 0


ROUNDS = 150


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ"])
def test_a_posting_inserted_while_the_seal_is_being_committed_is_refused(isolation):
    """Many rounds on connections of their own: two intruders fire around the very moment of the commit."""
    books = entity()
    post_entry(draft(books.pk), actor=ACTOR)
    account = Account.objects.get(entity=books, code="1100")
    start, done = threading.Barrier(3), threading.Barrier(3)
    entry_ids: list[object] = []
    outcomes: list[str] = []

    def write() -> None:
        for _round in range(ROUNDS):
            with transaction.atomic():
                entry = bare_entry(books)
                add_postings(entry, 100, -100)
                entry_ids.append(entry.pk)
                start.wait(30)
                JournalSeal.objects.create(entry_id=entry.pk, n_lines=2)
            done.wait(30)
        connection.close()

    def intrude(seed: int) -> None:
        luck = random.Random(seed)
        for _round in range(ROUNDS):
            start.wait(30)
            time.sleep(luck.random() * 0.004)
            try:
                with transaction.atomic():
                    with connection.cursor() as cursor:
                        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
                    for line in (91 + seed * 2, 92 + seed * 2):
                        Posting.objects.create(
                            entry_id=entry_ids[-1],
                            line_no=line,
                            account=account,
                            currency="EUR",
                            amount_minor=7 if line % 2 else -7,
                        )
                outcomes.append("written")
            except DatabaseError:
                outcomes.append("refused")
            done.wait(30)
        connection.close()

    threads = [threading.Thread(target=write), *(threading.Thread(target=intrude, args=[n]) for n in (0, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == ["refused"] * (2 * ROUNDS)
    assert Posting.objects.filter(entry_id__in=entry_ids).count() == 2 * ROUNDS


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_posting_does_not_get_into_an_entry_that_another_session_is_writing():
    """The entry is written and sealed in one session; the other tries before, between and after."""
    books = entity()
    post_entry(draft(books.pk), actor=ACTOR)
    account = Account.objects.get(entity=books, code="1100")
    between = threading.Event()
    tried = threading.Event()
    outcome: list[str] = []
    entry_ids: list[object] = []

    def intrude() -> None:
        between.wait(10)
        try:
            with transaction.atomic():
                Posting.objects.create(
                    entry_id=entry_ids[0], line_no=9, account=account, currency="EUR", amount_minor=7
                )
            outcome.append("written")
        except DatabaseError:
            outcome.append("refused")
        tried.set()
        connection.close()

    thread = threading.Thread(target=intrude)
    thread.start()
    with transaction.atomic():
        entry = bare_entry(books)
        entry_ids.append(entry.pk)
        add_postings(entry, 100, -100)
        between.set()
        tried.wait(10)
        JournalSeal.objects.create(entry_id=entry.pk, n_lines=2)
    thread.join()

    assert outcome == ["refused"]
    assert Posting.objects.filter(entry=entry).count() == 2


@pytest.mark.django_db
def test_booking_time_is_the_clock_and_not_the_event():
    moment = clock.now() + timedelta(days=3)
    with clock.frozen_at(moment):
        entry = posted(entity().pk)

    assert (entry.booked_at, entry.occurred_at) == (moment, NOON)
