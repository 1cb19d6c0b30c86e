"""The chain worker: numbers sealed entries and links each to the one before, so a change anywhere shows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from backoffice.kernel.hashing import sha256_of
from backoffice.kernel.periodic import periodic
from billing.models import JournalEntry, JournalSeal, Posting

GENESIS = "0" * 64
BATCH = 500


@periodic("billing.chain", every=timedelta(seconds=15))
def chain_entries() -> int:
    """Give every sealed entry its sequence and hash; returns how many. Safe to run twice at once: one of two loses.

    A single worker numbers them: a hash computed inside the writer would make all writers wait for each other.
    """
    chained = 0
    while True:
        try:
            done = _chain_batch()
        except IntegrityError:
            return chained
        chained += done
        if done < BATCH:
            return chained


@transaction.atomic
def _chain_batch() -> int:
    last = JournalSeal.objects.filter(seq__isnull=False).order_by("-seq").first()
    seq, tip = (last.seq or 0, last.chain_hash) if last else (0, GENESIS)
    waiting = list(
        JournalSeal.objects.filter(seq__isnull=True)
        .order_by("entry_id")
        .values_list("entry_id", flat=True)[:BATCH]
    )
    contents = _contents(waiting)
    rows = []
    for entry_id in waiting:
        link = sha256_of({"previous": tip, "entry": contents[entry_id]})
        seq += 1
        rows.append((seq, tip, link, _stored(entry_id)))
        tip = link
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE billing_journalseal SET seq = %s, chain_previous = %s, chain_hash = %s "
                "WHERE entry_id = %s AND seq IS NULL",
                rows,
            )
    return len(rows)


def _stored(entry_id: Any) -> Any:
    return entry_id if connection.features.has_native_uuid_field else entry_id.hex


def _contents(entry_ids: list[Any]) -> dict[Any, dict[str, Any]]:
    lines: dict[Any, list[Any]] = {entry_id: [] for entry_id in entry_ids}
    postings = Posting.objects.filter(entry_id__in=entry_ids).order_by("entry_id", "line_no")
    for row in postings.values_list("entry_id", "line_no", "account_id", "currency", "amount_minor", "kind"):
        lines[row[0]].append(list(row[1:]))
    entries = JournalEntry.objects.filter(pk__in=entry_ids).values_list(
        "pk", "entity_id", "event_type", "idem_key", "payload_sha256", "occurred_at", "booked_at"
    )
    return {
        row[0]: {
            "id": str(row[0]),
            "entity": row[1],
            "event": row[2],
            "key": row[3],
            "payload": row[4],
            "occurred_at": row[5],
            "booked_at": row[6],
            "lines": lines[row[0]],
        }
        for row in entries
    }


def broken_links() -> Iterator[str]:
    """Walk the chain; yields one sentence per seal that does not fit its entry or its predecessor."""
    tip, expected, start = GENESIS, 1, 0
    while True:
        seals = list(JournalSeal.objects.filter(seq__gt=start).order_by("seq")[:BATCH])
        if not seals:
            return
        contents = _contents([seal.entry_id for seal in seals])
        for seal in seals:
            seq = seal.seq or 0
            if seq != expected:
                yield f"journal sequence {expected} is missing"
            if seal.chain_previous != tip:
                yield f"journal sequence {seq} does not follow {seq - 1}"
            if seal.chain_hash != sha256_of(
                {"previous": seal.chain_previous, "entry": contents[seal.entry_id]}
            ):
                yield f"journal entry {seal.entry_id} was changed after it was sealed"
            tip, expected, start = seal.chain_hash, seq + 1, seq
