"""XLSX: checked as an archive before it is opened, then read row by row."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from backoffice.kernel.phrases import gettext as _
from pim.imports.errors import unreadable
from pim.imports.formats.text import MAX_CELL, MAX_COLUMNS

MAX_UNPACKED = 600 * 1024 * 1024
MAX_RATIO = 200
# The texts of all cells stand in one part, and only that part is held in memory.
TEXTS = "xl/sharedStrings.xml"
MAX_TEXTS = 150 * 1024 * 1024
ENCRYPTED = 0x1
# What the reader raises when the parts of a workbook are not what they should be.
BROKEN = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, OSError, EOFError, SyntaxError, ValueError, KeyError,
    IndexError, TypeError, AttributeError, RuntimeError,
)  # fmt: skip
# Wrong dimension records announce a million empty rows; after so many blank ones the table has ended.
MAX_BLANK_ROWS = 500


def check_workbook(path: Path) -> None:
    """Refuse broken workbooks and bombs before anything is unpacked. Raises `FileUnreadable`."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise unreadable("broken_xlsx", _("The workbook is broken. Save it again as XLSX.")) from error
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise unreadable("broken_xlsx", _("This ZIP file is not an Excel workbook."))
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise unreadable(
            "password", _("The workbook is protected by a password. Save it without one, or send CSV.")
        )
    if any(member.filename == TEXTS and member.file_size > MAX_TEXTS for member in members):
        raise unreadable(
            "too_large", _("The workbook holds more text than can be read at once. Send CSV instead.")
        )
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > MAX_UNPACKED or (unpacked > 10 * 1024 * 1024 and unpacked > MAX_RATIO * packed):
        raise unreadable(
            "zip_bomb", _("The workbook unpacks to far more than a table does. Send CSV instead.")
        )


def iterate_sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells as text) of every row of the first sheet that is not empty. Raises `FileUnreadable`."""
    check_workbook(path)
    stream = path.open("rb")
    try:
        book = load_workbook(stream, read_only=True, data_only=True)
    except BROKEN as error:
        stream.close()
        raise unreadable("broken_xlsx", _("The workbook is broken. Save it again as XLSX.")) from error
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        blank = 0
        for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
            cells = [_text(value, number) for value in values]
            if any(cells):
                blank = 0
                yield number, cells
            else:
                blank += 1
                if blank > MAX_BLANK_ROWS:
                    return
    except BROKEN as error:
        raise unreadable("broken_xlsx", _("The workbook is broken. Save it again as XLSX.")) from error
    finally:
        book.close()
        stream.close()


def _text(value: Any, row: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Excel keeps numbers as floats; their shortest decimal form is what people typed.
        return format(Decimal(repr(value)).normalize(), "f")
    if isinstance(value, datetime):
        return (value.date() if value.time() == datetime.min.time() else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    if len(text) > MAX_CELL:
        raise unreadable(
            "huge_cell",
            _("A cell of row %(row)s has more than %(limit)s characters.") % {"row": row, "limit": MAX_CELL},
        )
    return text
