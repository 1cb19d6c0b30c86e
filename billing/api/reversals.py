"""Endpoints of reversals: a program may ask for one; confirming takes a person in the console."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel.errors import NotFound
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from billing.api.journal_schemas import AskReversalIn, ReversalOut
from billing.models import ReversalRequest
from billing.operations.reversals import ask_to_reverse_entry
from billing.permissions import REVERSE_ENTRY, VIEW_FINANCE
from billing.selectors.reversals import list_reversals

operator = Router()


def _reversal(row: ReversalRequest) -> dict[str, Any]:
    names = ("ref", "reason", "state", "asked_by_label", "asked_at", "decided_by_label", "decided_at")
    return {name: getattr(row, name) for name in names} | {
        "entry": str(row.entry_id),
        "reversal": str(row.reversal_id) if row.reversal_id else None,
    }


@endpoint(operator, "GET", "/reversals", grant=VIEW_FINANCE, response=PageOut[ReversalOut])
def list_all_reversals(request: HttpRequest, page: Query[PageQuery], state: str = "") -> dict[str, Any]:
    """Every reversal that was asked for, newest first; `state` narrows."""
    rows = list_reversals()
    found = paginate(rows.filter(state=state) if state else rows, page)
    return {"items": [_reversal(row) for row in found["items"]], "next": found["next"]}


@endpoint(operator, "POST", "/reversals", grant=REVERSE_ENTRY, creates=True, response=ReversalOut)
def ask_for_reversal(request: HttpRequest, payload: AskReversalIn) -> dict[str, Any]:
    """Ask to undo a journal entry. Nothing moves before a person confirms it in the console."""
    try:
        entry = UUID(payload.entry)
    except ValueError as error:
        raise NotFound("There is no such journal entry.") from error
    return _reversal(ask_to_reverse_entry(entry, reason=payload.reason, actor=request.actor))  # type: ignore[attr-defined]
