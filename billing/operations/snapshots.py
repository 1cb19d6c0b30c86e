"""Daily balance snapshots, so that reading a hot account never adds up its whole life."""

from datetime import timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery, Sum

from backoffice.kernel import clock
from backoffice.kernel.periodic import periodic
from billing.models import BalanceSnapshot, JournalEntry, JournalSeal, Posting
from billing.operations.chain import chain_entries
from billing.selectors.journal import last_seq


@periodic("billing.snapshot", every=timedelta(hours=24))
def take_snapshots() -> int:
    """Store the balance of every account that moved since its last snapshot; returns how many. Safe to repeat."""
    chain_entries()
    return _snapshot_up_to(last_seq())


@transaction.atomic
def _snapshot_up_to(seq: int) -> int:
    if not seq:
        return 0
    previous = BalanceSnapshot.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    moved = (
        Posting.objects.filter(entry__seal__seq__gt=previous, entry__seal__seq__lte=seq)
        .values("account_id")
        .annotate(delta=Sum("amount_minor"))
    )
    latest = BalanceSnapshot.objects.filter(account_id=OuterRef("account_id")).order_by("-seq")
    moved = moved.annotate(before=Subquery(latest.values("posted_minor")[:1]))
    as_of = max(clock.now(), _booked_at(seq) + timedelta(microseconds=1))
    rows = [
        BalanceSnapshot(
            account_id=row["account_id"],
            seq=seq,
            as_of=as_of,
            posted_minor=(row["before"] or 0) + row["delta"],
        )
        for row in moved.order_by("account_id")
    ]
    BalanceSnapshot.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


def _booked_at(seq: int):  # type: ignore[no-untyped-def]
    entry_id = JournalSeal.objects.values_list("entry_id", flat=True).get(seq=seq)
    return JournalEntry.objects.values_list("booked_at", flat=True).get(pk=entry_id)
