"""Reading the journal."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import NotFound
from billing.models import JournalEntry, JournalSeal, Posting


def find_entries_by_key(keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], JournalEntry]:
    """Entries by (entity, idempotency key), in one statement."""
    found = JournalEntry.objects.filter(
        entity_id__in={key[0] for key in keys}, idem_key__in=[key[1] for key in keys]
    )
    return {(entry.entity_id, entry.idem_key): entry for entry in found}


def lock_entry(entry_id: Any) -> JournalEntry:
    """One entry under the lock of its seal: to lock a row is a right to change it, which nobody needs on entries.

    Raises `NotFound`.
    """
    sealed = JournalSeal.objects.select_for_update().filter(pk=entry_id).exists()
    entry = JournalEntry.objects.filter(pk=entry_id).first() if sealed else None
    if entry is None:
        raise NotFound(_("There is no such journal entry."))
    return entry


def find_live_entry(source_type: str, source_id: str, event_type: str) -> JournalEntry | None:
    """The entry of this event of this source that was not undone, the newest one."""
    rows = list_entries_of_source(source_type, source_id).filter(event_type=event_type, reversed_by=None)
    return rows.first()


def get_live_entry(source_type: str, source_id: str, event_type: str) -> JournalEntry:
    """As `find_live_entry`. Raises `NotFound`."""
    found = find_live_entry(source_type, source_id, event_type)
    if found is None:
        raise NotFound(_("There is no such journal entry."))
    return found


def is_in_reversal(entry: JournalEntry) -> bool:
    """Whether an entry undoes another one or was undone; asked after its lock, so that a twin's commit is seen."""
    return entry.reverses_id is not None or JournalEntry.objects.filter(reverses=entry).exists()


def get_entry(entry_id: str, *, actor: Actor) -> JournalEntry:
    """One entry with its seal and reversal links; merchants see none (they read statements). Raises `NotFound`."""
    try:
        wanted = UUID(entry_id)
    except ValueError:
        wanted = UUID(int=0)
    entry = (
        JournalEntry.objects.select_related("seal", "period", "entity", "reverses", "reversed_by")
        .filter(pk=wanted)
        .first()
    )
    if entry is None or not actor.is_global:
        raise NotFound(_("There is no such journal entry."))
    return entry


def list_entries() -> QuerySet[JournalEntry]:
    """All entries, newest first; for operators."""
    return JournalEntry.objects.select_related("seal", "period").order_by("-booked_at", "-pk")


def list_postings_of(entry: JournalEntry) -> QuerySet[Posting]:
    return entry.postings.select_related("account", "account__entity").order_by("line_no")


def list_entries_of_source(source_type: str, source_id: str) -> QuerySet[JournalEntry]:
    """What one capture, refund or payout did to the books."""
    return list_entries().filter(source_type=source_type, source_id=source_id)


def last_seq() -> int:
    """The highest journal sequence given so far (0 for none)."""
    return JournalSeal.objects.exclude(seq=None).order_by("-seq").values_list("seq", flat=True).first() or 0
