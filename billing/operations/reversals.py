"""A reversal by people: one asks with a reason, another one confirms, and the opposite entry is booked once."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput, StateRefused
from billing.errors import AlreadyReversed, EntryHasOwnWay
from billing.models import Adjustment, AdjustmentState, JournalEntry, ReversalRequest, ReversalState
from billing.operations.ledger import reverse_entry
from billing.operations.second_person import require_second_person
from billing.permissions import APPROVE_REVERSAL, REVERSE_ENTRY
from billing.selectors.journal import is_in_reversal, lock_entry
from billing.selectors.reversals import find_live_reversal, find_own_way, lock_reversal


@transaction.atomic
def ask_to_reverse_entry(entry_id: Any, *, reason: str, actor: Actor) -> ReversalRequest:
    """First of two people: ask to undo an entry. Nothing moves; asking again while it waits changes nothing.

    Refused for an entry that is part of a reversal (`AlreadyReversed`), and with `EntryHasOwnWay` where its cause keeps
    a state of its own: a payout, a chargeback, an order.
    """
    actor.require(REVERSE_ENTRY)
    entry = lock_entry(entry_id)
    if not reason.strip():
        raise InvalidInput(
            _("Give the reason."), fields={"reason": _("The second person decides by this reason.")}
        )
    _check_open(entry)
    found = find_live_reversal(entry)
    if found is not None:
        return found
    request = ReversalRequest.objects.create(
        entry=entry,
        reason=reason.strip()[:300],
        asked_by_user_id=actor.user_id,
        asked_by_label=actor.label,
    )
    audit.record("billing.reversal.asked", actor=actor, subject=request, note=reason)
    made: ReversalRequest = request
    return made


def _check_open(entry: JournalEntry) -> None:
    if is_in_reversal(entry):
        raise AlreadyReversed(_("This entry is part of a reversal already; post a new entry instead."))
    way = find_own_way(entry)
    if way:
        raise EntryHasOwnWay(way, event=entry.event_type)


@transaction.atomic
def confirm_reversal(ref: str, *, actor: Actor) -> ReversalRequest:
    """Second of two people: book the opposite entry in the open month. Safe to repeat.

    Refused for the one who asked (`SamePerson`). An adjustment whose entry is undone counts as taken back.
    """
    actor.require(APPROVE_REVERSAL)
    request = lock_reversal(ref)
    if request.state == ReversalState.CONFIRMED:
        return request
    if not request.is_asked:
        raise StateRefused(_("This reversal was refused."))
    require_second_person(
        actor, request.asked_by_user_id, _("You asked for this reversal. Another person must confirm it.")
    )
    request.reversal = reverse_entry(request.entry_id, reason=request.reason, actor=actor)
    if request.entry.source_type == "adjustment":
        Adjustment.objects.filter(ref=request.entry.source_id).update(state=AdjustmentState.REVERSED)
    request.confirm()
    _decide(request, actor)
    return request


@transaction.atomic
def refuse_reversal(ref: str, *, actor: Actor) -> ReversalRequest:
    """The entry stays. The one who asked may take the request back this way too. Safe to repeat."""
    request = lock_reversal(ref)
    if request.asked_by_user_id is None or actor.user_id != request.asked_by_user_id:
        actor.require(APPROVE_REVERSAL)
    else:
        actor.require(REVERSE_ENTRY)
    if request.state == ReversalState.CONFIRMED:
        raise StateRefused(_("This reversal was confirmed and booked."))
    if request.is_asked:
        request.refuse()
        _decide(request, actor)
    return request


def _decide(request: ReversalRequest, actor: Actor) -> None:
    request.decided_at = clock.now()
    request.decided_by_user_id, request.decided_by_label = actor.user_id, actor.label
    request.save(update_fields=["state", "reversal", "decided_at", "decided_by_user_id", "decided_by_label"])
    audit.record(f"billing.reversal.{request.state}", actor=actor, subject=request)
