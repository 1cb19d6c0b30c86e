"""On SQLite the guard against REPLACE asks each unique key of the journal by itself.

Asked with OR in one query, the guard read the whole journal for every new entry: nearly no entry reverses another one, so
that key's statistics promise nothing and SQLite chose to scan.
"""

from typing import Any

from django.db import migrations

NAME, TABLE = "ledger_entry_no_replace", "billing_journalentry"
TOGETHER = (
    f"EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id "
    "OR (entity_id = NEW.entity_id AND idem_key = NEW.idem_key) "
    "OR (NEW.reverses_id IS NOT NULL AND reverses_id = NEW.reverses_id))"
)
EACH = (
    f"EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) "
    f"OR EXISTS (SELECT 1 FROM {TABLE} WHERE entity_id = NEW.entity_id AND idem_key = NEW.idem_key) "
    f"OR EXISTS (SELECT 1 FROM {TABLE} WHERE reverses_id = NEW.reverses_id)"
)


def _guard(schema_editor: Any, condition: str) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}", params=None)
    schema_editor.execute(
        f"CREATE TRIGGER {NAME} BEFORE INSERT ON {TABLE} WHEN {condition} "
        "BEGIN SELECT RAISE(ABORT, 'UNIQUE: this journal entry exists already'); END",
        params=None,
    )


def by_index(apps: Any, schema_editor: Any) -> None:
    _guard(schema_editor, EACH)


def together(apps: Any, schema_editor: Any) -> None:
    _guard(schema_editor, TOGETHER)


class Migration(migrations.Migration):
    dependencies = [("billing", "0014_no_merchant_groups")]
    operations = [migrations.RunPython(by_index, together)]
