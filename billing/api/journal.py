"""Endpoints of the journal: a booking day with its control figures, and its lines page by page."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from billing.api import journal_schemas as schemas
from billing.permissions import VIEW_FINANCE
from billing.selectors.earnings import attach_order_refs
from billing.selectors.entities import get_entity
from billing.selectors.journal_days import JournalDay, attach_owners, get_journal_day, list_journal_lines

operator = Router()


def _day(code: str, day: date) -> JournalDay:
    return get_journal_day(get_entity(code), day)


@endpoint(
    operator, "GET", "/companies/{code}/journal/{day}", grant=VIEW_FINANCE, response=schemas.JournalDayOut
)
def read_journal_day(request: HttpRequest, code: str, day: date) -> dict[str, Any]:
    """What every account held before a booking day that is over, what the day moved, and what was held after it."""
    found = _day(code, day)
    names = [name for name in schemas.DayFigureOut.model_fields if name != "account"]
    return {
        "external_id": found.external_id,
        "entity": found.entity.code,
        "day": found.day,
        "from_at": found.from_at,
        "to_at": found.to_at,
        "entries": found.n_entries,
        "lines": found.n_lines,
        "figures": [
            {"account": row.code, **{name: getattr(row, name) for name in names}} for row in found.figures
        ],
    }


@endpoint(
    operator,
    "GET",
    "/companies/{code}/journal/{day}/lines",
    grant=VIEW_FINANCE,
    response=PageOut[schemas.JournalLineOut],
)
def list_lines_of_journal_day(
    request: HttpRequest, code: str, day: date, page: Query[PageQuery]
) -> dict[str, Any]:
    """Every posting booked on the day, oldest first; together they lead from the opening to the closing balances."""
    found = paginate(list_journal_lines(_day(code, day)), page, newest_first=False)
    attach_order_refs(found["items"])
    attach_owners(found["items"])
    return {"items": [_line(row) for row in found["items"]], "next": found["next"]}


def _line(row: Any) -> dict[str, Any]:
    entry = row.entry
    return {
        "journal_no": entry.seal.seq,
        "entry": entry.ref,
        "line": row.line_no,
        "booked_at": entry.booked_at,
        "occurred_at": entry.occurred_at,
        "event": entry.event_type,
        "source_type": entry.source_type,
        "source": entry.source_id,
        "merchant_order_ref": row.order_ref,
        "reverses": str(entry.reverses_id) if entry.reverses_id else None,
        "account": row.account.code,
        "owner": row.owner,
        "kind": row.kind,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
    }
