"""What the two engines say differently: functions over texts, copied UUIDs, the letters of a copied ref."""

import re
from typing import Any

from django.db import connection

from backoffice.kernel.refs import ALPHABET, LENGTH

# A copied ref keeps its first letters and ends in the number of its copy: room for a million copies. The one copy
# whose number is the ending of the ref it comes from ends in zeros instead, as no copy has the number 0.
TAIL = 4
ZEROS = ALPHABET[0] * TAIL
_LETTERS = f"[{ALPHABET}]"
_KEPT = f"{_LETTERS}{{{LENGTH - TAIL}}}"

_POSTGRES_REREF = (
    "CREATE OR REPLACE FUNCTION pg_temp.multiply_reref(words text, prefixes text, tail text) RETURNS text AS $$ "
    f"SELECT replace(regexp_replace(regexp_replace(words, '\\m(' || prefixes || ')-({_KEPT})' || tail, "
    f"'\\1-\\2' || E'\\x01', 'g'), '\\m(' || prefixes || ')-({_KEPT}){_LETTERS}{{{TAIL}}}', "
    f"'\\1-\\2' || tail, 'g'), E'\\x01', '{ZEROS}') $$ LANGUAGE sql IMMUTABLE"
)
_POSTGRES_RENUMBER = (
    "CREATE OR REPLACE FUNCTION pg_temp.multiply_renumber(key text, old text, new text) RETURNS text AS $$ "
    "SELECT regexp_replace(key, '(^|:)' || old || '(:|$)', '\\1' || new || '\\2') $$ LANGUAGE sql IMMUTABLE"
)

if connection.vendor == "postgresql":
    REREF, RENUMBER = "pg_temp.multiply_reref", "pg_temp.multiply_renumber"
else:
    REREF, RENUMBER = "multiply_reref", "multiply_renumber"


def define_functions(cursor: Any) -> None:
    """Make `REREF(text, 'ORD|SHP', tail)` and `RENUMBER(key, old, new)` known to this connection."""
    if connection.vendor == "postgresql":
        cursor.execute(_POSTGRES_REREF)
        cursor.execute(_POSTGRES_RENUMBER)
        return
    raw: Any = connection.connection
    raw.create_function("multiply_reref", 3, _reref, deterministic=True)
    raw.create_function("multiply_renumber", 3, _renumber, deterministic=True)


def _reref(words: str | None, prefixes: str, tail: str) -> str | None:
    if words is None:
        return None
    pattern = rf"\b({prefixes})-({_KEPT})({_LETTERS}{{{TAIL}}})"
    return re.sub(pattern, lambda found: f"{found[1]}-{found[2]}{ZEROS if found[3] == tail else tail}", words)


def _renumber(key: str, old: str, new: str) -> str:
    return re.sub(rf"(^|:){old}(:|$)", lambda found: f"{found[1]}{new}{found[2]}", key, count=1)


def tail_of(copy: str) -> str:
    """The last letters of a copied ref, as SQL over the number of the copy."""
    size = len(ALPHABET)
    letters = (
        f"substr('{ALPHABET}', CAST(({copy}) / {size**place} % {size} AS integer) + 1, 1)"
        for place in reversed(range(TAIL))
    )
    return " || ".join(letters)


def copied_uuid(column: str) -> str:
    """The old UUID with the number of the copy in its last 32 bits, as SQL."""
    if connection.vendor == "postgresql":
        plain = f"replace(CAST({column} AS text), '-', '')"
        return f"CAST(substr({plain}, 1, 24) || lpad(to_hex(g.n), 8, '0') AS uuid)"
    return f"substr({column}, 1, 24) || printf('%08x', g.n)"
