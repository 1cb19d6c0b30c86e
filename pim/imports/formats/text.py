"""CSV and its relatives: encoding and delimiter are found out, cells and rows are limited."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from backoffice.kernel.phrases import gettext as _
from pim.imports.errors import unreadable

SAMPLE_BYTES = 256 * 1024
CHECK_BYTES = 1024 * 1024
MAX_CELL = 100_000
MAX_COLUMNS = 500
DELIMITERS = ",;\t|"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def detect_encoding(path: Path) -> str:
    """utf-8 (with or without mark), utf-16 by its mark or its zeros, else cp1252. Raises `FileUnreadable`."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
    for mark, name in BOMS:
        if head.startswith(mark):
            return _readable(path, name)
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        # Western text in UTF-16 has a zero in nearly every second byte, and only there.
        if max(even, odd) * 10 > len(head) * 3 and min(even, odd) * 50 < len(head):
            return _readable(path, "utf-16-le" if odd > even else "utf-16-be")
        raise unreadable("binary_file", _("This is not a text file. Send CSV or XLSX."))
    return _readable(path, "utf-8", "cp1252")


def _readable(path: Path, *encodings: str) -> str:
    """The first of them in which the whole file can be read. Raises `FileUnreadable`."""
    for encoding in encodings:
        if _decodes(path, encoding):
            return encoding
    raise unreadable(
        "wrong_encoding",
        _("The letters of this file cannot be read. Save it as “CSV UTF-8” and send it again."),
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(CHECK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def detect_delimiter(path: Path, encoding: str) -> str:
    """The separator that splits the first lines into the same number of columns, at least two."""
    with path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(64 * 1024)
    best, best_score = ",", 0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(sample.splitlines()[:50], delimiter=delimiter) if row]
        if not widths or widths[0] < 2:
            continue
        score = sum(width == widths[0] for width in widths) * widths[0]
        if score > best_score:
            best, best_score = delimiter, score
    return best


def iterate_csv(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line number of the row's end, cells) of every row that is not empty. Raises `FileUnreadable`."""
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding=encoding, newline="") as stream:
        yield from _rows(stream, delimiter)


def _rows(stream: IO[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(error, reader.line_num) from error
        number += 1
        if len(cells) > MAX_COLUMNS:
            sentence = _("Row %(row)s has more than %(limit)s columns.")
            raise unreadable("too_many_columns", sentence % {"row": number, "limit": MAX_COLUMNS})
        if any(cell.strip() for cell in cells):
            yield number, [cell.replace("\x00", "") for cell in cells]


def _broken(error: csv.Error, line: int) -> Exception:
    if "field larger" in str(error):
        return unreadable(
            "huge_cell",
            _(
                "A cell near line %(line)s has more than %(limit)s characters. A quotation mark may be missing."
            )
            % {"line": line, "limit": MAX_CELL},
        )
    return unreadable(
        "broken_csv",
        _("The file is broken near line %(line)s: a quotation mark is missing or too many.") % {"line": line},
    )
