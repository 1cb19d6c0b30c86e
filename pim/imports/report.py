"""Failed rows in the form they were sent in, with columns that say what is wrong: mend, save, send again."""

import csv
import io
import tempfile
from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from pim.imports.errors import told
from pim.imports.formats.returned import GUARD, error_columns, guarded
from pim.models import ImportRow, ImportRun, RowOutcome

BATCH = 500


def _rows(run: ImportRun) -> Iterator[list[str]]:
    yield [*run.header, *error_columns()]
    rows = ImportRow.objects.filter(run=run)
    failed = Q(outcome=RowOutcome.FAILED)
    # A variant is read together with its product and its pictures, so a product comes back whole.
    groups = rows.filter(failed).exclude(group="").values("group")
    skus = rows.filter(failed).exclude(merchant_sku="").values("merchant_sku")
    extra = Q(outcome=RowOutcome.MERGED, merchant_sku__in=skus)
    wanted = rows.filter(failed | Q(group__in=groups) | extra)
    for row in wanted.order_by("number").iterator(chunk_size=BATCH):
        problems = [told(item) for item in row.errors]
        words = [
            " | ".join(problem[name] for problem in problems)
            for name in ("code", "column", "message", "hint")
        ]
        yield [*row.cells, *words]


def iterate_failed_csv(run: ImportRun) -> Iterator[bytes]:
    """The failed rows as CSV in the file's own encoding and separator, piece by piece; no cell is run as a formula."""
    encoding = str(run.dialect.get("encoding") or "utf-8")
    delimiter = str(run.dialect.get("delimiter") or ",")
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    first = True
    for row in _rows(run):
        writer.writerow([guarded(cell) for cell in row])
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        # Only the first piece carries the byte order mark.
        codec = encoding if first else {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
        first = False
        yield text.encode(codec, errors="replace")


def write_failed_xlsx(run: ImportRun) -> "tempfile._TemporaryFileWrapper[bytes]":
    """The failed rows as a workbook in a temporary file, ready to be read; memory stays constant."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Failed rows"))
    for row in _rows(run):
        # Typed as text nothing calculates; only what looks guarded already needs a guard, to come back as it was.
        values = [guarded(value) if value.startswith(GUARD) else value for value in row]
        cells = [WriteOnlyCell(sheet, value=value) for value in values]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    file = tempfile.NamedTemporaryFile(prefix="pim-", suffix=".xlsx")  # noqa: SIM115
    book.save(file.name)
    return file
