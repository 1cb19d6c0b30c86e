"""Thousands of rows by one statement: PostgreSQL takes them by COPY, as one JSON text or one array, SQLite by
`executemany` and as JSON.

The ORM's bulk methods build an object per row and quote every value by itself; for files of a hundred thousand rows
that is most of the time. Use these for leaf tables only: nothing gets a key back, no default of a model is filled in.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Field, ForeignObject, Lookup

BATCH = 2_000
# From this many rows on COPY wins; below, its own round trips cost more than it spares.
COPY_FROM = 100
Rows = Sequence[Sequence[Any]]


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Add rows of the named columns (field or attribute names); every other column must be nullable."""
    fields = _fields(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(_quoted(field) for field in fields)
    if connection.vendor == "postgresql" and len(rows) >= COPY_FROM:
        _copy(f"COPY {table} ({columns}) FROM STDIN", fields, rows)
    elif connection.vendor == "postgresql":
        sql = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {_recordset(fields)}"  # noqa: S608  own names
        _run_by_json(sql, fields, rows)
    else:
        places = ", ".join(["%s"] * len(fields))
        _run_many(f"INSERT INTO {table} ({columns}) VALUES ({places})", fields, rows)  # noqa: S608  own names


def insert_missing(
    model: type[models.Model], names: Sequence[str], rows: Rows, *, unique: Sequence[str]
) -> set[tuple[Any, ...]]:
    """`insert_rows` without the rows whose unique columns somebody has already; returns these columns of the others.

    On a server it waits for a twin that is being written, and needs no savepoint to survive it. Every other constraint
    still raises.
    """
    fields = _fields(model, names)
    columns = ", ".join(_quoted(field) for field in fields)
    keys = ", ".join(_quoted(field) for field in _fields(model, unique))
    parts: Sequence[Any]
    if connection.vendor == "postgresql":
        source, parts = f"SELECT {columns} FROM {_recordset(fields)}", _by_name(fields, rows)  # noqa: S608  own names
    else:
        picked = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(fields)))
        # Without a condition SQLite would read ON CONFLICT as part of a join.
        source, parts = f"SELECT {picked} FROM json_each(%s) WHERE 1 = 1", _for_engine(fields, rows)  # noqa: S608
    into = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns})"
    sql = f"{into} {source} ON CONFLICT ({keys}) DO NOTHING RETURNING {keys}"
    added: set[tuple[Any, ...]] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(parts), BATCH):
            cursor.execute(sql, [json.dumps(parts[start : start + BATCH], default=str)])
            added.update(cursor.fetchall())
    return added


def insert_objects(objects: Sequence[models.Model], names: Sequence[str]) -> None:
    """Add rows of one model that has a unique `ref`; each object learns its primary key."""
    if not objects:
        return
    model = type(objects[0])
    insert_rows(model, names, [[getattr(item, name) for name in names] for item in objects])
    known = model._default_manager.filter(ref__among=[item.ref for item in objects])  # type: ignore[attr-defined]
    keys = dict(known.values_list("ref", "pk"))
    for item in objects:
        item.pk = keys[item.ref]  # type: ignore[attr-defined]
        item._state.adding = False


def update_rows(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Set the named columns row by row; the first value of each row is the primary key, not listed in `names`."""
    key = model._meta.pk
    fields = _fields(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        pairs = ", ".join(f"{_quoted(field)} = v.{_quoted(field)}" for field in fields)
        where = f"{table}.{_quoted(key)} = v.{_quoted(key)}"
        sql = f"UPDATE {table} SET {pairs} FROM {_recordset([key, *fields])} WHERE {where}"  # noqa: S608  own names
        _run_by_json(sql, [key, *fields], rows)
    else:
        pairs = ", ".join(f"{_quoted(field)} = %s" for field in fields)
        sql = f"UPDATE {table} SET {pairs} WHERE {_quoted(key)} = %s"  # noqa: S608  own names
        _run_many(sql, [*fields, key], [(*row[1:], row[0]) for row in rows])


def _fields(model: type[models.Model], names: Sequence[str]) -> list["Field[Any, Any]"]:
    by_name = {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    return [by_name[name] for name in names]


def _target(field: "Field[Any, Any]") -> "Field[Any, Any]":
    """The field whose kind of value is stored: a foreign key holds what its other end holds."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def _quoted(field: "Field[Any, Any]") -> str:
    return str(connection.ops.quote_name(field.column or field.name))


def _recordset(fields: Sequence["Field[Any, Any]"]) -> str:
    typed = ", ".join(f"{_quoted(field)} {field.rel_db_type(connection)}" for field in fields)
    return f"json_to_recordset(%s::json) AS v({typed})"


def _run_by_json(sql: str, fields: Sequence["Field[Any, Any]"], rows: Rows) -> None:
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            part = _by_name(fields, rows[start : start + BATCH])
            cursor.execute(sql, [json.dumps(part, default=str)])


def _by_name(fields: Sequence["Field[Any, Any]"], rows: Rows) -> list[dict[str, Any]]:
    names = [str(field.column) for field in fields]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _copy(sql: str, fields: Sequence["Field[Any, Any]"], rows: Rows) -> None:
    """Stream the rows in; the engine checks every constraint as for any insert."""
    documents = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    # The cursor's own `copy` is the driver's: its errors are made Django's here, as those of `execute` are.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            # Members of choices are texts to the engine.
            values = [str(value) if isinstance(value, str) else value for value in row]
            for place in documents:
                if values[place] is not None:
                    values[place] = json.dumps(values[place], default=str)
            copy.write_row(values)


def _run_many(sql: str, fields: Sequence["Field[Any, Any]"], rows: Rows) -> None:
    ready = _for_engine(fields, rows)
    if ready:
        with connection.cursor() as cursor:
            cursor.executemany(sql, ready)


def _for_engine(fields: Sequence["Field[Any, Any]"], rows: Rows) -> list[list[Any]]:
    # Whole numbers, texts and blanks go as they are; JSON, dates and the like in the engine's own form.
    special = [
        (place, field)
        for place, field in enumerate(fields)
        if isinstance(_target(field), models.JSONField | models.DateField | models.UUIDField)
    ]
    ready = []
    for row in rows:
        values = [str(value) if isinstance(value, str) else value for value in row]
        for place, field in special:
            values[place] = field.get_db_prep_save(values[place], connection)
        ready.append(values)
    return ready


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`pk__among=[…]`: like `in` with one parameter for all values, so a thousand cost no more than ten."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, lhs: Any, rhs: Iterable[Any]) -> None:
        super().__init__(lhs, list(rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        left, params = self.process_lhs(compiler, connection)
        wanted = json.dumps(self.rhs, default=str)
        return f"{left} IN (SELECT value FROM json_each(%s))", (*params, wanted)  # noqa: S608  own names

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        left, params = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        # A cast to varchar(80) would cut what is too long to be equal.
        kind = "text" if kind.startswith("varchar") else kind
        # Known when the statement is planned, an array is looked up by index or hashed. As a subquery it would be
        # walked through for every row wherever the planner has no statistics yet, as of rows just written.
        return f"{left} = ANY (%s::{kind}[])", (*params, _array(self.rhs))


def _array(values: Iterable[Any]) -> str:
    """PostgreSQL's own text form of an array."""
    return "{" + ",".join(["NULL" if value is None else _element(value) for value in values]) + "}"


def _element(value: Any) -> str:
    if type(value) is int:
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
