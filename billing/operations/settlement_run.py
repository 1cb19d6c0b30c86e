"""A settlement run: cut the cycle at a journal sequence, write every merchant's statement, pass it to review."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import audit, clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import StateRefused
from billing.chart import Code
from billing.cycles import last_cut, midnight
from billing.models import (
    Account,
    Finding,
    JournalEntry,
    LegalEntity,
    PayoutTerms,
    Settlement,
    SettlementLine,
)
from billing.operations.chain import chain_entries
from billing.operations.findings import find_findings
from billing.operations.settlement_figures import (
    LineSum,
    apply_lines,
    apply_payable,
    outstanding_of,
    read_movements,
)
from billing.permissions import PREPARE_SETTLEMENT
from billing.selectors.entities import get_entity
from billing.selectors.journal import last_seq
from billing.selectors.settlements import balances_at, lock_settlement, max_seq_before

CHUNK = 200


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run made."""

    created: int
    in_review: int
    rolled_over: int


@dataclass(frozen=True, slots=True)
class _Cut:
    """One balance to settle: its account, from where to where."""

    account: Account
    terms: PayoutTerms
    previous: Settlement | None
    from_at: datetime
    to_at: datetime
    max_seq: int


def run_settlements(
    entity_code: str, *, actor: Actor, at: datetime | None = None, merchant_ids: list[int] | None = None
) -> RunResult:
    """Write the statements of every merchant whose cycle ended by `at` (now), or of the named merchants at once.

    Works in chunks, each a transaction of its own; safe to repeat and to be killed: a cycle that has a statement is
    left alone. Statements whose payable is below the smallest payout are carried forward.
    """
    actor.require(PREPARE_SETTLEMENT)
    entity = get_entity(entity_code)
    chain_entries()
    cuts = _cuts(entity, at or clock.now(), merchant_ids)
    created = in_review = rolled_over = 0
    for start in range(0, len(cuts), CHUNK):
        made = _settle_or_skip(entity, cuts[start : start + CHUNK], actor)
        created += len(made)
        in_review += sum(row.state == "in_review" for row in made)
        rolled_over += sum(row.state == "rolled_over" for row in made)
    return RunResult(created, in_review, rolled_over)


def _settle_or_skip(entity: LegalEntity, cuts: list[_Cut], actor: Actor) -> list[Settlement]:
    """Settle a chunk; where another run writes the same statements at this moment, only those it leaves."""
    try:
        return _settle_chunk(entity, cuts, actor)
    except IntegrityError:
        if len(cuts) == 1:
            return []
        return [settlement for cut in cuts for settlement in _settle_or_skip(entity, [cut], actor)]


def _cuts(entity: LegalEntity, at: datetime, merchant_ids: list[int] | None) -> list[_Cut]:
    zone = ZoneInfo(entity.time_zone)
    accounts = Account.objects.filter(entity=entity, code=Code.AVAILABLE)
    if merchant_ids is not None:
        accounts = accounts.filter(owner_id__in=merchant_ids)
    terms = {row.pk: row for row in PayoutTerms.objects.all()}
    previous = _latest_settlements(entity)
    first = JournalEntry.objects.filter(entity=entity).order_by("booked_at").values_list("booked_at").first()
    begin = midnight(first[0].astimezone(zone).date(), zone) if first else at
    seqs: dict[datetime, int] = {}
    cuts = []
    for account in accounts.order_by("owner_id", "currency"):
        agreed = terms.get(account.owner_id) or PayoutTerms(merchant_id=account.owner_id)
        to_at = at if merchant_ids is not None else last_cut(agreed.cycle, zone, at)
        before = previous.get((account.owner_id, account.currency))
        from_at = before.to_at if before else begin
        if to_at is None or from_at >= to_at:
            continue
        if to_at not in seqs:
            seqs[to_at] = last_seq() if merchant_ids is not None else max_seq_before(to_at)
        # Of two entries the one booked first may be numbered last, and stand on the statement before already.
        max_seq = max(seqs[to_at], before.max_seq if before else 0)
        cuts.append(_Cut(account, agreed, before, from_at, to_at, max_seq))
    return cuts


def _latest_settlements(entity: LegalEntity) -> dict[tuple[int, str], Settlement]:
    rows = Settlement.objects.filter(entity=entity).order_by("to_at", "id")
    return {(row.merchant_id, row.currency): row for row in rows.iterator()}


@transaction.atomic
def _settle_chunk(entity: LegalEntity, cuts: list[_Cut], actor: Actor) -> list[Settlement]:
    cuts = _still_following(cuts)
    lines, posting_ids = _sum_lines(cuts)
    made: list[tuple[_Cut, Settlement]] = []
    for cut in cuts:
        opening = cut.previous.closing_minor if cut.previous else 0
        if not lines[cut.account.pk].count and not opening:
            continue
        settlement = Settlement(
            entity=entity,
            merchant_id=cut.account.owner_id,
            currency=cut.account.currency,
            from_at=cut.from_at,
            to_at=cut.to_at,
            time_zone=entity.time_zone,
            min_seq=cut.previous.max_seq if cut.previous else 0,
            max_seq=cut.max_seq,
            opening_minor=opening,
            prepared_by_user_id=actor.user_id,
            prepared_by_label=actor.label,
        )
        settlement.cut()
        apply_lines(settlement, lines[cut.account.pk])
        apply_payable(settlement, cut.terms, outstanding_of(settlement) if cut.previous else 0)
        settlement.calculate()
        made.append((cut, settlement))
    Settlement.objects.bulk_create([settlement for _cut, settlement in made])
    SettlementLine.objects.bulk_create(
        [
            SettlementLine(posting_id=posting_id, settlement=settlement)
            for cut, settlement in made
            for posting_id in posting_ids[cut.account.pk]
        ],
        batch_size=2000,
    )
    differing = _differing(made)
    Finding.objects.bulk_create(find_findings([settlement for _cut, settlement in made], differing))
    for cut, settlement in made:
        _pass_on(settlement, cut.terms, entity)
    Settlement.objects.bulk_update([settlement for _cut, settlement in made], ["state"])
    if made:
        audit.record(
            "billing.settlements.cut",
            actor=actor,
            subject=entity,
            note=f"{len(made)} statements up to journal sequence {max(cut.max_seq for cut, _row in made)}",
        )
    return [settlement for _cut, settlement in made]


def _still_following(cuts: list[_Cut]) -> list[_Cut]:
    """The cuts whose previous statement is as it was read, locked so that nobody writes it again meanwhile."""
    ids = [cut.previous.pk for cut in cuts if cut.previous]
    rows = Settlement.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    ends = {row.pk: _end_of(row) for row in rows} if ids else {}
    return [cut for cut in cuts if cut.previous is None or ends[cut.previous.pk] == _end_of(cut.previous)]


def _end_of(settlement: Settlement) -> tuple[datetime, int, int]:
    return (settlement.to_at, settlement.max_seq, settlement.closing_minor)


def _pass_on(settlement: Settlement, terms: PayoutTerms, entity: LegalEntity) -> None:
    smallest = (
        terms.minimum_payout_minor if terms.minimum_payout_minor is not None else entity.minimum_payout_minor
    )
    if settlement.payable_minor <= 0 or settlement.payable_minor < smallest:
        settlement.roll_over()
    else:
        settlement.submit_for_review()


def _sum_lines(cuts: list[_Cut]) -> tuple[dict[int, LineSum], dict[int, list[int]]]:
    """The movements of many balances in one pass over the journal per common interval."""
    lines = {cut.account.pk: LineSum() for cut in cuts}
    posting_ids: dict[int, list[int]] = {cut.account.pk: [] for cut in cuts}
    intervals: dict[tuple[int, int], list[int]] = {}
    for cut in cuts:
        key = (cut.previous.max_seq if cut.previous else 0, cut.max_seq)
        intervals.setdefault(key, []).append(cut.account.pk)
    for (min_seq, max_seq), account_ids in intervals.items():
        for account_id, posting_id, kind, amount in read_movements(account_ids, min_seq, max_seq):
            lines[account_id].add(posting_id, kind, amount)
            posting_ids[account_id].append(posting_id)
    return lines, posting_ids


def _differing(made: list[tuple[_Cut, Settlement]]) -> set[int]:
    """Merchants whose closing is not the live balance less what moved after the cut: a second way to the figure."""
    by_seq: dict[int, list[int]] = {}
    for cut, _settlement in made:
        by_seq.setdefault(cut.max_seq, []).append(cut.account.pk)
    ledger: dict[int, int] = {}
    for seq, account_ids in by_seq.items():
        ledger |= balances_at(account_ids, seq)
    return {
        settlement.merchant_id
        for cut, settlement in made
        if -ledger.get(cut.account.pk, 0) != settlement.closing_minor
    }


@transaction.atomic
def recalculate_settlement(ref: str, *, actor: Actor) -> Settlement:
    """Write a rejected statement again, cut at the present moment so that corrections stand on it.

    Whoever recalculates counts as its preparer. Refused when a later statement already follows it.
    """
    actor.require(PREPARE_SETTLEMENT)
    settlement = lock_settlement(ref, actor=actor)
    if settlement.state == "in_review":
        return settlement
    later = Settlement.objects.filter(
        entity_id=settlement.entity_id,
        merchant_id=settlement.merchant_id,
        currency=settlement.currency,
        from_at__gte=settlement.to_at,
    )
    if later.exists():
        raise StateRefused(_("A later statement follows this one; corrections belong there."))
    chain_entries()
    account = Account.objects.get(
        entity_id=settlement.entity_id,
        code=Code.AVAILABLE,
        owner_type="merchant",
        owner_id=settlement.merchant_id,
        currency=settlement.currency,
    )
    settlement.calculate()
    settlement.to_at = max(settlement.to_at, clock.now())
    settlement.max_seq = last_seq()
    SettlementLine.objects.filter(settlement=settlement).delete()
    terms = PayoutTerms.objects.filter(pk=settlement.merchant_id).first() or PayoutTerms(
        merchant_id=settlement.merchant_id
    )
    lines = LineSum()
    rows = []
    for _account, posting_id, kind, amount in read_movements(
        [account.pk], settlement.min_seq, settlement.max_seq
    ):
        lines.add(posting_id, kind, amount)
        rows.append(SettlementLine(posting_id=posting_id, settlement=settlement))
    SettlementLine.objects.bulk_create(rows, batch_size=2000)
    apply_lines(settlement, lines)
    apply_payable(settlement, terms, outstanding_of(settlement))
    settlement.prepared_by_user_id, settlement.prepared_by_label = actor.user_id, actor.label
    settlement.findings.all().delete()
    ledger = -balances_at([account.pk], settlement.max_seq).get(account.pk, 0)
    differing = {settlement.merchant_id} if ledger != settlement.closing_minor else set()
    Finding.objects.bulk_create(find_findings([settlement], differing))
    _pass_on(settlement, terms, settlement.entity)
    settlement.save()
    audit.record("billing.settlement.recalculated", actor=actor, subject=settlement)
    return settlement
