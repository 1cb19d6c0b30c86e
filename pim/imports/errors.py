"""What can be wrong with a product file, as a whole or in a row; codes are stable."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.phrases import gettext as _
from backoffice.kernel.phrases import shown, stored


class FileUnreadable(InvalidInput):
    """The file as a whole cannot be read; `code` in params tells why."""

    code = "file_unreadable"


class MappingIncomplete(InvalidInput):
    """The mapping names no column for something every row needs."""

    code = "mapping_incomplete"


class ImportNotFound(NotFound):
    code = "import_not_found"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with one row: where, what, and what to do next."""

    code: str
    column: str
    value: str
    message: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"value": self.value[:200], "message": stored(self.message)}


def unreadable(code: str, message: str) -> FileUnreadable:
    """A refusal of the whole file with a stable code."""
    return FileUnreadable(message, reason=code)


HINTS = {
    "missing_value": lambda: _("Fill the cell, or map another column to this field."),
    "duplicate_sku": lambda: _("Keep one row per SKU, or choose “merge” for repeated SKUs in the mapping."),
    "negative_price": lambda: _("A price is above zero. Write it like 12.50."),
    "bad_number": lambda: _("Write the number like 12.5, or choose the decimal comma in the mapping."),
    "unknown_currency": lambda: _("Use the three letters of ISO 4217, such as EUR."),
    "rate_missing": lambda: _("Ask the operator to enter the exchange rate, then check this import again."),
    "unknown_category": lambda: _(
        "Use one of our category codes, add the name to the category map, or choose a category when none fits."
    ),
    "unknown_family": lambda: _("Use one of our family codes, or choose a family in the mapping."),
    "unknown_option": lambda: _("Use one of the listed options, or add the word to the option map."),
    "unknown_brand": lambda: _(
        "Ask the operator to add the brand, or choose “create brands” in the mapping."
    ),
    "text_too_long": lambda: _("Shorten the text."),
    "identifier_conflict": lambda: _("The numbers point to different products. The operator decides."),
    "picture_unreachable": lambda: _("Check the address, or add the picture on the product's page."),
    "invalid_identifier": lambda: _("Check the number; leave the cell empty when there is none."),
}


def problem(code: str, column: str, value: object, message: str) -> RowProblem:
    """A row's problem; what to do about it belongs to its code and is told when somebody reads it."""
    return RowProblem(code, column, str(value if value is not None else ""), message)


def told(kept: Mapping[str, Any]) -> dict[str, str]:
    """A stored problem in the reader's language, with the hint that belongs to its code."""
    code = str(kept.get("code", ""))
    return {
        "code": code,
        "column": str(kept.get("column", "")),
        "value": str(kept.get("value", "")),
        "message": shown(str(kept.get("message", ""))),
        "hint": HINTS[code]() if code in HINTS else "",
    }
