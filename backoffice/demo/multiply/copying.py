"""The copying itself: one INSERT … SELECT per table and batch of copies, the same on both engines."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, models, transaction

from backoffice.demo.multiply.engine import define_functions
from backoffice.demo.multiply.plan import Plan
from backoffice.demo.multiply.prototypes import Prototypes, Sample
from backoffice.demo.multiply.statements import UUID_KEYS, insert_statement

# Rows written per transaction, roughly.
BATCH_ROWS = 150_000


class Copier:
    """Writes the copies; its temporary tables say which row is which prototype and live as long as the connection."""

    def __init__(self, samples: Mapping[str, Sample], plan: Plan) -> None:
        self.samples = samples
        self.plan = plan
        self.by_model: dict[type[models.Model], Prototypes] = {}
        number = 0
        for sample in samples.values():
            for found in sample.tables:
                number += 1
                found.number = number
                # Movements stand in two families, and nothing leads to them.
                self.by_model.setdefault(found.table.model, found)
        self._create_tables()

    def run(self, family: str) -> Iterator[tuple[int, int]]:
        """Write all copies of a family, a batch per transaction; families go in the order of `FAMILIES`.

        Yields how many copies stand after each batch, and how many there will be.
        """
        sample, last = self.samples[family], self.plan.copies(family)
        if not last:
            return
        for found in sample.tables:
            found.base = _first_free_key(found.table.model)
        rows = sum(found.count for found in sample.tables)
        step = max(1, BATCH_ROWS // rows)
        statements = [
            insert_statement(found, plan=self.plan, by_model=self.by_model, samples=self.samples)
            for found in sample.tables
            if found.count
        ]
        for start in range(1, last + 1, step):
            until = min(last, start + step - 1)
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement.format(start=start, until=until))
            yield until, last

    def _create_tables(self) -> None:
        uuid_type = "uuid" if connection.vendor == "postgresql" else "char(32)"
        most = max(self.plan.copies(name) for name in self.samples)
        connection.ensure_connection()
        with connection.cursor() as cursor:
            define_functions(cursor)
            cursor.execute("CREATE TEMPORARY TABLE multiply_copy (n bigint PRIMARY KEY)")
            cursor.execute(
                "CREATE TEMPORARY TABLE multiply_row "
                f"(tab integer, old bigint, old_uuid {uuid_type}, rank bigint, root bigint)"
            )
            cursor.executemany("INSERT INTO multiply_copy VALUES (%s)", [(n,) for n in range(1, most + 1)])
            for sample in self.samples.values():
                for found in sample.tables:
                    cursor.executemany("INSERT INTO multiply_row VALUES (%s, %s, %s, %s, %s)", _rows(found))
            cursor.execute("CREATE INDEX multiply_row_old ON multiply_row (tab, old)")
            cursor.execute("ANALYZE multiply_row")
            cursor.execute("ANALYZE multiply_copy")

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE multiply_row")
            cursor.execute("DROP TABLE multiply_copy")


def _first_free_key(model: type[models.Model]) -> int:
    key: Any = model._meta.pk
    if model in UUID_KEYS or key.is_relation:
        return 0
    return (model._default_manager.aggregate(highest=models.Max("pk"))["highest"] or 0) + 1


def _rows(found: Prototypes) -> list[tuple[Any, ...]]:
    if found.table.model in UUID_KEYS:
        field = models.UUIDField()
        return [
            (found.number, None, field.get_db_prep_value(key, connection), rank, root)
            for rank, (key, root) in enumerate(found.roots.items())
        ]
    return [(found.number, key, None, rank, root) for rank, (key, root) in enumerate(found.roots.items())]
