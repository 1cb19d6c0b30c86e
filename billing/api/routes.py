"""Endpoints of finance: statements, payouts and the books for operators, their own money for merchants."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from billing.api import bank, debts, disputes, holds, journal, periodic_fees, reversals, schemas
from billing.models import FeeSnapshot, Payout, PayoutBatch, Posting, Settlement
from billing.operations.payout_files import create_batch, download_batch
from billing.operations.payouts import execute_batch
from billing.operations.settlement_review import reject_settlement
from billing.operations.settlement_run import RunResult, run_settlements
from billing.operations.withdrawals import ask_to_withdraw_payouts
from billing.permissions import (
    APPROVE_SETTLEMENT,
    PREPARE_SETTLEMENT,
    SEND_PAYOUTS,
    VIEW_FINANCE,
    VIEW_MONEY,
)
from billing.selectors.balances import get_trial_balance
from billing.selectors.earnings import attach_order_refs, get_earning
from billing.selectors.merchant_money import get_merchant_money, list_transactions
from billing.selectors.payout_blocks import list_kept_back
from billing.selectors.payouts import list_payouts
from billing.selectors.settlements import get_settlement, list_settlements, list_statement_lines
from billing.selectors.snapshots import explain_snapshot, list_fee_snapshots

operator = Router()
operator.add_router("", disputes.operator)
operator.add_router("", periodic_fees.operator)
operator.add_router("", bank.router)
operator.add_router("", journal.operator)
operator.add_router("", reversals.operator)
operator.add_router("", debts.operator)
operator.add_router("", holds.operator)
merchant = Router()
merchant.add_router("", disputes.merchant)
merchant.add_router("", periodic_fees.merchant)
LINES = 1000


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _own_id(request: HttpRequest) -> int:
    merchant_id = min(_actor(request).merchant_ids, default=None)
    if merchant_id is None:
        raise NotFound("There is no merchant behind this key.")
    return merchant_id


def _settlement(row: Settlement) -> dict[str, Any]:
    names = [name for name in schemas.SettlementOut.model_fields if name != "merchant_ref"]
    return {name: getattr(row, name) for name in names} | {"merchant_ref": row.merchant.ref}


def _statement(row: Settlement) -> dict[str, Any]:
    lines = list(list_statement_lines(row)[:LINES])
    attach_order_refs(line.posting for line in lines)
    return {
        "settlement": _settlement(row),
        "lines": [
            {
                "journal_no": line.posting.entry.seal.seq,
                "booked_at": line.posting.entry.booked_at,
                "occurred_at": line.posting.entry.occurred_at,
                "kind": line.posting.kind,
                "merchant_order_ref": line.posting.order_ref,  # type: ignore[attr-defined]
                "amount_minor": line.posting.shown_minor,
                "currency": row.currency,
            }
            for line in lines
        ],
    }


def _payout(row: Payout) -> dict[str, Any]:
    names = ("ref", "amount_minor", "currency", "state", "attempt")
    return {name: getattr(row, name) for name in names} | {
        "settlement_ref": row.settlement.ref,
        "merchant_ref": row.merchant.ref,
    }


def _fee(row: FeeSnapshot) -> dict[str, Any]:
    names = [name for name in schemas.FeeOut.model_fields if name not in ("rule_ref", "explanation")]
    return {name: getattr(row, name) for name in names} | {
        "rule_ref": row.rule.ref,
        "explanation": explain_snapshot(row),
    }


def _fees(request: HttpRequest, ref: str) -> dict[str, Any]:
    earning = get_earning(ref, actor=_actor(request))
    rows = list_fee_snapshots(_actor(request), merchant_order_id=earning.merchant_order_id)
    return {"fees": [_fee(row) for row in rows]}


@endpoint(operator, "GET", "/settlements", grant=VIEW_FINANCE, response=PageOut[schemas.SettlementOut])
def list_all_settlements(request: HttpRequest, page: Query[PageQuery], state: str = "") -> dict[str, Any]:
    """Every settlement, newest first; `state` narrows."""
    rows = list_settlements(_actor(request))
    found = paginate(rows.filter(state=state) if state else rows, page)
    return {"items": [_settlement(row) for row in found["items"]], "next": found["next"]}


@endpoint(operator, "GET", "/settlements/{ref}", grant=VIEW_FINANCE, response=schemas.StatementOut)
def get_one_settlement(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One statement with its lines."""
    return _statement(get_settlement(ref, actor=_actor(request)))


@endpoint(operator, "POST", "/settlements", grant=PREPARE_SETTLEMENT, creates=True, response=schemas.RunOut)
def cut_settlements(request: HttpRequest, payload: schemas.RunSettlementsIn) -> RunResult:
    """Write the statements of every merchant of a company whose cycle ended."""
    return run_settlements(payload.entity, actor=_actor(request))


@endpoint(
    operator, "POST", "/settlements/{ref}/reject", grant=APPROVE_SETTLEMENT, response=schemas.SettlementOut
)
def send_settlement_back(
    request: HttpRequest, ref: str, payload: schemas.RejectSettlementIn
) -> dict[str, Any]:
    """Send a statement back to its preparer."""
    reject_settlement(ref, reason=payload.reason, actor=_actor(request))
    return _settlement(get_settlement(ref, actor=_actor(request)))


@endpoint(operator, "GET", "/payouts", grant=VIEW_FINANCE, response=PageOut[schemas.PayoutOut])
def list_all_payouts(request: HttpRequest, page: Query[PageQuery], state: str = "") -> dict[str, Any]:
    """Every payout, newest first; `state` narrows."""
    rows = list_payouts(_actor(request))
    found = paginate(rows.filter(state=state) if state else rows, page)
    return {"items": [_payout(row) for row in found["items"]], "next": found["next"]}


@endpoint(operator, "POST", "/payout-files", grant=SEND_PAYOUTS, creates=True, response=schemas.BatchOut)
def write_payout_file(request: HttpRequest, payload: schemas.CreateBatchIn) -> dict[str, Any]:
    """Claim payouts and write one bank file for them; what is held is left out and named in `kept_back`."""
    batch = create_batch(
        payload.payouts,
        file_format=payload.file_format,
        execution_on=payload.execution_on,
        actor=_actor(request),
    )
    names = [name for name in schemas.BatchOut.model_fields if name != "kept_back"]
    kept_back = [
        {"ref": row.ref, "codes": [block.code for block in row.blocks], "reasons": row.reasons}
        for row in list_kept_back(batch)
    ]
    return {name: getattr(batch, name) for name in names} | {"kept_back": kept_back}


@endpoint(
    operator,
    "POST",
    "/payout-files/{ref}/download",
    grant=SEND_PAYOUTS,
    response=schemas.BatchFileOut,
)
def take_payout_file(request: HttpRequest, ref: str) -> PayoutBatch:
    """The file itself; who took it is recorded."""
    return download_batch(ref, actor=_actor(request))


@endpoint(
    operator, "POST", "/payout-files/{ref}/withdraw", grant=SEND_PAYOUTS, response=schemas.BatchStateOut
)
def ask_to_withdraw(request: HttpRequest, ref: str, payload: schemas.WithdrawIn) -> PayoutBatch:
    """Ask to take payouts out of a file that was not executed. A person confirms it in the console; then the file is
    void and another one carries the rest."""
    return ask_to_withdraw_payouts(
        ref,
        payload.payouts,
        reason=payload.reason,
        is_not_at_bank=payload.is_not_at_bank,
        actor=_actor(request),
    )


@endpoint(operator, "POST", "/payout-files/{ref}/executed", grant=SEND_PAYOUTS, response=schemas.ExecutedOut)
def record_execution(request: HttpRequest, ref: str) -> dict[str, int]:
    """The bank executed the whole file."""
    return {"executed": execute_batch(ref, actor=_actor(request))}


@endpoint(operator, "GET", "/trial-balance", grant=VIEW_FINANCE, response=schemas.TrialBalanceOut)
def read_trial_balance(
    request: HttpRequest, at: datetime | None = None, axis: Literal["booked", "effective"] = "booked"
) -> dict[str, Any]:
    """All accounts as of a moment (now when none is given): what was known then, or what was true then."""
    moment = at or clock.now()
    rows = get_trial_balance(at=moment, axis=axis)
    return {
        "at": moment,
        "rows": [
            {"code": row.code, "label": row.label, "currency": row.currency, "minor": row.minor}
            for row in rows
        ],
    }


@endpoint(operator, "GET", "/merchant-orders/{ref}/fees", grant=VIEW_FINANCE, response=schemas.FeesOut)
def explain_order_fees(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Every fee of a merchant order, explained to the cent."""
    return _fees(request, ref)


@endpoint(merchant, "GET", "/money", grant=VIEW_MONEY, response=schemas.MoneyOut)
def read_own_money(request: HttpRequest) -> dict[str, Any]:
    """Balances, next payouts and holds."""
    money = get_merchant_money(_own_id(request))
    return {
        "balances": [
            {name: getattr(row, name) for name in schemas.BalanceOut.model_fields} for row in money.balances
        ],
        "next_payouts": [
            {name: getattr(row, name) for name in schemas.NextPayoutOut.model_fields}
            for row in money.next_payouts
        ],
        "holds": [
            {"code": block.code, "reason": block.reason, "way_out": block.way_out, "amount_minor": None}
            for block in money.blocks
        ]
        + [
            {
                "code": "open_incident" if hold.source_key else "amount_held",
                "reason": hold.reason,
                "way_out": hold.way_out,
                "amount_minor": hold.amount_minor,
            }
            for hold in money.amount_holds
        ],
    }


def _transaction(row: Posting) -> dict[str, Any]:
    return {
        "occurred_at": row.entry.occurred_at,
        "kind": row.kind,
        "balance": "pending" if row.account.code == "2100" else "available",
        "merchant_order_ref": row.order_ref,  # type: ignore[attr-defined]
        "amount_minor": row.shown_minor,
        "currency": row.currency,
    }


@endpoint(merchant, "GET", "/transactions", grant=VIEW_MONEY, response=PageOut[schemas.TransactionOut])
def list_own_transactions(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Every movement on the own balances, newest first."""
    found = paginate(list_transactions(_actor(request), _own_id(request)), page)
    attach_order_refs(found["items"])
    return {"items": [_transaction(row) for row in found["items"]], "next": found["next"]}


@endpoint(merchant, "GET", "/statements", grant=VIEW_MONEY, response=PageOut[schemas.SettlementOut])
def list_own_statements(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The own statements, newest first."""
    found = paginate(list_settlements(_actor(request)), page)
    return {"items": [_settlement(row) for row in found["items"]], "next": found["next"]}


@endpoint(merchant, "GET", "/statements/{ref}", grant=VIEW_MONEY, response=schemas.StatementOut)
def get_own_statement(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One own statement with its lines."""
    return _statement(get_settlement(ref, actor=_actor(request)))


@endpoint(merchant, "GET", "/merchant-orders/{ref}/fees", grant=VIEW_MONEY, response=schemas.FeesOut)
def explain_own_fees(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Every fee of an own order, explained to the cent."""
    return _fees(request, ref)
