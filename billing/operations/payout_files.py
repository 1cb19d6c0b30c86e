"""From claimed payouts to a bank file whose figures are read back and compared before it is released."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from backoffice.kernel.hashing import sha256_hex
from backoffice.kernel.phrases import stored
from billing.bankdays import next_bank_day
from billing.bankfiles.nacha import read_nacha_control, write_nacha
from billing.bankfiles.pain import read_control, write_pain
from billing.bankfiles.plain import read_csv_control, write_csv
from billing.bankfiles.transfers import BankFile, Control, Transfer
from billing.errors import EntityIncomplete, FileMismatch, PayoutHeld, PayoutNotSendable
from billing.models import FileFormat, Payout, PayoutBatch, PayoutState, Posting
from billing.operations.payout_checks import (
    check_file_stands,
    check_other_person,
    check_signed,
    list_obstacles_now,
    obstacle_error,
)
from billing.operations.payouts import take_payout
from billing.permissions import SEND_PAYOUTS
from billing.selectors.balances import lock_balances
from billing.selectors.payout_blocks import Block
from billing.selectors.payouts import lock_batch, lock_payout

WRITERS: dict[str, Callable[[BankFile], str]] = {
    FileFormat.PAIN: write_pain,
    FileFormat.NACHA: write_nacha,
    FileFormat.CSV: write_csv,
}
READERS: dict[str, Callable[[str, str], Control]] = {
    FileFormat.PAIN: read_control,
    FileFormat.NACHA: read_nacha_control,
    FileFormat.CSV: read_csv_control,
}


@transaction.atomic
def create_batch(
    payout_refs: Sequence[str], *, file_format: str, execution_on: date, actor: Actor
) -> PayoutBatch:
    """Claim what is not claimed yet and write one bank file for these payouts.

    Everything that was checked at the claim is checked again. A payout that is held, or above what is available, is
    kept back by name (`kept_back`) and the file carries the others; when none is left, its reason is raised. Whatever
    else is wrong stops the whole file. A day on which banks rest moves to the next one on which they work. The file's
    own count and sum are read back and must equal the payouts and the ledger (`FileMismatch`), otherwise nothing is
    released.
    """
    actor.require(SEND_PAYOUTS)
    if not payout_refs:
        raise InvalidInput(_("Choose at least one payout."))
    chosen = [_sendable(ref, actor) for ref in sorted(set(payout_refs))]
    first = chosen[0]
    if {(row.entity_id, row.currency) for row in chosen} != {(first.entity_id, first.currency)}:
        raise InvalidInput(_("One file holds payouts of one company and one currency only."))
    if file_format != FileFormat.NACHA and not first.entity.iban:
        raise EntityIncomplete(
            _("%(name)s has no bank account to pay from. Enter its IBAN under Finance, Companies.")
            % {"name": first.entity.name}
        )
    payouts, kept_back = _free_of(chosen, actor)
    batch = PayoutBatch(
        entity=first.entity,
        currency=first.currency,
        format=file_format,
        execution_on=next_bank_day(execution_on, first.currency),
        created_at=clock.now(),
        created_by_user_id=actor.user_id,
        created_by_label=actor.label,
        n_payouts=len(payouts),
        total_minor=sum(payout.amount_minor for payout in payouts),
        kept_back=kept_back,
    )
    release_file(batch, payouts, actor=actor)
    return batch


def release_file(batch: PayoutBatch, payouts: Sequence[Payout], *, actor: Actor) -> None:
    """Write the file of a batch that is described but not kept yet; its claimed payouts stand in it from now on."""
    batch.content = write_file(batch, payouts)
    batch.file_sha256 = sha256_hex(batch.content)
    _compare(batch, payouts)
    batch.save()
    for payout in payouts:
        payout.batch = batch
        payout.export()
        payout.save(update_fields=["state", "batch"])
    audit.record("billing.batch.created", actor=actor, subject=batch, note=batch.file_sha256)


def _sendable(ref: str, actor: Actor) -> Payout:
    payout = lock_payout(ref)
    if payout.state not in (PayoutState.CREATED, PayoutState.CLAIMED):
        raise PayoutNotSendable(_("%(ref)s is in a file already or has ended.") % {"ref": ref})
    check_other_person(payout, actor)
    check_signed(payout)
    return payout


def _free_of(chosen: Sequence[Payout], actor: Actor) -> tuple[list[Payout], list[dict[str, Any]]]:
    """Claim those that nothing holds; what is kept back is told with its blocks. Raises when nothing is left."""
    first = chosen[0]
    # All in account order, as every writer does, before the first is asked.
    lock_balances(first.entity_id, [row.merchant_id for row in chosen], first.currency)
    free, held = [], []
    for payout in chosen:
        obstacles = list_obstacles_now(payout)
        if obstacles:
            held.append((payout, obstacles))
            continue
        if payout.state == PayoutState.CREATED:
            take_payout(payout, actor=actor)
        free.append(payout)
    if not free:
        errors = [obstacle_error(payout, obstacles) for payout, obstacles in held]
        raise errors[0] if len(errors) == 1 else _all_held(errors)
    for payout, obstacles in held:
        audit.record(
            "billing.payout.kept_back",
            actor=actor,
            subject=payout,
            note=str(obstacle_error(payout, obstacles)),
        )
    return free, [kept_row(payout, obstacles) for payout, obstacles in held]


def _all_held(errors: Sequence[StateRefused]) -> PayoutHeld:
    codes = {code for error in errors for code in error.params["reasons"]}
    return PayoutHeld(" ".join(str(error) for error in errors), reasons=sorted(codes))


def kept_row(payout: Payout, obstacles: Sequence[Block]) -> dict[str, Any]:
    blocks = [[block.code, stored(block.note)] for block in obstacles]
    return {"ref": payout.ref, "merchant": payout.merchant.name, "blocks": blocks}


def write_file(batch: PayoutBatch, payouts: Sequence[Payout]) -> str:
    """The bytes of a batch's file, derived from the batch and its payouts alone."""
    if batch.format == FileFormat.PAIN and any(not payout.iban for payout in payouts):
        raise InvalidInput(_("A SEPA file needs an IBAN for every payout; use the CSV for the others."))
    file = BankFile(
        message_id=batch.ref,
        created_at=batch.created_at,
        execution_on=batch.execution_on,
        debtor_name=batch.entity.name,
        debtor_iban=batch.entity.iban,
        debtor_bic=batch.entity.bic,
        currency=batch.currency,
        debtor_routing=batch.entity.us_routing_number,
        debtor_company_id=batch.entity.us_company_id,
        debtor_bank=batch.entity.us_bank_name,
        transfers=tuple(
            Transfer(
                end_to_end_id=payout.end_to_end_id,
                holder=payout.account_holder,
                iban=payout.iban,
                bic=payout.bic,
                account_number=payout.account_number,
                routing_code=payout.routing_code,
                amount_minor=payout.amount_minor,
                text=f"{payout.settlement.ref} {payout.ref}",
            )
            for payout in sorted(payouts, key=lambda row: row.ref)
        ),
    )
    return WRITERS[batch.format](file)


def control_of(batch: PayoutBatch) -> Control:
    """Count and sum, read from the stored bytes."""
    return READERS[batch.format](batch.content, batch.currency)


def _compare(batch: PayoutBatch, payouts: Sequence[Payout]) -> None:
    """Header, content, payouts and ledger must say the same."""
    control = control_of(batch)
    ledger = -sum(
        Posting.objects.filter(
            entry__event_type="payout_claimed",
            entry__source_id__in=[payout.ref for payout in payouts],
            account__owner_type="",
        ).values_list("amount_minor", flat=True)
    )
    if (control.count, control.total_minor) != (
        batch.n_payouts,
        batch.total_minor,
    ) or ledger != batch.total_minor:
        raise FileMismatch(
            _("The file adds up to another amount than the ledger. It was not released."),
            file_minor=control.total_minor,
            ledger_minor=ledger,
            payouts_minor=batch.total_minor,
        )


@transaction.atomic
def download_batch(ref: str, *, actor: Actor) -> PayoutBatch:
    """Hand the file out and remember who took it; not to a person who approved one of its statements.

    Refused while somebody asks to take payouts out, and for a void file (`FileVoid`).
    """
    actor.require(SEND_PAYOUTS)
    batch = lock_batch(ref)
    check_file_stands(batch)
    for payout in batch.payouts.all():
        check_other_person(payout, actor)
    if sha256_hex(batch.content) != batch.file_sha256 or control_of(batch).total_minor != batch.total_minor:
        raise FileMismatch(_("The stored file is not the one that was written. It was not released."))
    if batch.downloaded_at is None:
        batch.downloaded_at = clock.now()
        batch.save(update_fields=["downloaded_at"])
    audit.record("billing.batch.downloaded", actor=actor, subject=batch)
    return batch
