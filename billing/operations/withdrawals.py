"""Payouts taken out of a bank file that was not executed: the file is void, and another one carries the rest."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from billing.bankdays import next_bank_day
from billing.errors import FileVoid, PayoutNotSendable
from billing.models import Payout, PayoutBatch, PayoutState
from billing.operations.payout_checks import check_file_stands, check_other_person, list_obstacles_now
from billing.operations.payout_files import kept_row, release_file
from billing.operations.second_person import require_second_person
from billing.permissions import HOLD_PAYOUTS, SEND_PAYOUTS
from billing.selectors.balances import lock_balances
from billing.selectors.payouts import lock_batch

ASKED = (
    "void_asked_at",
    "void_asked_by_user_id",
    "void_asked_by_label",
    "void_reason",
    "withdrawn",
)
VOIDED = ("voided_at", "voided_by_user_id", "voided_by_label", "void_contents")


@transaction.atomic
def ask_to_withdraw_payouts(
    batch_ref: str, payout_refs: Sequence[str], *, reason: str, is_not_at_bank: bool, actor: Actor
) -> PayoutBatch:
    """First of two people: from now on the file is not handed out and not recorded as executed. Nothing moves.

    A file that was handed out needs the word that the bank does not have it or has deleted it (`is_not_at_bank`).
    Refused when the bank has answered for any of its payouts, `unknown` included. Asking again changes nothing.
    """
    actor.require(SEND_PAYOUTS)
    batch = lock_batch(batch_ref)
    if batch.void_asked_at is not None and batch.voided_at is None:
        return batch
    check_file_stands(batch)
    if not reason.strip():
        raise InvalidInput(
            _("Give the reason."), fields={"reason": _("The second person decides by this reason.")}
        )
    if batch.downloaded_at is not None and not is_not_at_bank:
        raise InvalidInput(
            _("This file was handed out. Make sure that the bank will not execute it, then say so."),
            fields={"is_not_at_bank": _("Without this, both files could be executed.")},
        )
    payouts = _lock_payouts(batch)
    wanted = {row.ref for row in payouts} & set(payout_refs)
    if not wanted or wanted != set(payout_refs):
        raise InvalidInput(
            _("Choose payouts of this file."), fields={"payouts": _("Choose at least one of them.")}
        )
    for payout in payouts:
        check_other_person(payout, actor)
    batch.void_asked_at, batch.void_reason, batch.withdrawn = (
        clock.now(),
        reason.strip()[:300],
        sorted(wanted),
    )
    batch.void_asked_by_user_id, batch.void_asked_by_label = actor.user_id, actor.label
    batch.save(update_fields=ASKED)
    audit.record("billing.batch.void_asked", actor=actor, subject=batch, note=reason)
    return batch


@transaction.atomic
def withdraw_payouts(batch_ref: str, *, actor: Actor) -> PayoutBatch:
    """Second of two people: the file is void; what was taken out is claimed again and waits for another file.

    The other payouts stand in a new file with an id and control figures of its own (`replaced_by`), except those that
    are held by now: they wait too. Refused for the one who asked (`SamePerson`). Safe to repeat.
    """
    actor.require(HOLD_PAYOUTS)
    batch = lock_batch(batch_ref)
    if batch.voided_at is not None:
        return batch
    if batch.void_asked_at is None:
        raise FileVoid(_("Nobody asked for this yet: one person asks, another one confirms."))
    require_second_person(
        actor,
        batch.void_asked_by_user_id,
        _("You asked to take payouts out of this file. Another person must confirm it."),
    )
    payouts = _lock_payouts(batch)
    batch.voided_at = clock.now()
    batch.voided_by_user_id, batch.voided_by_label = actor.user_id, actor.label
    batch.void_contents = [
        {"ref": row.ref, "merchant": row.merchant.name, "amount_minor": row.amount_minor} for row in payouts
    ]
    # Before its payouts leave it: a file that was handed out is never saved with another sum than the journal's.
    batch.save(update_fields=VOIDED)
    for payout in payouts:
        payout.withdraw()
        payout.batch = None
        payout.save(update_fields=["state", "batch"])
        if payout.ref in batch.withdrawn:
            audit.record("billing.payout.withdrawn", actor=actor, subject=payout, note=batch.void_reason)
    audit.record("billing.batch.voided", actor=actor, subject=batch, note=batch.void_reason)
    _replace(batch, [row for row in payouts if row.ref not in batch.withdrawn], actor)
    return batch


@transaction.atomic
def keep_batch(batch_ref: str, *, actor: Actor) -> PayoutBatch:
    """The file stays as it is. The one who asked may take the request back this way. Safe to repeat."""
    batch = lock_batch(batch_ref)
    own = batch.void_asked_by_user_id is not None and actor.user_id == batch.void_asked_by_user_id
    actor.require(SEND_PAYOUTS if own else HOLD_PAYOUTS)
    if batch.voided_at is not None:
        raise FileVoid(_("%(ref)s is void already.") % {"ref": batch.ref})
    if batch.void_asked_at is not None:
        batch.void_asked_at, batch.withdrawn = None, []
        batch.save(update_fields=ASKED)
        audit.record("billing.batch.kept", actor=actor, subject=batch)
    return batch


def _lock_payouts(batch: PayoutBatch) -> list[Payout]:
    """The payouts of a file that the bank has said nothing about. Raises `PayoutNotSendable` otherwise."""
    payouts: list[Payout] = list(
        Payout.objects.select_for_update(of=("self",))
        .select_related("merchant", "settlement", "entity")
        .filter(batch=batch)
        .order_by("pk")
    )
    for payout in payouts:
        if payout.state != PayoutState.EXPORTED:
            raise PayoutNotSendable(
                _(
                    "%(ref)s of this file is %(state)s, so the bank has the file. Record what it did at each payout; "
                    "nothing is taken out any more."
                )
                % {"ref": payout.ref, "state": payout.get_state_display()}
            )
    return payouts


def _replace(batch: PayoutBatch, rest: Sequence[Payout], actor: Actor) -> None:
    if not rest:
        return
    lock_balances(batch.entity_id, [row.merchant_id for row in rest], batch.currency)
    asked = [(row, list_obstacles_now(row)) for row in rest]
    free = [row for row, obstacles in asked if not obstacles]
    if not free:
        return
    replacement = PayoutBatch(
        entity=batch.entity,
        currency=batch.currency,
        format=batch.format,
        execution_on=next_bank_day(max(batch.execution_on, clock.today()), batch.currency),
        created_at=clock.now(),
        created_by_user_id=batch.void_asked_by_user_id,
        created_by_label=batch.void_asked_by_label,
        n_payouts=len(free),
        total_minor=sum(row.amount_minor for row in free),
        kept_back=[kept_row(row, obstacles) for row, obstacles in asked if obstacles],
        replaces=batch,
    )
    release_file(replacement, free, actor=actor)
