"""Failed rows go out and come back mended: their extra columns, and the guard that keeps cells from calculating."""

import re
from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from backoffice.ui.exports import neutral

GUARD = "'"
# A number with its sign calculates nothing and stays as it was sent.
NUMBER = re.compile(r"[+-]?\d[\d.,]*")


def error_columns() -> list[str]:
    return [_("error code"), _("error column"), _("error message"), _("what to do")]


def is_returned(header: Sequence[str]) -> bool:
    """Whether a file is our own list of failed rows, written in whatever language."""
    names = {cell.strip() for cell in header}
    return any(names.issuperset(columns) for columns in _columns_by_language())


def without_error_columns(header: list[str]) -> list[str]:
    """The columns as first sent; the columns that told what was wrong say nothing about the mended rows."""
    for columns in _columns_by_language():
        if header[-len(columns) :] == columns:
            return header[: -len(columns)]
    return header


def _columns_by_language() -> list[list[str]]:
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(error_columns())
    return found


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula; `unguarded` gives back exactly what it was."""
    return GUARD + cell if _calculates(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(GUARD) and _calculates(cell) else cell


def _calculates(cell: str) -> bool:
    # A guard that was sent in belongs to the cell, so such a cell gets one more.
    text = cell.lstrip(GUARD)
    return not NUMBER.fullmatch(text) and bool(neutral(text) != text)
