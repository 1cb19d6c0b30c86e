"""What was signed stays: figures and lines of an approved statement cannot be changed, on either engine."""

from typing import Any

from django.db import migrations

SETTLEMENT, LINE = "billing_settlement", "billing_settlementline"
CHANGEABLE = "('open', 'cut_off', 'calculated', 'in_review', 'rejected')"
FIGURES = (
    "min_seq", "max_seq", "opening_minor", "closing_minor", "kept_minor", "payable_minor", "n_lines",
    "lines_sha256", "statement_sha256", "from_at", "to_at", "merchant_id", "entity_id", "currency",
)  # fmt: skip


def _closed(row: str) -> str:
    return f"(SELECT s.state FROM {SETTLEMENT} s WHERE s.id = {row}.settlement_id) NOT IN {CHANGEABLE}"


SQLITE_CHANGED = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIGURES)
POSTGRES_CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIGURES)
SQLITE = {
    "statement_line_no_insert": f"BEFORE INSERT ON {LINE} WHEN {_closed('NEW')} BEGIN SELECT RAISE(ABORT, 'the statement is closed'); END",
    "statement_line_no_update": f"BEFORE UPDATE ON {LINE} BEGIN SELECT RAISE(ABORT, 'statement lines are immutable'); END",
    "statement_line_no_delete": f"BEFORE DELETE ON {LINE} WHEN {_closed('OLD')} BEGIN SELECT RAISE(ABORT, 'the statement is closed'); END",
    "statement_figures": (
        f"BEFORE UPDATE ON {SETTLEMENT} WHEN OLD.state NOT IN {CHANGEABLE} AND ({SQLITE_CHANGED}) "
        "BEGIN SELECT RAISE(ABORT, 'the statement is closed'); END"
    ),
}
REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"
POSTGRES_FUNCTIONS = {
    "statement_line_insert": f"BEGIN IF {_closed('NEW')} THEN RAISE EXCEPTION 'the statement is closed' {REFUSE}; END IF; RETURN NEW; END",
    "statement_line_update": f"BEGIN RAISE EXCEPTION 'statement lines are immutable' {REFUSE}; END",
    "statement_line_delete": f"BEGIN IF {_closed('OLD')} THEN RAISE EXCEPTION 'the statement is closed' {REFUSE}; END IF; RETURN OLD; END",
    "statement_figures": (
        f"BEGIN IF OLD.state NOT IN {CHANGEABLE} AND ({POSTGRES_CHANGED}) THEN "
        f"RAISE EXCEPTION 'the statement is closed' {REFUSE}; END IF; RETURN NEW; END"
    ),
}
POSTGRES_TRIGGERS = {
    "statement_line_insert": (LINE, "BEFORE INSERT"),
    "statement_line_update": (LINE, "BEFORE UPDATE"),
    "statement_line_delete": (LINE, "BEFORE DELETE"),
    "statement_figures": (SETTLEMENT, "BEFORE UPDATE"),
}


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, body in SQLITE.items():
            schema_editor.execute(f"CREATE TRIGGER {name} {body}", params=None)
        return
    for name, body in POSTGRES_FUNCTIONS.items():
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$", params=None
        )
    for name, (table, moment) in POSTGRES_TRIGGERS.items():
        schema_editor.execute(
            f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()", params=None
        )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name, (table, _moment) in POSTGRES_TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    for name in POSTGRES_FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_ledger_guards")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
