"""An issued statement never becomes changeable again, signatures stay, nothing is sent unclaimed, no reversal is reversed.

The rules are triggers: a check on a table that has triggers would make SQLite write the table anew, without them.
"""

from typing import Any

from django.db import migrations

SETTLEMENT, APPROVAL = "billing_settlement", "billing_settlementapproval"
PAYOUT, ENTRY = "billing_payout", "billing_journalentry"
CHANGEABLE = "('open', 'cut_off', 'calculated', 'in_review', 'rejected')"
SENT = "('exported', 'accepted', 'executed', 'reconciled', 'unknown')"
UNCLAIMED = (
    f"NEW.state IN {SENT} AND OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM {ENTRY} e "
    "WHERE e.source_type = 'payout' AND e.source_id = NEW.ref AND e.event_type = 'payout_claimed')"
)
REVERSES_A_REVERSAL = (
    f"NEW.reverses_id IS NOT NULL AND EXISTS (SELECT 1 FROM {ENTRY} e "
    "WHERE e.id = NEW.reverses_id AND e.reverses_id IS NOT NULL)"
)


def _words_changed(operator: str) -> str:
    """The figures have a rule of their own already; these are signed with them."""
    changed = " OR ".join(f"NEW.{name} {operator} OLD.{name}" for name in ("totals", "time_zone", "ref"))
    return f"OLD.state NOT IN {CHANGEABLE} AND ({changed})"


# name: (table, moment, condition on SQLite, on PostgreSQL, message)
RULES = {
    "statement_stays_issued": (
        SETTLEMENT,
        "UPDATE",
        f"OLD.number IS NOT NULL AND NEW.state IN {CHANGEABLE}",
        f"OLD.number IS NOT NULL AND NEW.state IN {CHANGEABLE}",
        "the statement is issued",
    ),
    "statement_words": (
        SETTLEMENT,
        "UPDATE",
        _words_changed("IS NOT"),
        _words_changed("IS DISTINCT FROM"),
        "the statement is closed",
    ),
    "approval_no_update": (APPROVAL, "UPDATE", "1 = 1", "TRUE", "signatures are immutable"),
    "approval_no_delete": (APPROVAL, "DELETE", "1 = 1", "TRUE", "signatures are immutable"),
    "payout_claimed_in_journal": (
        PAYOUT,
        "UPDATE",
        UNCLAIMED,
        UNCLAIMED,
        "the journal knows no claim of this payout",
    ),
    "ledger_reversal_once": (
        ENTRY,
        "INSERT",
        REVERSES_A_REVERSAL,
        REVERSES_A_REVERSAL,
        "a reversal is not reversed",
    ),
}
REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"


def create(apps: Any, schema_editor: Any) -> None:
    for name, (table, moment, on_sqlite, on_postgres, message) in RULES.items():
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {moment} ON {table} WHEN {on_sqlite} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
                params=None,
            )
            continue
        row = "OLD" if moment == "DELETE" else "NEW"
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
            f"IF {on_postgres} THEN RAISE EXCEPTION '{message}' {REFUSE}; END IF; RETURN {row}; END $body$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
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
    dependencies = [("billing", "0018_reserves_used")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
