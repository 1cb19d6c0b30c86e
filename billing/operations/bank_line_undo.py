"""A bank line that was taken for the wrong thing: one person asks to take it back, another one confirms."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from billing.errors import BankLineBound, BankLineSettled
from billing.models import (
    ENDED_UNPAID,
    BankLine,
    BankLineState,
    JournalEntry,
    Payout,
    PayoutState,
    Settlement,
    SettlementState,
)
from billing.operations.bank_statements import suspend_lines
from billing.operations.ledger import reverse_entry
from billing.operations.second_person import require_second_person
from billing.permissions import APPROVE_REVERSAL, REVERSE_ENTRY
from billing.selectors.bank_lines import has_left_by_line, lock_bank_line
from billing.selectors.journal import find_live_entry, get_live_entry
from billing.selectors.payouts import lock_payout

UNDO = (
    "undo_asked_at",
    "undo_asked_by_user_id",
    "undo_asked_by_label",
    "undo_reason",
    "undone_by_user_id",
    "times_undone",
)
CLOSED = ("state", "payout", "match_rule", "note", "resolved_at", "resolved_by_label")


@transaction.atomic
def ask_to_take_back_bank_line(ref: str, *, reason: str, actor: Actor) -> BankLine:
    """First of two people: say that a line was matched or placed wrongly. Nothing moves.

    Asking again while it waits changes nothing. Raises `BankLineBound` when something must be undone before.
    """
    actor.require(REVERSE_ENTRY)
    line = lock_bank_line(ref)
    if line.is_undo_asked:
        return line
    if not reason.strip():
        raise InvalidInput(
            _("Give the reason."), fields={"reason": _("The second person decides by this reason.")}
        )
    _check_free(line)
    line.undo_asked_at, line.undone_by_user_id = clock.now(), None
    line.undo_asked_by_user_id, line.undo_asked_by_label = actor.user_id, actor.label
    line.undo_reason = reason.strip()[:300]
    line.save(update_fields=UNDO)
    audit.record("billing.bank_line.undo_asked", actor=actor, subject=line, note=reason)
    return line


@transaction.atomic
def take_back_bank_line(ref: str, *, actor: Actor) -> BankLine:
    """Second of two people: what the line booked is reversed in the open month, and it stands in suspense again.

    A payout that this line alone said had left becomes `unknown`: it stays in transit and nothing sends it again.
    Refused for the one who asked (`SamePerson`). Safe to repeat.
    """
    actor.require(APPROVE_REVERSAL)
    line = lock_bank_line(ref)
    if not line.is_undo_asked:
        if line.state == BankLineState.OPEN and line.times_undone:
            return line
        raise BankLineSettled(_("Nobody asked for this yet: one person asks, another one confirms."))
    require_second_person(
        actor,
        line.undo_asked_by_user_id,
        _("You asked to take this line back. Another person must confirm it."),
    )
    _check_free(line)
    if line.payout is None:
        placed = get_live_entry("bank_line", line.ref, "bank_line_placed")
        reverse_entry(placed.pk, reason=line.undo_reason, actor=actor)
    else:
        payout = lock_payout(line.payout.ref)
        _leave_payout(line, payout, actor)
    was_placed = line.payout is None
    line.state, line.payout, line.match_rule, line.note = BankLineState.OPEN, None, "", line.undo_reason
    line.resolved_at, line.resolved_by_label = None, ""
    line.undo_asked_at, line.undone_by_user_id = None, actor.user_id
    line.times_undone += 1
    line.save(update_fields=[*UNDO, *CLOSED])
    if not was_placed:
        suspend_lines([line], actor)
    audit.record("billing.bank_line.taken_back", actor=actor, subject=line, note=line.undo_reason)
    return line


@transaction.atomic
def keep_bank_line(ref: str, *, actor: Actor) -> BankLine:
    """The line stays what it was taken for. The one who asked may take the request back this way. Safe to repeat."""
    line = lock_bank_line(ref)
    own = line.undo_asked_by_user_id is not None and actor.user_id == line.undo_asked_by_user_id
    actor.require(REVERSE_ENTRY if own else APPROVE_REVERSAL)
    if line.is_undo_asked:
        line.undo_asked_at = None
        line.save(update_fields=UNDO)
        audit.record("billing.bank_line.kept", actor=actor, subject=line)
    return line


def _check_free(line: BankLine) -> None:
    """Raise unless what the line was taken for can be undone now; the message names what comes first."""
    if line.state == BankLineState.OPEN:
        raise BankLineSettled(
            _("%(ref)s is open: nothing was booked that could be taken back.") % {"ref": line.ref}
        )
    if line.batch_id is not None:
        raise BankLineBound(
            _(
                "%(ref)s is the sum of a whole bank file. Record at each payout what became of it; the line itself is "
                "not taken back."
            )
            % {"ref": line.ref}
        )
    if line.payout is None:
        return
    if line.amount_minor < 0 and line.payout.state == PayoutState.RETURNED:
        raise BankLineBound(
            _("%(ref)s came back since. Take the line of its return back first.") % {"ref": line.payout.ref}
        )
    again = line.payout.settlement.payouts.exclude(state__in=ENDED_UNPAID).exclude(pk=line.payout_id).first()
    if line.amount_minor > 0 and again is not None:
        raise BankLineBound(
            _(
                "The money was sent again as %(ref)s. Cancel that payout first; once it is at the bank it has to end "
                "there."
            )
            % {"ref": again.ref}
        )


def _leave_payout(line: BankLine, payout: Payout, actor: Actor) -> None:
    event = "payout_executed" if line.amount_minor < 0 else "payout_returned"
    booked = _booked_by(line, payout, event)
    if booked is not None:
        reverse_entry(booked.pk, reason=line.undo_reason, actor=actor)
        payout.times_reopened += 1
    if line.amount_minor < 0:
        _not_this_one(payout, is_proof=booked is not None)
    elif booked is not None:
        _did_not_come_back(line, payout)
    payout.save(update_fields=["state", "executed_at", "bank_reason", "times_reopened"])
    audit.record("billing.payout.line_taken_back", actor=actor, subject=payout, note=line.undo_reason)


def _booked_by(line: BankLine, payout: Payout, event: str) -> JournalEntry | None:
    """The payout's entry when this line booked it; none when a person had recorded the same before the line came."""
    entry = find_live_entry("payout", payout.ref, event)
    taken_at = line.resolved_at or line.created_at
    return entry if entry is not None and entry.booked_at >= taken_at else None


def _not_this_one(payout: Payout, *, is_proof: bool) -> None:
    if not is_proof:
        payout.lose_line()
        return
    payout.lose_proof()
    payout.executed_at = None
    settlement = Settlement.objects.select_for_update().get(pk=payout.settlement_id)
    if settlement.state == SettlementState.PAID:
        settlement.reopen()
        settlement.paid_at = None
        settlement.save(update_fields=["state", "paid_at"])


def _did_not_come_back(line: BankLine, payout: Payout) -> None:
    """What another line said came back stays away: the payout is paid, and so is its statement."""
    payout.lose_line()
    payout.bank_reason = ""
    if has_left_by_line(payout):
        payout.reconcile()
    settlement = Settlement.objects.select_for_update().get(pk=payout.settlement_id)
    if settlement.state == SettlementState.PAYABLE:
        settlement.pay()
        settlement.paid_at = payout.executed_at
        settlement.save(update_fields=["state", "paid_at"])
