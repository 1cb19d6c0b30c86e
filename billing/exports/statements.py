"""A statement as a file: summary first, then every movement with its entry and order."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from billing.bankfiles.plain import safe_cell
from billing.chart import Kind
from billing.exports.cells import CHUNK, Echo, in_chunks, plain
from billing.models import Settlement
from billing.selectors.earnings import find_earnings
from billing.selectors.settlements import get_totals, list_statement_lines


def statement_rows(settlement: Settlement) -> Iterator[list[Any]]:
    """Cells of the file, line by line; constant memory whatever the length."""
    currency = settlement.currency
    yield [_("Statement"), settlement.ref, settlement.merchant.name, settlement.statement_sha256]
    if settlement.number:
        yield [_("Number"), settlement.number]
    yield [_("From"), settlement.from_at.isoformat(), settlement.time_zone]
    yield [_("Until (excluded)"), settlement.to_at.isoformat(), settlement.time_zone]
    yield [_("Opening balance"), plain(settlement.opening_minor, currency), currency]
    for label, amount in get_totals(settlement):
        yield [label, plain(amount, currency), currency]
    yield [_("Closing balance"), plain(settlement.closing_minor, currency), currency]
    yield [_("To pay"), plain(settlement.payable_minor, currency), currency]
    yield []
    yield [
        _("Booked"),
        _("Occurred"),
        _("What"),
        _("Order"),
        _("Amount"),
        _("Currency"),
        _("Journal number"),
        _("Entry"),
    ]
    for chunk in in_chunks(list_statement_lines(settlement).iterator(chunk_size=CHUNK)):
        yield from _cells(chunk, currency)


def _cells(lines: list[Any], currency: str) -> Iterator[list[Any]]:
    orders = find_earnings(
        {line.posting.merchant_order_id for line in lines if line.posting.merchant_order_id}
    )
    for line in lines:
        posting, entry = line.posting, line.posting.entry
        order = orders.get(posting.merchant_order_id or 0)
        yield [
            entry.booked_at.isoformat(),
            entry.occurred_at.isoformat(),
            str(Kind(posting.kind).label),
            order.merchant_order_ref if order else entry.source_id,
            plain(-posting.amount_minor, currency),
            currency,
            entry.seal.seq,
            entry.ref,
        ]


def statement_csv(settlement: Settlement) -> HttpResponse:
    """The download; amounts as plain decimals, text cells safe for spreadsheets."""
    writer = csv.writer(Echo())
    body = (
        writer.writerow(
            [safe_cell(cell) if isinstance(cell, str) and not _is_amount(cell) else cell for cell in row]
        )
        for row in statement_rows(settlement)
    )
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statement-{settlement.ref}.csv"'
    return response  # type: ignore[return-value]


def _is_amount(cell: str) -> bool:
    return cell.replace("-", "", 1).replace(".", "", 1).isdigit()
