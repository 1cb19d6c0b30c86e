"""Export of what a table shows: CSV streamed, XLSX in constant memory, formulas neutralised.

Text cells that a spreadsheet would read as a formula are prefixed (CSV) or typed as text (XLSX); numbers stay numbers.
"""

import csv
import re
import tempfile
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from backoffice.kernel import clock
from backoffice.ui.tables import Table

# Half- and full-width forms of the characters that start a formula.
FORMULA_STARTS = "=+-@＝＋－＠"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
FORMATS = ("csv", "xlsx")
CHUNK = 1000


def neutral(value: Any) -> Any:
    """Text that cannot become a formula: a leading apostrophe where a spreadsheet would start calculating."""
    if not isinstance(value, str):
        return value
    start = value.lstrip(" \u00a0")[:1]
    return f"'{value}" if (value[:1] in "\t\r\n" and value) or (start and start in FORMULA_STARTS) else value


def headings(table: Table) -> list[str]:
    return [text for column in table.shown_columns if column.export for text in column.export_headings()]


def rows(table: Table) -> Iterator[list[Any]]:
    """All rows that match, not only this page, in the order shown."""
    columns = [column for column in table.shown_columns if column.export]
    for record in _records(table):
        yield [value for column in columns for value in column.export_values(record)]


def _records(table: Table) -> Iterator[Any]:
    source = table.sorted_rows
    iterator = source.iterator(chunk_size=CHUNK) if isinstance(source, QuerySet) else iter(source)
    batch: list[Any] = []
    for record in iterator:
        batch.append(record)
        if len(batch) == CHUNK:
            yield from table.prepare(batch)
            batch = []
    yield from table.prepare(batch)


class _Echo:
    """A file that hands back what is written to it, so rows stream."""

    def write(self, value: str) -> str:
        return value


def csv_lines(table: Table) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The byte order mark lets Excel read UTF-8.
    yield "\ufeff" + str(writer.writerow([neutral(text) for text in headings(table)]))
    for row in rows(table):
        yield str(writer.writerow([neutral(value) for value in row]))


def export_response(table: Table, file_format: str, title: str) -> HttpResponse | StreamingHttpResponse:
    """The file as a download named after the page and the day."""
    name = f"{slugify(title) or 'export'}-{clock.today().isoformat()}.{file_format}"
    if file_format == "csv":
        response = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    return FileResponse(xlsx_file(table), as_attachment=True, filename=name)


def xlsx_file(table: Table) -> Any:
    """The rows as a workbook in a temporary file, positioned at its start."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    write_xlsx(file, table, rows(table))
    file.seek(0)
    return file


def write_xlsx(target: Any, table: Table, body: Iterator[list[Any]]) -> None:
    """Headings and rows as a workbook into a path or an open file, in constant memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, text) for text in headings(table)])
    for row in body:
        sheet.append([_cell(sheet, value) for value in row])
    book.save(target)


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, CONTROL.sub("", value))
    # openpyxl would make a formula of a text that starts with "=".
    cell.data_type = "s"
    return cell
