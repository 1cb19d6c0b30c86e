"""Reading reversals of journal entries, and which entries people may ask to reverse."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from billing.models import JournalEntry, ReversalRequest, ReversalState


def list_reversals() -> QuerySet[ReversalRequest]:
    """All requests, newest first; for operators."""
    rows: QuerySet[ReversalRequest] = ReversalRequest.objects.select_related("entry__seal", "entry__entity")
    return rows.order_by("-asked_at", "-id")


def get_reversal(ref: str, *, actor: Actor) -> ReversalRequest:
    """One request. Raises `NotFound`, also for merchants: they read statements, not the journal."""
    found = list_reversals().filter(ref=ref).first() if actor.is_global else None
    if found is None:
        raise NotFound(_("There is no such reversal."))
    return found


def lock_reversal(ref: str) -> ReversalRequest:
    """One request under a row lock. Raises `NotFound`."""
    found: ReversalRequest | None = (
        ReversalRequest.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    )
    if found is None:
        raise NotFound(_("There is no such reversal."))
    return found


def find_live_reversal(entry: JournalEntry) -> ReversalRequest | None:
    """The request that waits, or was confirmed."""
    found: ReversalRequest | None = (
        ReversalRequest.objects.filter(entry=entry).exclude(state=ReversalState.REFUSED).first()
    )
    return found


def find_own_way(entry: JournalEntry) -> str:
    """How to undo an entry whose cause keeps a state of its own; empty where a reversal is the way."""
    event = entry.event_type
    if event.startswith("payout_"):
        return _(
            "A payout moves by what the bank says: record its rejection or its return at the payout, or take back the "
            "bank line that was taken for it."
        )
    if event.startswith("dispute_"):
        return _("A chargeback is decided at the chargeback.")
    if event.startswith("bank_line_"):
        return _("A bank line is matched, placed and taken back at the line.")
    if event in ("capture", "refund", "refund_paid", "subsidy"):
        return _("What a buyer paid is given back by a refund of the order.")
    if event in ("commission", "commission_returned", "maturity", "reserve_released"):
        return _("Commission goes back with a refund; give anything else as goodwill.")
    if event == "periodic_fee":
        return _("A monthly fee is given back as goodwill.")
    return ""


def list_asked() -> QuerySet[ReversalRequest]:
    """The reversals that wait for a second person."""
    rows: QuerySet[ReversalRequest] = ReversalRequest.objects.filter(state=ReversalState.ASKED)
    return rows
