"""The journal of a day as a file for bookkeeping: opening balances, every line, closing balances, the count.

Column names are the same in every language, so that a program can read the file.
"""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from billing.bankfiles.plain import safe_cell
from billing.exports.cells import CHUNK, Echo, in_chunks, plain
from billing.selectors.earnings import attach_order_refs
from billing.selectors.journal_days import DayFigure, JournalDay, attach_owners, list_journal_lines

COLUMNS = (
    "record",
    "day",
    "journal_no",
    "entry",
    "line",
    "booked_at",
    "occurred_at",
    "event",
    "source_type",
    "source",
    "order",
    "reverses",
    "account",
    "account_name",
    "owner",
    "kind",
    "currency",
    "debit",
    "credit",
    "balance",
)


def journal_rows(day: JournalDay) -> Iterator[dict[str, Any]]:
    """The records of the file in constant memory: `opening` per account, `line`s, `closing` per account, `end`.

    `balance` is debit > 0; a `closing` row also has the day's debits and credits. The `end` row names the day's id and
    how many entries and lines went before it, so a file that was cut short shows.
    """
    for figure in day.figures:
        yield _figure("opening", figure, balance=figure.opening_minor)
    for chunk in in_chunks(list_journal_lines(day).iterator(chunk_size=CHUNK)):
        attach_order_refs(chunk)
        attach_owners(chunk)
        for posting in chunk:
            yield _line(posting)
    for figure in day.figures:
        yield _figure("closing", figure, balance=figure.closing_minor) | {
            "debit": plain(figure.debit_minor, figure.currency),
            "credit": plain(figure.credit_minor, figure.currency),
        }
    yield {"record": "end", "entry": day.n_entries, "line": day.n_lines, "source": day.external_id}


def _figure(record: str, figure: DayFigure, *, balance: int) -> dict[str, Any]:
    return {
        "record": record,
        "account": figure.code,
        "account_name": figure.label,
        "currency": figure.currency,
        "balance": plain(balance, figure.currency),
    }


def _line(posting: Any) -> dict[str, Any]:
    entry, account = posting.entry, posting.account
    side = "debit" if posting.amount_minor > 0 else "credit"
    return {
        "record": "line",
        "journal_no": entry.seal.seq or "",
        "entry": entry.ref,
        "line": posting.line_no,
        "booked_at": entry.booked_at.isoformat(),
        "occurred_at": entry.occurred_at.isoformat(),
        "event": entry.event_type,
        "source_type": entry.source_type,
        "source": safe_cell(entry.source_id),
        "order": posting.order_ref or "",
        "reverses": str(entry.reverses_id or ""),
        "account": account.code,
        "account_name": account.get_code_display(),
        "owner": safe_cell(posting.owner),
        "kind": posting.kind,
        "currency": posting.currency,
        side: plain(abs(posting.amount_minor), posting.currency),
    }


def journal_csv(day: JournalDay) -> HttpResponse:
    """The download, written while it is read."""
    writer = csv.DictWriter(Echo(), COLUMNS, restval="")

    def body() -> Iterator[str]:
        yield str(writer.writeheader())
        for row in journal_rows(day):
            yield str(writer.writerow({"day": day.day.isoformat(), **row}))

    response = StreamingHttpResponse(body(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="journal-{day.entity.code}-{day.day}.csv"'
    return response  # type: ignore[return-value]
