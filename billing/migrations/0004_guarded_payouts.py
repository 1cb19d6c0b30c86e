"""Who sends and what is released: the database refuses what one person alone could do wrong.

A claim by a signer, a payout sent without a claim in the journal or changed after it, and a bank file handed out whose
sum is not what the journal says left the merchants' balances.
"""

from typing import Any

from django.db import migrations

PAYOUT, BATCH = "billing_payout", "billing_payoutbatch"
SENT = "('exported', 'accepted', 'executed', 'reconciled', 'unknown')"
UNCLAIMED = (
    f"NEW.state IN {SENT} AND OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM billing_journalentry e "
    "WHERE e.source_type = 'payout' AND e.source_id = NEW.ref AND e.event_type = 'payout_claimed')"
)
SIGNER = (
    "NEW.claimed_by_user_id IS NOT NULL AND EXISTS (SELECT 1 FROM billing_settlementapproval a "
    "WHERE a.settlement_id = NEW.settlement_id AND a.user_id = NEW.claimed_by_user_id)"
)
FIXED = ("amount_minor", "currency", "settlement_id", "merchant_id", "iban", "account_number", "claimed_at")
IN_JOURNAL = (
    "(SELECT COALESCE(SUM(-p.amount_minor), 0) FROM billing_payout o "
    "JOIN billing_journalentry e ON e.source_type = 'payout' AND e.source_id = o.ref "
    "AND e.event_type = 'payout_claimed' JOIN billing_posting p ON p.entry_id = e.id "
    "JOIN billing_account c ON c.id = p.account_id AND c.code = '2200' WHERE o.batch_id = NEW.id)"
)
RELEASED_WRONG = f"NEW.downloaded_at IS NOT NULL AND NEW.total_minor <> {IN_JOURNAL}"


def _changed(operator: str) -> str:
    return " OR ".join(f"NEW.{name} {operator} OLD.{name}" for name in FIXED)


# name: (table, condition on SQLite, on PostgreSQL, message)
RULES = {
    "payout_claimed_in_journal": (
        PAYOUT,
        UNCLAIMED,
        UNCLAIMED,
        "the journal knows no claim of this payout",
    ),
    "payout_other_person": (PAYOUT, SIGNER, SIGNER, "who signed cannot send"),
    "payout_fixed": (
        PAYOUT,
        f"OLD.state <> 'created' AND ({_changed('IS NOT')})",
        f"OLD.state <> 'created' AND ({_changed('IS DISTINCT FROM')})",
        "a claimed payout is fixed",
    ),
    "batch_release": (
        BATCH,
        RELEASED_WRONG,
        RELEASED_WRONG,
        "the file differs from the journal",
    ),
}
REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"


def create(apps: Any, schema_editor: Any) -> None:
    for name, (table, on_sqlite, on_postgres, message) in RULES.items():
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {on_sqlite} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
                params=None,
            )
            continue
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
            f"IF {on_postgres} THEN RAISE EXCEPTION '{message}' {REFUSE}; END IF; RETURN NEW; END $body$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
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
    replaces = [("billing", "0009_payout_guards")]
    dependencies = [("billing", "0003_guarded_statements")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
