"""The one way into the journal: balanced, idempotent, sealed, with the merchants' balances kept in step."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.bulk import insert_missing, insert_rows
from backoffice.kernel.hashing import sha256_of
from billing.chart import MERCHANT_CODES
from billing.entries.drafts import Draft, Line, Owner
from billing.errors import AlreadyReversed, NotEnoughAvailable, PayloadConflict
from billing.models import Account, Balance, JournalEntry, JournalSeal, Posting, new_entry_id
from billing.operations.accounts import ensure_accounts
from billing.operations.periods import PeriodBook
from billing.selectors.accounts import AccountKey
from billing.selectors.journal import find_entries_by_key, is_in_reversal, lock_entry

CHUNK = 2000
ENTRY_COLUMNS = [field.attname for field in JournalEntry._meta.concrete_fields]


@transaction.atomic
def post_entry(draft: Draft, *, actor: Actor) -> JournalEntry:
    """Write one entry, or return the one that has this key already.

    The same key with another payload raises `PayloadConflict`; an unbalanced draft `EntryUnbalanced`; money out above
    the available balance `NotEnoughAvailable`. Nothing is written then. Locks merchant balances in account order.
    """
    return _post([draft], actor)[0]


@transaction.atomic
def post_entries(drafts: Sequence[Draft], *, actor: Actor) -> list[JournalEntry]:
    """Write many entries in one transaction: promises as `post_entry`, a handful of statements per 2,000."""
    return _post(drafts, actor)


def _post(drafts: Sequence[Draft], actor: Actor) -> list[JournalEntry]:
    written: list[JournalEntry] = []
    for start in range(0, len(drafts), CHUNK):
        written += _post_chunk(drafts[start : start + CHUNK], actor)
    return written


def _post_chunk(drafts: Sequence[Draft], actor: Actor) -> list[JournalEntry]:
    hashes = {_key(draft): sha256_of(draft.payload()) for draft in drafts}
    known = _known(drafts, hashes)
    fresh: dict[tuple[int, str], Draft] = {}
    for draft in drafts:
        if _key(draft) in known:
            continue
        twin = fresh.setdefault(_key(draft), draft)
        if twin is not draft and twin.payload() != draft.payload():
            raise _conflict(draft.idem_key)
    if fresh:
        known |= _write(list(fresh.values()), hashes, actor)
    return [known[_key(draft)] for draft in drafts]


def _key(draft: Draft) -> tuple[int, str]:
    return (draft.entity_id, draft.idem_key)


def _conflict(key: str) -> PayloadConflict:
    return PayloadConflict(
        _("The journal has an entry “%(key)s” with other amounts. Look at it before posting again.")
        % {"key": key},
        key=key,
    )


def _known(
    drafts: Sequence[Draft], hashes: dict[tuple[int, str], str]
) -> dict[tuple[int, str], JournalEntry]:
    found = find_entries_by_key([_key(draft) for draft in drafts])
    for key, entry in found.items():
        if entry.payload_sha256 != hashes[key]:
            raise _conflict(key[1])
    return found


def _write(
    drafts: list[Draft], hashes: dict[tuple[int, str], str], actor: Actor
) -> dict[tuple[int, str], JournalEntry]:
    for draft in drafts:
        draft.check()
    accounts = ensure_accounts(_account_keys(drafts))
    periods = PeriodBook(min(draft.occurred_at for draft in drafts))
    now = clock.now()
    entries = {
        _key(draft): JournalEntry(
            seal_id=new_entry_id(),
            entity_id=draft.entity_id,
            period_id=periods.find(draft, now).pk,
            event_type=draft.event_type,
            source_type=draft.source_type,
            source_id=draft.source_id,
            idem_key=draft.idem_key,
            payload_sha256=hashes[_key(draft)],
            occurred_at=draft.occurred_at,
            booked_at=now,
            reverses_id=draft.reverses_id,
            is_adjustment=draft.is_adjustment,
            actor_label=actor.label,
            note=draft.note,
            n_lines=len(draft.lines),
        )
        for draft in drafts
    }
    added = insert_missing(
        JournalEntry,
        ENTRY_COLUMNS,
        [[getattr(entry, name) for name in ENTRY_COLUMNS] for entry in entries.values()],
        unique=("entity_id", "idem_key"),
    )
    # A twin that committed between the look and the insert: its entry is the original.
    late = [draft for draft in drafts if _key(draft) not in added]
    if late:
        entries |= _known(late, hashes)
    mine = [draft for draft in drafts if _key(draft) in added]
    _write_lines(mine, entries, accounts)
    _move_balances(mine, accounts)
    return entries


def _write_lines(
    drafts: Sequence[Draft],
    entries: dict[tuple[int, str], JournalEntry],
    accounts: dict[AccountKey, Account],
) -> None:
    """Postings, then the seals, which the database accepts for entries that balance only."""
    insert_rows(
        Posting,
        ("entry_id", "line_no", "account_id", "currency", "amount_minor", "kind", "merchant_order_id"),
        [
            (
                entries[_key(draft)].pk,
                number,
                accounts[_account_key(draft.entity_id, line)].pk,
                line.currency,
                line.amount_minor,
                line.kind,
                line.merchant_order_id,
            )
            for draft in drafts
            for number, line in enumerate(draft.lines, start=1)
        ],
    )
    insert_rows(
        JournalSeal,
        ("entry_id", "n_lines", "chain_previous", "chain_hash"),
        [(entries[_key(draft)].pk, len(draft.lines), "", "") for draft in drafts],
    )


def _account_key(entity_id: int, line: Line) -> AccountKey:
    return (entity_id, str(line.code), line.owner.type, line.owner.id, line.currency)


def _account_keys(drafts: Sequence[Draft]) -> set[AccountKey]:
    return {_account_key(draft.entity_id, line) for draft in drafts for line in draft.lines}


def _move_balances(drafts: Sequence[Draft], accounts: dict[AccountKey, Account]) -> None:
    moves: dict[int, int] = defaultdict(int)
    guarded: set[int] = set()
    for draft in drafts:
        for line in draft.lines:
            if line.code in MERCHANT_CODES:
                account = accounts[_account_key(draft.entity_id, line)]
                moves[account.pk] += line.amount_minor
                if line.guarded:
                    guarded.add(account.pk)
    moment = clock.now()
    # One order for everybody (ascending account), so two writers never wait for each other in a circle.
    for account_id in sorted(moves):
        amount = moves[account_id]
        if not amount:
            continue
        row = Balance.objects.filter(account_id=account_id)
        if account_id in guarded:
            row = row.filter(posted_minor__lte=-amount)
        since = Case(
            When(posted_minor__lte=-amount, then=Value(None)),
            default=Coalesce("below_zero_since", Value(moment)),
            output_field=DateTimeField(),
        )
        if not row.update(posted_minor=F("posted_minor") + amount, below_zero_since=since):
            raise NotEnoughAvailable(
                _("The available balance is smaller than this amount, so nothing was paid out."),
                account_id=account_id,
                amount_minor=amount,
            )


@transaction.atomic
def reverse_entry(entry_id: Any, *, reason: str, actor: Actor) -> JournalEntry:
    """Undo one entry by its exact opposite, in the open period; a second reversal raises `AlreadyReversed`.

    Repeating the call with the same entry is refused too: an entry and its reversal are a closed pair.
    """
    entry = lock_entry(entry_id)
    if is_in_reversal(entry):
        raise AlreadyReversed(_("This entry is part of a reversal already; post a new entry instead."))
    lines = tuple(
        Line(
            code=posting.account.code,
            amount_minor=-posting.amount_minor,
            currency=posting.currency,
            owner=Owner(posting.account.owner_type, posting.account.owner_id),
            kind=posting.kind,
            merchant_order_id=posting.merchant_order_id,
        )
        for posting in entry.postings.select_related("account").order_by("line_no")
    )
    reversal = post_entry(
        Draft(
            entity_id=entry.entity_id,
            event_type=f"{entry.event_type}_reversed"[:40],
            idem_key=f"reversal:{entry.pk}",
            source_type=entry.source_type,
            source_id=entry.source_id,
            occurred_at=clock.now(),
            lines=lines,
            note=reason,
            is_adjustment=entry.is_adjustment,
            reverses_id=entry.pk,
        ),
        actor=actor,
    )
    audit.record("billing.entry.reversed", actor=actor, subject=entry, note=reason)
    return reversal
