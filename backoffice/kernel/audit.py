"""The audit trail: one row per act, sealed into a hash chain by one worker, verifiable by command."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import models, transaction

from backoffice.kernel.actors import Actor
from backoffice.kernel.hashing import canonical_json, sha256_of
from backoffice.kernel.models import AuditEntry, AuditSeal
from backoffice.kernel.periodic import periodic
from backoffice.kernel.phrases import stored

GENESIS = "0" * 64
BATCH = 1000


def record(
    action: str,
    *,
    actor: Actor,
    subject: models.Model,
    changes: dict[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """Write who did `action` to `subject` (needs `ref` or a primary key) in the caller's transaction.

    `changes` maps a field to `[old, new]`; secrets must be masked by the caller. Floats are refused, because the
    chain could not hash them.
    """
    merchant_id = getattr(subject, "merchant_id", None)
    if merchant_id is None and subject._meta.model_name == "merchant":
        merchant_id = subject.pk
    return AuditEntry.objects.create(
        action=action,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        subject_type=subject._meta.label_lower,
        subject_ref=str(getattr(subject, "ref", None) or subject.pk),
        merchant_id=merchant_id,
        changes=json.loads(canonical_json(changes or {})),
        note=note,
        ip=actor.ip,
    )


def list_entries(subject: models.Model) -> models.QuerySet[AuditEntry]:
    """The trail of one thing, newest first; the caller has checked that the actor may see the thing."""
    return AuditEntry.objects.filter(
        subject_type=subject._meta.label_lower, subject_ref=str(getattr(subject, "ref", None) or subject.pk)
    ).order_by("-id")


def _content(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": entry.at.isoformat(),
        "action": entry.action,
        "actor": [entry.actor_kind, entry.actor_id, entry.actor_label],
        "subject": [entry.subject_type, entry.subject_ref],
        "merchant": entry.merchant_id,
        "changes": entry.changes,
        "note": stored(entry.note),
        "ip": entry.ip,
    }


def _link(previous_hash: str, entry: AuditEntry) -> str:
    return sha256_of({"previous": previous_hash, "entry": _content(entry)})


@periodic("audit.seal", every=timedelta(seconds=30))
def seal_entries() -> int:
    """Chain all unsealed entries; safe to run twice at once (the loser's insert fails and is repeated later)."""
    sealed = 0
    while True:
        with transaction.atomic():
            last = AuditSeal.objects.order_by("-seq").first()
            seq, tip = (last.seq, last.hash) if last else (0, GENESIS)
            entries = list(AuditEntry.objects.filter(seal=None).order_by("id")[:BATCH])
            seals = []
            for entry in entries:
                link = _link(tip, entry)
                seq += 1
                seals.append(AuditSeal(seq=seq, entry=entry, previous_hash=tip, hash=link))
                tip = link
            AuditSeal.objects.bulk_create(seals)
        sealed += len(seals)
        if len(seals) < BATCH:
            return sealed


def broken_links() -> Iterator[str]:
    """Walk the chain; yields one sentence per seal that does not fit its entry or its predecessor."""
    tip, expected = GENESIS, 1
    for seal in AuditSeal.objects.select_related("entry").order_by("seq").iterator(chunk_size=BATCH):
        if seal.seq != expected:
            yield f"seal {expected} is missing"
            expected = seal.seq
        if seal.previous_hash != tip:
            yield f"seal {seal.seq} does not follow seal {seal.seq - 1}"
        if seal.hash != _link(seal.previous_hash, seal.entry):
            yield f"audit entry {seal.entry_id} ({seal.entry.action}) was changed after it was sealed"
        tip, expected = seal.hash, expected + 1
