"""Issued numbers cannot be changed or deleted, and a series only ever moves by one, on either engine."""

from typing import Any

from django.db import migrations

ISSUED, SERIES = "kernel_issuednumber", "kernel_numberseries"
SAME = "NEW.kind = OLD.kind AND NEW.owner = OLD.owner AND NEW.year = OLD.year"
STEP = f"NOT ({SAME} AND NEW.last_number = OLD.last_number + 1)"
# Trigger name → table, verb, condition, message
RULES = {
    "issued_number_no_update": (ISSUED, "UPDATE", "", "an issued number stays"),
    "issued_number_no_delete": (ISSUED, "DELETE", "", "an issued number stays"),
    "number_series_step": (SERIES, "UPDATE", STEP, "a series moves by one"),
    "number_series_no_delete": (SERIES, "DELETE", "", "a series stays"),
}
REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"


def create(apps: Any, schema_editor: Any) -> None:
    for name, (table, verb, condition, message) in RULES.items():
        when = f"WHEN ({condition}) " if condition else ""
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}"
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
                params=None,
            )
            continue
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ "
            f"BEGIN RAISE EXCEPTION '{message}' {REFUSE}; END $body$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION {name}()",
            params=None,
        )


def drop(apps: Any, schema_editor: Any) -> None:
    for name, (table, *_rest) in RULES.items():
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


class Migration(migrations.Migration):
    replaces = [("kernel", "0005_gapless_guards")]
    dependencies = [("kernel", "0002_guarded_audit")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
