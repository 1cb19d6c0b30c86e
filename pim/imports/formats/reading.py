"""Any table file as a header and a stream of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backoffice.kernel.phrases import gettext as _
from pim.imports.errors import unreadable
from pim.imports.formats.returned import is_returned, unguarded, without_error_columns
from pim.imports.formats.sheets import check_workbook, iterate_sheet
from pim.imports.formats.text import detect_delimiter, detect_encoding, iterate_csv

MAX_HEADER = 120


@dataclass(frozen=True, slots=True)
class Dialect:
    """What was found out about a file; stored with its import, so it is read the same way again."""

    kind: str
    encoding: str = ""
    delimiter: str = ""

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "encoding": self.encoding, "delimiter": self.delimiter}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Dialect":
        return cls(values["kind"], values.get("encoding", ""), values.get("delimiter", ""))


def detect(path: Path) -> Dialect:
    """What kind of table this is, by content. Raises `FileUnreadable`."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip():
        raise unreadable("empty_file", _("The file is empty."))
    if head.startswith(b"PK"):
        check_workbook(path)
        return Dialect("xlsx")
    if head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise unreadable(
            "wrong_kind",
            _("This is an old or protected Excel file, or a PDF. Save the table as XLSX or CSV."),
        )
    if head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise unreadable("wrong_kind", _("This is a web page or XML. Save the table as XLSX or CSV."))
    encoding = detect_encoding(path)
    return Dialect("csv", encoding, detect_delimiter(path, encoding))


def read_header(path: Path, dialect: Dialect) -> list[str]:
    """The column names: the first row that is not empty. Raises `FileUnreadable` for doubled or missing names."""
    for _number, cells in _all_rows(path, dialect):
        names = [unguarded(cell) for cell in cells] if is_returned(cells) else cells
        header = [cell.strip()[:MAX_HEADER] for cell in names]
        while header and not header[-1]:
            header.pop()
        header = without_error_columns(header)
        if len(header) < 2:
            raise unreadable(
                "one_column", _("Only one column was found. Check the separator, or save the table as XLSX.")
            )
        # A table saved by a program may number its rows in a column without name.
        named = [name for name in header if name]
        doubled = sorted({name for name in named if named.count(name) > 1})
        if doubled:
            raise unreadable(
                "doubled_column",
                _("The column “%(name)s” is there twice. Rename one.") % {"name": doubled[0]},
            )
        return header
    raise unreadable("empty_file", _("The file holds no rows."))


def iterate_rows(path: Path, dialect: Dialect, width: int) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of the rows below the header, each padded or cut to `width` cells.

    In our own list of failed rows sent back, the guard against formulas is taken off again.
    """
    rows = _all_rows(path, dialect)
    _number, names = next(rows, (0, []))
    has_guards = is_returned(names)
    for number, cells in rows:
        if has_guards:
            cells = [unguarded(cell) for cell in cells]
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        yield number, cells[:width]


def _all_rows(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    if dialect.kind == "xlsx":
        return iterate_sheet(path)
    return iterate_csv(path, dialect.encoding, dialect.delimiter)
