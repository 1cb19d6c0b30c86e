"""Endpoints of holds on payouts: programs set, lift and charge; approving a charge takes a person in the console."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.kernel.money import Money
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from billing.api.hold_schemas import ChargeHoldIn, HoldPayoutsIn, HoldRecordOut
from billing.models import Hold
from billing.operations.held_charges import charge_held_amount
from billing.operations.holds import hold_payouts, release_hold
from billing.permissions import ADJUST_BALANCE, HOLD_PAYOUTS, VIEW_FINANCE
from billing.selectors.entities import get_entity
from billing.selectors.holds import get_hold, list_holds

operator = Router()


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _hold(row: Hold) -> dict[str, Any]:
    apart = {"merchant_ref": row.merchant.ref, "charge_ref": row.charge.ref if row.charge else ""}
    return {name: getattr(row, name) for name in HoldRecordOut.model_fields if name not in apart} | apart


@endpoint(operator, "GET", "/payout-holds", grant=VIEW_FINANCE, response=PageOut[HoldRecordOut])
def list_all_holds(request: HttpRequest, page: Query[PageQuery], merchant: str = "") -> dict[str, Any]:
    """Every hold, newest first, ended ones too; `merchant` (its ref) narrows."""
    rows = list_holds(_actor(request))
    found = paginate(rows.filter(merchant__ref=merchant) if merchant else rows, page)
    return {"items": [_hold(row) for row in found["items"]], "next": found["next"]}


@endpoint(operator, "POST", "/payout-holds", grant=HOLD_PAYOUTS, creates=True, response=HoldRecordOut)
def set_hold(request: HttpRequest, payload: HoldPayoutsIn) -> dict[str, Any]:
    """Hold a merchant's payouts, or an amount; counts at once and the merchant reads the reason."""
    hold = hold_payouts(
        payload.merchant_ref,
        reason=payload.reason,
        amount_minor=payload.amount_minor,
        currency=payload.currency,
        lapses_at=payload.lapses_at,
        actor=_actor(request),
    )
    return _hold(hold)


@endpoint(operator, "POST", "/payout-holds/{ref}/lift", grant=HOLD_PAYOUTS, response=HoldRecordOut)
def lift_hold(request: HttpRequest, ref: str) -> dict[str, Any]:
    """End a hold without charging. Repeating it is harmless; a hold of an incident ends with the incident."""
    return _hold(release_hold(ref, actor=_actor(request)))


@endpoint(operator, "POST", "/payout-holds/{ref}/charge", grant=ADJUST_BALANCE, response=HoldRecordOut)
def propose_charge(request: HttpRequest, ref: str, payload: ChargeHoldIn) -> dict[str, Any]:
    """Propose a charge out of a held amount; a person approves it. Repeating the same amount is harmless."""
    hold = get_hold(ref, actor=_actor(request))
    charge_held_amount(
        ref,
        entity=get_entity(payload.company),
        amount=Money(payload.amount_minor, hold.currency),
        reason=payload.reason,
        actor=_actor(request),
    )
    return _hold(get_hold(ref, actor=_actor(request)))
