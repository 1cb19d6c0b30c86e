"""Did a request change anything? Writes are noticed as they happen, and then proved on the tables."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

from backoffice.kernel.hashing import sha256_hex

# What a request may leave behind without having changed anything of anybody.
TRACES = frozenset({"django_session", "usersessions_usersession", "kernel_idempotencykey"})
_WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


class Writes:
    """The tables a request tried to write to."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITE.match(sql)
        if found and found.group(1) not in TRACES:
            self.tables.add(found.group(1))
        return execute(sql, params, many, context)


@contextmanager
def watching() -> Iterator[Writes]:
    """Notice every write inside the block, also one that is rolled back later."""
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes


def fingerprint(ignoring: frozenset[str] = frozenset()) -> dict[str, str]:
    """Row count and content hash of every table except the traces."""
    result = {}
    existing = set(connection.introspection.table_names())
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table not in existing or model._meta.proxy or table in TRACES | ignoring:
            continue
        rows = sorted(map(repr, model._base_manager.values_list()))
        result[table] = f"{len(rows)} {sha256_hex(chr(10).join(rows))}"
    return result


class Untouched:
    """Remembers the tables; asks them again only when somebody tried to write."""

    def __init__(self, ignoring: frozenset[str] = frozenset()) -> None:
        self._ignoring = ignoring
        self._before = fingerprint(ignoring)

    def changed_by(self, writes: Writes) -> list[str]:
        """The tables whose content is another one now."""
        if not writes.tables - self._ignoring:
            return []
        after = fingerprint(self._ignoring)
        changed = sorted(table for table, value in after.items() if self._before.get(table) != value)
        self._before = after
        return changed
