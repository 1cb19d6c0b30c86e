"""The database itself refuses what the ledger promises never happens: see docs/adr for the reasons.

Sealing (both engines): a seal is accepted only for an entry whose postings sum to zero per currency, fit their
accounts' currencies and are as many as announced; the entry's deferred foreign key makes a commit without seal fail.
Immutability: no update or delete of entries, postings and seals; the chain columns of a seal are filled once.
No entry enters a closed period, and no reversal is reversed.
"""

from typing import Any

from django.db import migrations

ENTRY, POSTING, SEAL = "billing_journalentry", "billing_posting", "billing_journalseal"
PERIOD, ACCOUNT = "billing_period", "billing_account"

CHAIN_FILLED_ONCE = (
    "OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.chain_hash <> '' "
    "AND NEW.entry_id = OLD.entry_id AND NEW.n_lines = OLD.n_lines"
)
UNBALANCED = f"SELECT 1 FROM {POSTING} p WHERE p.entry_id = NEW.entry_id GROUP BY p.currency HAVING SUM(p.amount_minor) <> 0"
FOREIGN_CURRENCY = (
    f"SELECT 1 FROM {POSTING} p JOIN {ACCOUNT} a ON a.id = p.account_id "
    "WHERE p.entry_id = NEW.entry_id AND a.currency <> p.currency"
)
COUNT = f"(SELECT COUNT(*) FROM {POSTING} p WHERE p.entry_id = NEW.entry_id)"
ANNOUNCED = f"(SELECT e.n_lines FROM {ENTRY} e WHERE e.id = NEW.entry_id)"
# Entry visible AND not sealed, asked in one query: two queries would leave a window between their snapshots.
OPEN_ENTRY = (
    f"SELECT 1 FROM {ENTRY} e WHERE e.id = NEW.entry_id "
    f"AND NOT EXISTS (SELECT 1 FROM {SEAL} s WHERE s.entry_id = e.id)"
)
REVERSES_A_REVERSAL = (
    f"NEW.reverses_id IS NOT NULL AND EXISTS (SELECT 1 FROM {ENTRY} e "
    "WHERE e.id = NEW.reverses_id AND e.reverses_id IS NOT NULL)"
)

SQLITE = {
    "ledger_entry_no_update": f"BEFORE UPDATE ON {ENTRY} BEGIN SELECT RAISE(ABORT, 'journal entries are immutable'); END",
    "ledger_entry_no_delete": f"BEFORE DELETE ON {ENTRY} BEGIN SELECT RAISE(ABORT, 'journal entries are immutable'); END",
    "ledger_posting_no_update": f"BEFORE UPDATE ON {POSTING} BEGIN SELECT RAISE(ABORT, 'postings are immutable'); END",
    "ledger_posting_no_delete": f"BEFORE DELETE ON {POSTING} BEGIN SELECT RAISE(ABORT, 'postings are immutable'); END",
    "ledger_seal_no_delete": f"BEFORE DELETE ON {SEAL} BEGIN SELECT RAISE(ABORT, 'seals are immutable'); END",
    "ledger_seal_chain_once": (
        f"BEFORE UPDATE ON {SEAL} WHEN NOT ({CHAIN_FILLED_ONCE}) "
        "BEGIN SELECT RAISE(ABORT, 'seals are immutable'); END"
    ),
    # REPLACE deletes without firing delete triggers unless recursive_triggers is on, so it is refused here as well.
    "ledger_posting_no_replace": (
        f"BEFORE INSERT ON {POSTING} WHEN EXISTS (SELECT 1 FROM {POSTING} WHERE id = NEW.id "
        "OR (entry_id = NEW.entry_id AND line_no = NEW.line_no)) "
        "BEGIN SELECT RAISE(ABORT, 'UNIQUE: this posting exists already'); END"
    ),
    "ledger_seal_no_replace": (
        f"BEFORE INSERT ON {SEAL} WHEN EXISTS (SELECT 1 FROM {SEAL} WHERE entry_id = NEW.entry_id) "
        "BEGIN SELECT RAISE(ABORT, 'UNIQUE: this entry is sealed already'); END"
    ),
    "ledger_posting_open_entry": (
        f"BEFORE INSERT ON {POSTING} WHEN NOT EXISTS ({OPEN_ENTRY}) "
        "BEGIN SELECT RAISE(ABORT, 'the entry is missing or sealed'); END"
    ),
    "ledger_seal_balanced": (
        f"BEFORE INSERT ON {SEAL} WHEN NEW.seq IS NOT NULL OR {COUNT} < 2 OR {COUNT} <> NEW.n_lines "
        f"OR {COUNT} IS NOT {ANNOUNCED} OR EXISTS ({UNBALANCED}) OR EXISTS ({FOREIGN_CURRENCY}) "
        "BEGIN SELECT RAISE(ABORT, 'the entry does not balance'); END"
    ),
    "ledger_entry_open_period": (
        f"BEFORE INSERT ON {ENTRY} WHEN NOT EXISTS (SELECT 1 FROM {PERIOD} p WHERE p.id = NEW.period_id "
        "AND p.entity_id = NEW.entity_id AND (p.state = 'open' OR (p.state = 'soft_closed' AND NEW.is_adjustment))) "
        "BEGIN SELECT RAISE(ABORT, 'the period is closed'); END"
    ),
    # One question per unique key: nearly no entry reverses another, so asked together SQLite would read every entry.
    "ledger_entry_no_replace": (
        f"BEFORE INSERT ON {ENTRY} WHEN EXISTS (SELECT 1 FROM {ENTRY} WHERE id = NEW.id) "
        f"OR EXISTS (SELECT 1 FROM {ENTRY} WHERE entity_id = NEW.entity_id AND idem_key = NEW.idem_key) "
        f"OR EXISTS (SELECT 1 FROM {ENTRY} WHERE reverses_id = NEW.reverses_id) "
        "BEGIN SELECT RAISE(ABORT, 'UNIQUE: this journal entry exists already'); END"
    ),
    "ledger_reversal_once": (
        f"BEFORE INSERT ON {ENTRY} WHEN {REVERSES_A_REVERSAL} "
        "BEGIN SELECT RAISE(ABORT, 'a reversal is not reversed'); END"
    ),
}

REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"
POSTGRES_FUNCTIONS = {
    "ledger_immutable": f"BEGIN RAISE EXCEPTION '% is immutable', TG_TABLE_NAME {REFUSE}; END",
    "ledger_seal_update": (
        f"BEGIN IF NOT ({CHAIN_FILLED_ONCE}) THEN RAISE EXCEPTION 'seals are immutable' {REFUSE}; END IF; RETURN NEW; END"
    ),
    "ledger_posting_insert": (
        f"BEGIN IF NOT EXISTS ({OPEN_ENTRY}) THEN "
        f"RAISE EXCEPTION 'the entry is missing or sealed' {REFUSE}; END IF; RETURN NEW; END"
    ),
    "ledger_seal_insert": (
        f"BEGIN IF NEW.seq IS NOT NULL OR {COUNT} < 2 OR {COUNT} <> NEW.n_lines OR {COUNT} IS DISTINCT FROM {ANNOUNCED} "
        f"OR EXISTS ({UNBALANCED}) OR EXISTS ({FOREIGN_CURRENCY}) THEN "
        f"RAISE EXCEPTION 'the entry does not balance' {REFUSE}; END IF; RETURN NEW; END"
    ),
    # The share lock makes a closing wait for the entries that are being written, and those for the closing.
    "ledger_entry_insert": (
        "DECLARE found_state text; BEGIN "
        f"SELECT p.state INTO found_state FROM {PERIOD} p WHERE p.id = NEW.period_id AND p.entity_id = NEW.entity_id FOR SHARE; "
        "IF found_state IS NULL OR NOT (found_state = 'open' OR (found_state = 'soft_closed' AND NEW.is_adjustment)) THEN "
        f"RAISE EXCEPTION 'the period is closed' {REFUSE}; END IF; RETURN NEW; END"
    ),
    "ledger_reversal_once": (
        f"BEGIN IF {REVERSES_A_REVERSAL} THEN "
        f"RAISE EXCEPTION 'a reversal is not reversed' {REFUSE}; END IF; RETURN NEW; END"
    ),
}
POSTGRES_TRIGGERS = {
    "ledger_entry_immutable": (ENTRY, "BEFORE UPDATE OR DELETE", "ROW", "ledger_immutable"),
    "ledger_posting_immutable": (POSTING, "BEFORE UPDATE OR DELETE", "ROW", "ledger_immutable"),
    "ledger_seal_no_delete": (SEAL, "BEFORE DELETE", "ROW", "ledger_immutable"),
    "ledger_seal_chain_once": (SEAL, "BEFORE UPDATE", "ROW", "ledger_seal_update"),
    "ledger_entry_no_truncate": (ENTRY, "BEFORE TRUNCATE", "STATEMENT", "ledger_immutable"),
    "ledger_posting_no_truncate": (POSTING, "BEFORE TRUNCATE", "STATEMENT", "ledger_immutable"),
    "ledger_seal_no_truncate": (SEAL, "BEFORE TRUNCATE", "STATEMENT", "ledger_immutable"),
    "ledger_posting_open_entry": (POSTING, "BEFORE INSERT", "ROW", "ledger_posting_insert"),
    "ledger_seal_balanced": (SEAL, "BEFORE INSERT", "ROW", "ledger_seal_insert"),
    "ledger_entry_open_period": (ENTRY, "BEFORE INSERT", "ROW", "ledger_entry_insert"),
    "ledger_reversal_once": (ENTRY, "BEFORE INSERT", "ROW", "ledger_reversal_once"),
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
    for name, (table, moment, level, function) in POSTGRES_TRIGGERS.items():
        schema_editor.execute(
            f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH {level} EXECUTE FUNCTION {function}()",
            params=None,
        )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name, (table, *_rest) in POSTGRES_TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    for name in POSTGRES_FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


class Migration(migrations.Migration):
    replaces = [("billing", "0002_ledger_guards"), ("billing", "0015_entry_guard_by_index")]
    dependencies = [("billing", "0001_tables")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
