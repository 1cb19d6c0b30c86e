"""Endpoints of chargebacks: operators open and decide them, merchants read their own."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.kernel.money import Money
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from billing.api.dispute_schemas import DisputeOut, OpenDisputeIn
from billing.models import Dispute
from billing.operations.disputes import Case, lose_dispute, open_dispute, win_dispute
from billing.permissions import HANDLE_DISPUTES, VIEW_FINANCE, VIEW_MONEY
from billing.selectors.disputes import get_dispute, list_disputes
from billing.selectors.earnings import get_earning

operator = Router()
merchant = Router()


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _dispute(row: Dispute) -> dict[str, Any]:
    names = [name for name in DisputeOut.model_fields if name != "merchant_order_ref"]
    return {name: getattr(row, name) for name in names} | {
        "merchant_order_ref": row.earning.merchant_order_ref
    }


def _page(request: HttpRequest, page: PageQuery, state: str) -> dict[str, Any]:
    rows = list_disputes(_actor(request))
    found = paginate(rows.filter(state=state) if state else rows, page)
    return {"items": [_dispute(row) for row in found["items"]], "next": found["next"]}


@endpoint(operator, "GET", "/disputes", grant=VIEW_FINANCE, response=PageOut[DisputeOut])
def list_all_disputes(request: HttpRequest, page: Query[PageQuery], state: str = "") -> dict[str, Any]:
    """Every chargeback, newest first; `state` narrows."""
    return _page(request, page, state)


@endpoint(operator, "POST", "/disputes", grant=HANDLE_DISPUTES, creates=True, response=DisputeOut)
def report_dispute(request: HttpRequest, payload: OpenDisputeIn) -> dict[str, Any]:
    """The provider took money of a captured order back: book it and hold it from the merchant."""
    earning = get_earning(payload.merchant_order_ref, actor=_actor(request))
    case = Case(
        case_number=payload.case_number,
        amount=Money(payload.amount_minor, earning.currency),
        fee_minor=payload.fee_minor,
        reason=payload.reason,
        line_ref=payload.line_ref,
        answer_by=payload.answer_by,
        occurred_at=payload.occurred_at,
    )
    return _dispute(open_dispute(earning.merchant_order_ref, case=case, actor=_actor(request)))


@endpoint(operator, "POST", "/disputes/{ref}/won", grant=HANDLE_DISPUTES, response=DisputeOut)
def record_dispute_won(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The bank gave the money back. Repeating it is harmless."""
    win_dispute(ref, actor=_actor(request))
    return _dispute(get_dispute(ref, actor=_actor(request)))


@endpoint(operator, "POST", "/disputes/{ref}/lost", grant=HANDLE_DISPUTES, response=DisputeOut)
def record_dispute_lost(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The case is lost and the merchant bears it. Repeating it is harmless."""
    lose_dispute(ref, actor=_actor(request))
    return _dispute(get_dispute(ref, actor=_actor(request)))


@endpoint(merchant, "GET", "/disputes", grant=VIEW_MONEY, response=PageOut[DisputeOut])
def list_own_disputes(request: HttpRequest, page: Query[PageQuery], state: str = "") -> dict[str, Any]:
    """The own chargebacks, newest first; `state` narrows."""
    return _page(request, page, state)
