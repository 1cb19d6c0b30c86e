"""A profile's content: which column fills which field, and the choices for the whole file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backoffice.kernel.errors import DomainError
from backoffice.kernel.hashing import sha256_of
from backoffice.kernel.money import exponent
from backoffice.kernel.phrases import gettext as _
from pim.imports.errors import MappingIncomplete
from pim.imports.mapping.fields import ATTRIBUTE, BY_CODE
from pim.imports.mapping.transforms import Step, format_steps, parse_steps
from pim.selectors.structure import folded

# What a repeated SKU means: an error, the first row counts, or later rows add their categories and pictures.
DUPLICATES = ("refuse", "first", "merge")
# What an empty cell means: leave what is stored, or clear it.
EMPTY = ("keep", "clear")


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column (blank = a constant for every row) feeding one field or `attribute:<code>`."""

    column: str
    target: str
    steps: tuple[Step, ...] = ()

    def as_json(self) -> dict[str, str]:
        return {"column": self.column, "target": self.target, "steps": format_steps(self.steps)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Everything needed to read a file; `as_json` is what profiles and runs store."""

    columns: tuple[ColumnRule, ...] = ()
    family: str = ""
    # Folded name in the file → our category code.
    categories: Mapping[str, str] = field(default_factory=dict)
    default_category: str = ""
    # Language of the texts; blank = for every language.
    locale: str = ""
    currency: str = ""
    # Prices are converted to this currency at the rate of the day.
    convert_to: str = ""
    duplicates: str = "refuse"
    empty: str = "keep"
    create_brands: bool = False
    create_options: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": [rule.as_json() for rule in self.columns],
            "family": self.family,
            "categories": dict(self.categories),
            "default_category": self.default_category,
            "locale": self.locale,
            "currency": self.currency,
            "convert_to": self.convert_to,
            "duplicates": self.duplicates,
            "empty": self.empty,
            "create_brands": self.create_brands,
            "create_options": self.create_options,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Definition":
        """Read a stored definition. Raises `BadTransform`."""
        known = {
            name: values[name] for name in cls.__dataclass_fields__ if name in values and name != "columns"
        }
        known["categories"] = {folded(name): code for name, code in (values.get("categories") or {}).items()}
        columns = tuple(
            ColumnRule(item.get("column", ""), item["target"], parse_steps(item.get("steps", "")))
            for item in values.get("columns", [])
        )
        return cls(columns=columns, **known)

    def targets(self) -> set[str]:
        return {rule.target for rule in self.columns}


def header_fingerprint(header: Sequence[str]) -> str:
    """The same for files with the same columns, whatever their order."""
    return sha256_of(sorted(folded(name) for name in header if name))


def check_definition(definition: Definition, header: Sequence[str]) -> None:
    """Refuse a mapping no row could pass. Raises `MappingIncomplete` with a sentence per field."""
    errors: dict[str, str] = {}
    names = set(header)
    for rule in definition.columns:
        if rule.column and rule.column not in names:
            errors[rule.target] = _("The file has no column “%(name)s”.") % {"name": rule.column}
        if rule.target not in BY_CODE and not rule.target.startswith(ATTRIBUTE):
            errors[rule.target] = _("There is no field “%(name)s”.") % {"name": rule.target}
    if "sku" not in definition.targets():
        errors["sku"] = _("Choose the column that holds your SKU.")
    if "price" in definition.targets() and "currency" not in definition.targets() and not definition.currency:
        errors["currency"] = _("Choose the currency of the prices, or the column that holds it.")
    for name in ("currency", "convert_to"):
        try:
            if getattr(definition, name):
                exponent(getattr(definition, name))
        except DomainError as error:
            errors[name] = error.message
    if definition.duplicates not in DUPLICATES or definition.empty not in EMPTY:
        errors[""] = _("Choose one of the offered options.")
    if errors:
        raise MappingIncomplete(_("The mapping is not complete yet."), fields=errors)
