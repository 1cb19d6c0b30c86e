"""What the bank sends: uploaded, looked at, then imported once; the file is kept as it came."""

import gzip
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import StateRefused
from billing.bankfiles.foreign import find, parse_foreign
from billing.bankfiles.status import Answer, read_answers
from billing.errors import BankFileKnown, BankFileUnreadable
from billing.models import (
    AT_THE_BANK,
    BankFile,
    BankFileKind,
    BankFileState,
    Payout,
    PayoutBatch,
    PayoutState,
)
from billing.operations.bank_statements import StatementPlan, import_statements, plan_statements
from billing.operations.payouts import accept_payout, reject_payout
from billing.permissions import SEND_PAYOUTS
from billing.selectors.bank_lines import get_bank_file


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """What one answer of the bank will do: "reject", "accept", nothing, or why it does not fit."""

    answer: Answer
    payout: Payout
    effect: str = ""
    problem: str = ""


@transaction.atomic
def upload_bank_file(name: str, content: bytes, *, actor: Actor) -> BankFile:
    """Keep a file of the bank and recognise what it is; nothing is booked before somebody imports it.

    Raises `BankFileUnreadable`, and `BankFileKnown` when the same bytes came before.
    """
    actor.require(SEND_PAYOUTS)
    kind = _recognise(content)
    digest = hashlib.sha256(content).hexdigest()
    twin = BankFile.objects.filter(sha256=digest).first()
    if twin is not None:
        if twin.state == BankFileState.DISCARDED:
            BankFile.objects.filter(pk=twin.pk).update(state=BankFileState.UPLOADED)
            audit.record("billing.bank_file.uploaded", actor=actor, subject=twin)
            return get_bank_file(twin.ref)
        raise _known(twin)
    try:
        with transaction.atomic():
            file = BankFile.objects.create(
                kind=kind,
                name=name[-200:],
                sha256=digest,
                packed=gzip.compress(content, mtime=0),
                uploaded_by_label=actor.label,
            )
    except IntegrityError as error:
        raise _known(BankFile.objects.get(sha256=digest)) from error
    audit.record("billing.bank_file.uploaded", actor=actor, subject=file, note=digest)
    return file


def _known(twin: BankFile) -> BankFileKnown:
    return BankFileKnown(
        _("This file was uploaded before as %(ref)s. Nothing was done again.") % {"ref": twin.ref},
        ref=twin.ref,
    )


def _recognise(content: bytes) -> str:
    root = parse_foreign(content)
    if find(root, "BkToCstmrStmt") is not None:
        return BankFileKind.STATEMENT
    if find(root, "CstmrPmtStsRpt") is not None:
        return BankFileKind.STATUS
    raise BankFileUnreadable(
        _("This is neither an account statement (camt.053) nor a payment status report (pain.002).")
    )


def preview_statements(file: BankFile) -> list[StatementPlan]:
    """What importing this statement file would do; changes nothing."""
    return plan_statements(file.content)


def preview_answers(file: BankFile) -> list[AnswerPlan]:
    """What importing this status report would do, transfer by transfer; changes nothing.

    Raises `BankFileUnreadable` when it answers a file or a transfer that was never sent.
    """
    plans: list[AnswerPlan] = []
    for answer in read_answers(file.content):
        batch = PayoutBatch.objects.filter(ref=answer.message_id).first()
        if batch is None:
            raise BankFileUnreadable(
                _("The report answers the file %(id)s, which was not sent from here.")
                % {"id": answer.message_id}
            )
        told = Q(ref__in=[row["ref"] for row in batch.void_contents or ()]) | Q(batch=batch)
        payouts = Payout.objects.filter(told).select_related("merchant").order_by("ref")
        if answer.end_to_end_id:
            payouts = payouts.filter(ref=answer.end_to_end_id)
        found = list(payouts)
        if not found:
            raise BankFileUnreadable(
                _("The report answers the transfer %(id)s, which is not in the file %(file)s.")
                % {"id": answer.end_to_end_id, "file": batch.ref}
            )
        plans += [_answer_plan(answer, payout, batch) for payout in found]
    return plans


def _answer_plan(answer: Answer, payout: Payout, batch: PayoutBatch) -> AnswerPlan:
    if batch.voided_at is not None:
        if answer.is_rejection:
            return AnswerPlan(answer, payout)
        problem = _(
            "The bank answers the void file %(ref)s, so it has it. Call the bank before it pays twice."
        )
        return AnswerPlan(answer, payout, problem=problem % {"ref": batch.ref})
    if answer.is_rejection and payout.state in AT_THE_BANK:
        return AnswerPlan(answer, payout, "reject")
    if answer.is_rejection and payout.state != PayoutState.REJECTED:
        problem = _(
            "The bank refuses it, but it is recorded as %(state)s. Look at the account statement."
        ) % {"state": payout.get_state_display()}
        return AnswerPlan(answer, payout, problem=problem)
    if answer.is_acceptance and payout.state in (PayoutState.EXPORTED, PayoutState.UNKNOWN):
        return AnswerPlan(answer, payout, "accept")
    return AnswerPlan(answer, payout)


@transaction.atomic
def import_bank_file(ref: str, *, actor: Actor) -> BankFile:
    """Book what a file says: all of it or, with a clear error, nothing. Safe to repeat: it is imported once."""
    actor.require(SEND_PAYOUTS)
    file = get_bank_file(ref)
    claimed = BankFile.objects.filter(pk=file.pk, state=BankFileState.UPLOADED).update(
        state=BankFileState.IMPORTED, imported_at=clock.now(), imported_by_label=actor.label
    )
    if not claimed:
        if file.state == BankFileState.DISCARDED:
            raise StateRefused(_("This file was discarded. Upload it again first."))
        return get_bank_file(ref)
    if file.kind == BankFileKind.STATEMENT:
        result: dict[str, Any] = dict(import_statements(file, actor=actor))
    else:
        result = _import_answers(file, actor)
    BankFile.objects.filter(pk=file.pk).update(result=result)
    audit.record("billing.bank_file.imported", actor=actor, subject=file, changes={"result": [None, result]})
    return get_bank_file(ref)


def _import_answers(file: BankFile, actor: Actor) -> dict[str, Any]:
    told: dict[str, Any] = {"answers": 0, "accepted": 0, "rejected": 0, "problems": []}
    for plan in preview_answers(file):
        told["answers"] += 1
        if plan.effect == "reject":
            reason = plan.answer.reason or plan.answer.status
            reject_payout(plan.payout.ref, reason=reason, actor=actor)
            told["rejected"] += 1
        elif plan.effect == "accept":
            accept_payout(plan.payout.ref, actor=actor)
            told["accepted"] += 1
        elif plan.problem:
            told["problems"].append(f"{plan.payout.ref}: {plan.problem}")
    return told


@transaction.atomic
def discard_bank_file(ref: str, *, actor: Actor) -> BankFile:
    """Put a file aside that should not be imported; it stays in the list. Safe to repeat."""
    actor.require(SEND_PAYOUTS)
    file = get_bank_file(ref)
    if file.state == BankFileState.IMPORTED:
        raise StateRefused(_("This file is imported; what it said is in the books."))
    if BankFile.objects.filter(pk=file.pk, state=BankFileState.UPLOADED).update(
        state=BankFileState.DISCARDED
    ):
        audit.record("billing.bank_file.discarded", actor=actor, subject=file)
    return get_bank_file(ref)
