"""The recipe of docs/operations.md: a role that books, numbers and chains entries, and can change none of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from billing.models import JournalEntry, JournalSeal
from billing.operations.chain import chain_entries
from billing.operations.reversals import ask_to_reverse_entry
from billing.permissions import REVERSE_ENTRY
from tests.factories.actors import operator_actor
from tests.factories.billing import entity, posted

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
ROLE = "books_without_eraser"


def recipe() -> list[str]:
    text = (Path(settings.BASE_DIR) / "docs/operations.md").read_text()
    section = text.split("## Two roles in PostgreSQL")[1].split("\n## ")[0]
    block = re.search(r"```sql\n(.*?)```", section, re.DOTALL)
    assert block is not None
    return [re.sub(r"\bapp\b", ROLE, line) for line in block[1].strip().split("\n")]


@contextmanager
def working_as_app(unguarded: tuple[str, ...] = ()) -> Iterator[None]:
    """Everything in one transaction that is taken back, the role too."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        for statement in recipe():
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in unguarded:
            cursor.execute(f"ALTER TABLE billing_{table} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")


def test_the_role_books_chains_and_asks_for_reversals() -> None:
    books = entity()
    with working_as_app():
        entry = posted(books.pk)
        assert chain_entries() > 0
        ask_to_reverse_entry(entry.pk, reason="Twice", actor=operator_actor(REVERSE_ENTRY))
    assert JournalSeal.objects.get(pk=entry.pk).seq is not None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_journalentry SET actor_label = 'nobody'",
        "DELETE FROM billing_journalentry",
        "UPDATE billing_posting SET amount_minor = -amount_minor",
        "DELETE FROM billing_posting",
        "TRUNCATE billing_posting",
        "UPDATE billing_journalseal SET n_lines = 0",
        "DELETE FROM billing_journalseal",
    ],
)
def test_the_role_changes_nothing_even_where_no_trigger_stands_guard(statement: str) -> None:
    entry = posted(entity().pk)
    with (
        working_as_app(("journalentry", "posting", "journalseal")),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert JournalEntry.objects.get(pk=entry.pk).actor_label == entry.actor_label
