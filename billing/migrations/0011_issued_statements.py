"""Statements approved before numbers existed get theirs in the order of approval; from now on a number stays."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations

NAME, MESSAGE = "statement_number_stays", "a statement's number stays"
REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"


def guard(apps: Any, schema_editor: Any) -> None:
    text = MESSAGE.replace("'", "''")
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON billing_settlement "
            "WHEN OLD.number IS NOT NULL AND NEW.number IS NOT OLD.number "
            f"BEGIN SELECT RAISE(ABORT, '{text}'); END",
            params=None,
        )
        return
    schema_editor.execute(
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $body$ "
        f"BEGIN RAISE EXCEPTION '{text}' {REFUSE}; END $body$",
        params=None,
    )
    schema_editor.execute(
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON billing_settlement FOR EACH ROW "
        "WHEN (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number) "
        f"EXECUTE FUNCTION {NAME}()",
        params=None,
    )


def unguard(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON billing_settlement")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")


def number_approved(apps: Any, schema_editor: Any) -> None:
    series_rows = apps.get_model("kernel", "NumberSeries").objects
    issued = apps.get_model("kernel", "IssuedNumber").objects
    statements = apps.get_model("billing", "Settlement").objects
    approved = statements.filter(approved_at__isnull=False, number=None).select_related("entity")
    for row in approved.order_by("approved_at", "id"):
        owner, year = row.entity.code, row.approved_at.astimezone(ZoneInfo(row.entity.time_zone)).year
        series, _made = series_rows.get_or_create(kind="statement", owner=owner, year=year)
        number = series.last_number + 1
        series_rows.filter(pk=series.pk).update(last_number=number)
        issued.create(
            series=series, number=number, document=f"statement {row.ref}", issued_at=row.approved_at
        )
        statements.filter(pk=row.pk).update(number=f"{owner.upper()}-{year}-{number:05d}")


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_statement_numbers"), ("kernel", "0005_gapless_guards")]
    operations = [
        migrations.RunPython(guard, unguard, elidable=False),
        migrations.RunPython(number_approved, migrations.RunPython.noop, elidable=False),
    ]
