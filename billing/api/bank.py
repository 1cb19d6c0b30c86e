"""Endpoints for what the bank sends: upload, look, import, and the queue of unmatched lines."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from backoffice.ui.cursors import PageOut, PageQuery, paginate
from backoffice.ui.endpoints import endpoint
from billing.api import bank_schemas as schemas
from billing.models import BankFile, BankFileKind, BankFileState, BankLine
from billing.operations.bank_files import (
    discard_bank_file,
    import_bank_file,
    preview_answers,
    preview_statements,
    upload_bank_file,
)
from billing.operations.bank_line_undo import ask_to_take_back_bank_line
from billing.operations.bank_lines import match_bank_line, place_bank_line
from billing.permissions import REVERSE_ENTRY, SEND_PAYOUTS, VIEW_FINANCE
from billing.selectors.bank_lines import get_bank_file, get_bank_line, list_bank_lines

router = Router()


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _file(file: BankFile) -> dict[str, Any]:
    names = ("ref", "kind", "name", "sha256", "state", "uploaded_at", "imported_at", "result")
    return {name: getattr(file, name) for name in names}


def _line(line: BankLine) -> dict[str, Any]:
    names = [name for name in schemas.BankLineOut.model_fields if name not in ("statement_id", "payout_ref")]
    return {name: getattr(line, name) for name in names} | {
        "statement_id": line.statement.statement_id,
        "payout_ref": line.payout.ref if line.payout else "",
    }


@endpoint(router, "POST", "/bank-files", grant=SEND_PAYOUTS, creates=True, response=schemas.BankFileOut)
def send_bank_file(request: HttpRequest, payload: schemas.UploadBankFileIn) -> dict[str, Any]:
    """Upload a camt.053 or pain.002 file; nothing is booked before it is imported."""
    try:
        content = base64.b64decode(payload.content_base64, validate=True)
    except binascii.Error as error:
        message = _("The content is not Base64.")
        raise InvalidInput(message, fields={"content_base64": message}) from error
    return _file(upload_bank_file(payload.name, content, actor=_actor(request)))


@endpoint(router, "GET", "/bank-files/{ref}", grant=VIEW_FINANCE, response=schemas.BankFilePreviewOut)
def look_at_bank_file(request: HttpRequest, ref: str) -> dict[str, Any]:
    """A file and, before its import, what importing it would do to each payout."""
    file = get_bank_file(ref)
    return {"file": _file(file), "effects": _effects(file) if file.state == BankFileState.UPLOADED else []}


def _effects(file: BankFile) -> list[dict[str, Any]]:
    if file.kind == BankFileKind.STATUS:
        return [
            {
                "payout_ref": plan.payout.ref,
                "amount_minor": plan.payout.amount_minor,
                "currency": plan.payout.currency,
                "effect": plan.effect or "none",
                "note": plan.problem or plan.answer.reason,
            }
            for plan in preview_answers(file)
        ]
    return [
        {
            "payout_ref": match.payout.ref if match.payout else "",
            "amount_minor": movement.amount_minor,
            "currency": movement.currency,
            "effect": match.rule or "suspense",
            "note": match.note or movement.text,
        }
        for plan in preview_statements(file)
        for movement, match in plan.fresh
    ]


@endpoint(router, "POST", "/bank-files/{ref}/import", grant=SEND_PAYOUTS, response=schemas.BankFileOut)
def book_bank_file(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Book what the file says, once."""
    return _file(import_bank_file(ref, actor=_actor(request)))


@endpoint(router, "POST", "/bank-files/{ref}/discard", grant=SEND_PAYOUTS, response=schemas.BankFileOut)
def put_bank_file_aside(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Put a file aside that should not be imported."""
    return _file(discard_bank_file(ref, actor=_actor(request)))


@endpoint(router, "GET", "/bank-lines", grant=VIEW_FINANCE, response=PageOut[schemas.BankLineOut])
def list_all_bank_lines(request: HttpRequest, page: Query[PageQuery], state: str = "") -> dict[str, Any]:
    """Every line of the account statements, newest first; `state=open` is the unmatched queue."""
    rows = list_bank_lines()
    found = paginate(rows.filter(state=state) if state else rows, page)
    return {"items": [_line(row) for row in found["items"]], "next": found["next"]}


@endpoint(router, "POST", "/bank-lines/{ref}/match", grant=SEND_PAYOUTS, response=schemas.BankLineOut)
def match_line(request: HttpRequest, ref: str, payload: schemas.MatchBankLineIn) -> dict[str, Any]:
    """The unmatched line is this payout."""
    match_bank_line(ref, payout_ref=payload.payout_ref, note=payload.note, actor=_actor(request))
    return _line(get_bank_line(ref))


@endpoint(router, "POST", "/bank-lines/{ref}/place", grant=SEND_PAYOUTS, response=schemas.BankLineOut)
def place_line(request: HttpRequest, ref: str, payload: schemas.PlaceBankLineIn) -> dict[str, Any]:
    """The unmatched line is something else than a payout: charges, a buyer's payment, a provider's transfer."""
    place_bank_line(ref, place=payload.place, note=payload.note, actor=_actor(request))
    return _line(get_bank_line(ref))


@endpoint(router, "POST", "/bank-lines/{ref}/take-back", grant=REVERSE_ENTRY, response=schemas.BankLineOut)
def ask_to_take_line_back(request: HttpRequest, ref: str, payload: schemas.TakeBackLineIn) -> dict[str, Any]:
    """Ask to take back what a line was taken for. Nothing moves before a person confirms it in the console."""
    ask_to_take_back_bank_line(ref, reason=payload.reason, actor=_actor(request))
    return _line(get_bank_line(ref))
