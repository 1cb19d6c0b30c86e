"""One INSERT … SELECT: each column of a copied row as an expression over its prototype and the number of the copy."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import connection, models

from backoffice.demo.multiply.engine import RENUMBER, REREF, copied_uuid, tail_of
from backoffice.demo.multiply.plan import Plan
from backoffice.demo.multiply.prototypes import REF, Prototypes, Sample
from backoffice.demo.multiply.tables import ENTRY_SOURCES
from billing.models import JournalEntry, JournalSeal

UUID_KEYS: tuple[type[models.Model], ...] = (JournalEntry, JournalSeal)


def insert_statement(
    found: Prototypes,
    *,
    plan: Plan,
    by_model: Mapping[type[models.Model], Prototypes],
    samples: Mapping[str, Sample],
) -> str:
    """The statement with `{start}` and `{until}` open: which copies it writes."""
    return _Insert(found, plan, by_model, samples).sql()


class _Insert:
    def __init__(
        self,
        found: Prototypes,
        plan: Plan,
        by_model: Mapping[type[models.Model], Prototypes],
        samples: Mapping[str, Sample],
    ) -> None:
        self.found, self.plan, self.by_model = found, plan, by_model
        self.model, self.family = found.table.model, found.family.name
        self.prefixes = _prefixes_by_column(found, samples)
        self.joins: list[str] = []

    def sql(self) -> str:
        quote = connection.ops.quote_name
        fields = self.model._meta.concrete_fields
        values = ", ".join(self._value(field) for field in fields)
        key: Any = self.model._meta.pk
        old = "old_uuid" if self.model in UUID_KEYS else "old"
        table = quote(self.model._meta.db_table)
        return (
            f"INSERT INTO {table} ({', '.join(quote(str(field.column)) for field in fields)}) "
            f"SELECT {values} FROM multiply_row r "
            f"JOIN {table} t ON t.{quote(key.column)} = r.{old} "
            "JOIN multiply_copy g ON g.n BETWEEN {start} AND {until} "
            f"{' '.join(self.joins)} WHERE r.tab = {self.found.number} "
            f"AND (g.n <= {self.plan.whole[self.family]} OR r.root < {self.plan.rest[self.family]})"
        )

    def _value(self, field: Any) -> str:
        column = f"t.{connection.ops.quote_name(field.column)}"
        own = self.found.table.sql.get(field.name)
        if own is not None:
            return "(" + own.replace("{new}", _new_key(self.found)).replace("{copy}", "g.n") + ")"
        if self.model is JournalEntry and field.name in ("source_id", "idem_key"):
            return self._source(field.name)
        target = field.related_model if field.is_relation else self.found.table.links.get(field.attname)
        if target in UUID_KEYS or (field.primary_key and self.model in UUID_KEYS):
            return copied_uuid(column)
        if target is not None:
            return self._moved_key(column, target)
        if field.primary_key:
            return _new_key(self.found)
        if isinstance(field, models.JSONField):
            return self._json(field, column)
        if isinstance(field, models.CharField | models.TextField):
            return self._text(field, column)
        return column

    def _moved_key(self, column: str, target: type[models.Model]) -> str:
        found = self.by_model.get(target)
        copy = self.plan.copy_of(self.family, found.family.name) if found else "0"
        if found is None or copy == "0":
            return column
        alias = f"m{len(self.joins)}"
        self.joins.append(
            f"LEFT JOIN multiply_row {alias} ON {alias}.tab = {found.number} AND {alias}.old = {column}"
        )
        return f"COALESCE({_new_key(found, f'{alias}.rank', copy)}, {column})"

    def _text(self, field: Any, column: str) -> str:
        value = self._rereffed(field, column)
        if self.family not in self.prefixes[field.name] and self._needs_suffix(field):
            return f"{value} || '-' || g.n"
        return value

    def _json(self, field: Any, column: str) -> str:
        if not self.prefixes[field.name]:
            return column
        value = self._rereffed(field, f"CAST({column} AS text)")
        return f"CAST({value} AS jsonb)" if connection.vendor == "postgresql" else value

    def _rereffed(self, field: Any, value: str) -> str:
        for family, prefixes in sorted(self.prefixes[field.name].items()):
            copy = self.plan.copy_of(self.family, family)
            if copy != "0":
                value = f"{REREF}({value}, '{'|'.join(sorted(prefixes))}', {tail_of(copy)})"
        return value

    def _needs_suffix(self, field: Any) -> bool:
        """Whether two copies with the same text would break a promise of uniqueness."""
        if field.choices:
            return False
        if field.unique:
            return True
        meta = self.model._meta
        for constraint in meta.constraints:
            names = getattr(constraint, "fields", ())
            if field.name in names and not any(self._is_moved_in_family(name) for name in names):
                return True
        return False

    def _is_moved_in_family(self, name: str) -> bool:
        field: Any = self.model._meta.get_field(name)
        target = field.related_model if field.is_relation else self.found.table.links.get(name)
        if target in UUID_KEYS:
            return True
        found = self.by_model.get(target) if target is not None else None
        return found is not None and found.family.name == self.family

    def _source(self, name: str) -> str:
        """The number of what an entry is about, moved along: `commission:17` names the copy's merchant order."""
        cases = []
        for kind, model in ENTRY_SOURCES.items():
            found = self.by_model[model]
            alias = f"s{found.number}"
            join = (
                f"LEFT JOIN multiply_row {alias} ON {alias}.tab = {found.number} AND t.source_type = '{kind}' "
                f"AND CAST({alias}.old AS varchar(20)) = t.source_id"
            )
            if join not in self.joins:
                self.joins.append(join)
            moved = f"CAST({_new_key(found, f'{alias}.rank')} AS varchar(20))"
            value = moved if name == "source_id" else f"{RENUMBER}(t.idem_key, t.source_id, {moved})"
            cases.append(f"WHEN t.source_type = '{kind}' THEN {value}")
        return f"CASE {' '.join(cases)} END"


def _new_key(found: Prototypes, rank: str = "r.rank", copy: str = "g.n") -> str:
    return f"({found.base} + ({copy} - 1) * {found.count} + {rank})"


def _prefixes_by_column(
    found: Prototypes, samples: Mapping[str, Sample]
) -> defaultdict[str, dict[str, set[str]]]:
    """Which families' refs stand in which text columns of these rows, by their prefixes."""
    owner = {prefix: sample.family.name for sample in samples.values() for prefix in sample.prefixes}
    texts = [
        field.name
        for field in found.table.model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.is_relation
    ]
    columns: defaultdict[str, dict[str, set[str]]] = defaultdict(dict)
    rows = found.table.model._default_manager.filter(pk__in=list(found.roots)).values_list(*texts or ["pk"])
    for row in rows if texts else ():
        for name, value in zip(texts, row, strict=True):
            for ref in REF.findall(value if isinstance(value, str) else str(value)):
                prefix = ref.partition("-")[0]
                if prefix in owner:
                    columns[name].setdefault(owner[prefix], set()).add(prefix)
    return columns
