"""Endpoints of merchants' debts: read by age, reminders paused and taken up again."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from billing.api.debt_schemas import DebtOut, PauseRemindersIn
from billing.operations.debts import pause_reminders, resume_reminders
from billing.permissions import REMIND_DEBTORS, VIEW_FINANCE
from billing.selectors.debts import list_debts

operator = Router()


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _debt(row: Any) -> dict[str, Any]:
    return {
        "ref": row.account.ref,
        "merchant_ref": row.merchant_ref,
        "company": row.account.entity.code,
        "currency": row.currency,
        "owed_minor": row.posted_minor,
        "since": row.below_zero_since,
        "age": row.age,
        "last_level": row.level,
        "last_reminded_at": row.level_at,
        "paused_until": row.paused_until,
        "pause_reason": row.pause_reason or "",
    }


@endpoint(operator, "GET", "/debts", grant=VIEW_FINANCE, response=PageOut[DebtOut])
def list_all_debts(request: HttpRequest, page: Query[PageQuery], merchant: str = "") -> dict[str, Any]:
    """What merchants owe now; `merchant` (its ref) narrows."""
    rows = list_debts(_actor(request))
    found = paginate(rows.filter(merchant_ref=merchant) if merchant else rows, page)
    return {"items": [_debt(row) for row in found["items"]], "next": found["next"]}


@endpoint(operator, "POST", "/debts/{ref}/pause", grant=REMIND_DEBTORS, response=DebtOut)
def pause_debt(request: HttpRequest, ref: str, payload: PauseRemindersIn) -> dict[str, Any]:
    """Send no reminder of this debt until a moment; a later call replaces it."""
    return _debt(pause_reminders(ref, until=payload.until, reason=payload.reason, actor=_actor(request)))


@endpoint(operator, "POST", "/debts/{ref}/resume", grant=REMIND_DEBTORS, response=DebtOut)
def resume_debt(request: HttpRequest, ref: str) -> dict[str, Any]:
    """End the pause. Repeating it is harmless."""
    return _debt(resume_reminders(ref, actor=_actor(request)))
