"""What was signed stays, on either engine: figures, words, lines, number and signatures of an issued statement.

The rules are triggers: a check on a table that has triggers would make SQLite write the table anew, without them.
An issued statement never becomes changeable again, and who prepared one does not sign it.
"""

from typing import Any

from django.db import migrations

SETTLEMENT, LINE = "billing_settlement", "billing_settlementline"
APPROVAL = "billing_settlementapproval"
CHANGEABLE = "('open', 'cut_off', 'calculated', 'in_review', 'rejected')"
FIGURES = (
    "min_seq", "max_seq", "opening_minor", "closing_minor", "kept_minor", "payable_minor", "n_lines",
    "lines_sha256", "statement_sha256", "from_at", "to_at", "merchant_id", "entity_id", "currency",
)  # fmt: skip

# Signed with the figures.
WORDS = ("totals", "time_zone", "ref")


def _closed(row: str) -> str:
    return f"(SELECT s.state FROM {SETTLEMENT} s WHERE s.id = {row}.settlement_id) NOT IN {CHANGEABLE}"


def _changed(names: tuple[str, ...], operator: str) -> str:
    changed = " OR ".join(f"NEW.{name} {operator} OLD.{name}" for name in names)
    return f"OLD.state NOT IN {CHANGEABLE} AND ({changed})"


REOPENED = f"OLD.number IS NOT NULL AND NEW.state IN {CHANGEABLE}"
PREPARER = (
    f"EXISTS (SELECT 1 FROM {SETTLEMENT} s WHERE s.id = NEW.settlement_id "
    "AND s.prepared_by_user_id = NEW.user_id)"
)
CLOSED, SIGNED = "the statement is closed", "signatures are immutable"
LINES_STAY, NUMBER_STAYS = "statement lines are immutable", "a statement''s number stays"

# name: (table, moment, condition, message)
SQLITE = {
    "statement_line_no_insert": (LINE, "INSERT", _closed("NEW"), CLOSED),
    "statement_line_no_update": (LINE, "UPDATE", "", LINES_STAY),
    "statement_line_no_delete": (LINE, "DELETE", _closed("OLD"), CLOSED),
    "statement_figures": (SETTLEMENT, "UPDATE", _changed(FIGURES, "IS NOT"), CLOSED),
    "statement_number_stays": (
        SETTLEMENT,
        "UPDATE",
        "OLD.number IS NOT NULL AND NEW.number IS NOT OLD.number",
        NUMBER_STAYS,
    ),
    "statement_stays_issued": (SETTLEMENT, "UPDATE", REOPENED, "the statement is issued"),
    "statement_words": (SETTLEMENT, "UPDATE", _changed(WORDS, "IS NOT"), CLOSED),
    "approval_no_update": (APPROVAL, "UPDATE", "1 = 1", SIGNED),
    "approval_no_delete": (APPROVAL, "DELETE", "1 = 1", SIGNED),
    "approval_other_person": (APPROVAL, "INSERT", PREPARER, "the preparer cannot sign"),
}
# The same, each with a function of its name.
POSTGRES = {
    "statement_line_insert": (LINE, "INSERT", _closed("NEW"), CLOSED),
    "statement_line_update": (LINE, "UPDATE", "", LINES_STAY),
    "statement_line_delete": (LINE, "DELETE", _closed("OLD"), CLOSED),
    "statement_figures": (SETTLEMENT, "UPDATE", _changed(FIGURES, "IS DISTINCT FROM"), CLOSED),
    "statement_number_stays": (SETTLEMENT, "UPDATE", "", NUMBER_STAYS),
    "statement_stays_issued": (SETTLEMENT, "UPDATE", REOPENED, "the statement is issued"),
    "statement_words": (SETTLEMENT, "UPDATE", _changed(WORDS, "IS DISTINCT FROM"), CLOSED),
    "approval_no_update": (APPROVAL, "UPDATE", "TRUE", SIGNED),
    "approval_no_delete": (APPROVAL, "DELETE", "TRUE", SIGNED),
    "approval_other_person": (APPROVAL, "INSERT", PREPARER, "the preparer cannot sign"),
}
# Asked by the trigger, before it calls its function.
POSTGRES_WHEN = {
    "statement_number_stays": "OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number",
}
REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, (table, moment, condition, message) in SQLITE.items():
            when = f" WHEN {condition}" if condition else ""
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {moment} ON {table}{when} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
                params=None,
            )
        return
    for name, (table, moment, condition, message) in POSTGRES.items():
        when = f"WHEN ({POSTGRES_WHEN[name]}) " if name in POSTGRES_WHEN else ""
        body = f"RAISE EXCEPTION '{message}' {REFUSE};"
        if condition:
            body = f"IF {condition} THEN {body} END IF; RETURN {'OLD' if moment == 'DELETE' else 'NEW'};"
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} END $body$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION {name}()",
            params=None,
        )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name, (table, *_rest) in POSTGRES.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


class Migration(migrations.Migration):
    replaces = [
        ("billing", "0003_statement_guards"),
        ("billing", "0011_issued_statements"),
        ("billing", "0019_what_was_signed_stays"),
    ]
    dependencies = [("billing", "0002_guarded_ledger")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
