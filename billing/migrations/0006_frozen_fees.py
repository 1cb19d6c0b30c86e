"""The terms of a frozen fee never change, on either engine; its counters of what was charged and went back may."""

from typing import Any

from django.db import migrations

TABLE, NAME, MESSAGE = "billing_feesnapshot", "fee_terms_stay", "the terms of a frozen fee never change"
TERMS = (
    "merchant_id", "merchant_order_id", "order_line_id", "line_ref", "fee_kind", "rule_id", "rule_version",
    "refund_policy", "engine_version", "currency", "quantity", "paid_minor", "subsidy_minor", "base_minor",
    "month_before_minor", "raw", "fee_minor", "percent_minor", "tax_category", "tax_country", "tax_rate_bps",
    "tax_minor", "flags", "steps", "explanation", "frozen_at",
)  # fmt: skip


def _changed(operator: str) -> str:
    return " OR ".join(f"NEW.{name} {operator} OLD.{name}" for name in TERMS)


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} WHEN {_changed('IS NOT')} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
            params=None,
        )
        return
    schema_editor.execute(
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
        f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $body$",
        params=None,
    )
    schema_editor.execute(
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW "
        f"WHEN ({_changed('IS DISTINCT FROM')}) EXECUTE FUNCTION {NAME}()",
        params=None,
    )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_starting_fee_rules")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
