"""Files, families and runs for import tests."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from backoffice.kernel import work
from mas.models import Merchant
from pim.imports.access import IMPORT_GRANTS
from pim.imports.mapping.definition import Definition
from pim.imports.runs import apply_import, check_import, map_import, receive_import
from pim.models import Attribute, Family, ImportRun, MeasureFamily
from tests.factories import mas, pim
from tests.factories.actors import merchant_actor

HEADER = ["sku", "gtin", "brand", "mpn", "title", "description", "category", "price", "currency", "stock"]
HEADER += ["lead_time_days"]


def csv_bytes(rows: Sequence[Sequence[Any]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue().encode(encoding)


def xlsx_bytes(rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def template_row(sku: str, **values: Any) -> list[Any]:
    """One row of our template for a chair of brand Northwood."""
    known = {
        "title": f"Chair {sku}",
        "description": "<p>A chair</p>",
        "price": "49.90",
        "currency": "EUR",
        "stock": "7",
        "lead_time_days": "2",
        "sku": sku,
    } | values
    return [known.get(name, "") for name in HEADER]


def template_csv(*rows: list[Any]) -> bytes:
    return csv_bytes([HEADER, *rows])


def importer(merchant: Merchant):
    """Somebody of the merchant with the right to import."""
    return merchant_actor(merchant.pk, *IMPORT_GRANTS)


def received(data: bytes, *, merchant: Merchant | None = None, filename: str = "feed.csv") -> ImportRun:
    merchant = merchant or mas.merchant()
    return receive_import(
        [data],
        filename=filename,
        merchant_id=merchant.pk,
        currency=merchant.currency,
        actor=importer(merchant),
    )


def checked(run: ImportRun, definition: Definition | None = None) -> ImportRun:
    """The run after its dry run (after mapping it, when a definition is given)."""
    actor = importer(run.merchant)
    if definition is not None:
        map_import(run.ref, definition, actor=actor)
    check_import(run.ref, actor=actor)
    work.drain()
    run.refresh_from_db()
    return run


def applied(run: ImportRun) -> ImportRun:
    apply_import(run.ref, actor=importer(run.merchant))
    work.drain()
    run.refresh_from_db()
    return run


def imported(
    data: bytes, *, merchant: Merchant | None = None, definition: Definition | None = None
) -> ImportRun:
    """Received, checked and applied."""
    return applied(checked(received(data, merchant=merchant), definition))


def furniture_family() -> Family:
    """Depth, height and width as lengths, designer and article as texts."""
    length = MeasureFamily.objects.get(code="length")
    sides: list[Attribute] = [
        pim.attribute("measure", code=code, measure_family=length) for code in ("depth", "height", "width")
    ]
    return pim.family(*sides, pim.attribute("text", code="designer"), code="furniture")
