"""From a camt.053 file to the books: every new line is matched with a payout or stands in suspense."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor
from backoffice.kernel.errors import InvalidInput
from billing.bankfiles.camt import Movement, Statement, read_statements
from billing.entries.bank import BankMove, suspended
from billing.errors import BankStatementGap
from billing.models import BankFile, BankLine, BankLineState, BankStatement, LegalEntity, PayoutState
from billing.operations.ledger import post_entries
from billing.operations.payouts import reconcile_payout, return_payout
from billing.selectors.bank_lines import find_entity_by_account, find_known_lines, find_last_statement
from billing.selectors.bank_matching import Match, Matcher

KEPT = (
    "entry_ref",
    "booked_on",
    "value_on",
    "amount_minor",
    "currency",
    "end_to_end_id",
    "payment_info_id",
    "party_name",
    "party_account",
    "text",
    "is_return",
    "return_reason",
)


@dataclass(slots=True)
class StatementPlan:
    """What importing one statement will do; shown before, then carried out unchanged."""

    statement: Statement
    entity: LegalEntity
    previous: BankStatement | None
    is_known: bool = False
    n_known: int = 0
    fresh: list[tuple[Movement, Match]] = field(default_factory=list)

    @property
    def n_open(self) -> int:
        return sum(not match.rule for _movement, match in self.fresh)

    @property
    def n_matched(self) -> int:
        return len(self.fresh) - self.n_open


@dataclass(slots=True)
class _Before:
    """What the statements before one in the same file will have done: balances by account, payouts that left."""

    ends: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)


def plan_statements(content: bytes) -> list[StatementPlan]:
    """Read a file and say what would happen to each of its lines; changes nothing.

    Raises `BankStatementGap` when a statement does not begin where the account's last one ended, `InvalidInput` for an
    account that no company has.
    """
    plans: list[StatementPlan] = []
    before = _Before()
    for statement in sorted(read_statements(content), key=lambda row: row.closing_on):
        plan = _plan(statement, before)
        plans.append(plan)
        if not plan.is_known:
            end = (statement.closing_minor, statement.statement_id)
            before.ends[(statement.account, statement.currency)] = end
            before.gone.update(
                match.payout.pk for _movement, match in plan.fresh if match.rule and match.payout
            )
    return plans


def _plan(statement: Statement, before: _Before) -> StatementPlan:
    entity = find_entity_by_account(statement.account)
    if entity is None:
        raise InvalidInput(
            _("The account %(account)s of this statement belongs to none of the companies.")
            % {"account": statement.account}
        )
    twin = BankStatement.objects.filter(
        account=statement.account, statement_id=statement.statement_id
    ).first()
    if twin is not None:
        if (twin.opening_minor, twin.closing_minor) != (statement.opening_minor, statement.closing_minor):
            raise BankStatementGap(
                _("Statement %(id)s was imported before with other balances. Ask the bank which one counts.")
                % {"id": statement.statement_id}
            )
        return StatementPlan(statement, entity, twin.previous, True, len(statement.movements))
    previous = find_last_statement(statement.account, statement.currency)
    last = before.ends.get((statement.account, statement.currency)) or (
        (previous.closing_minor, previous.statement_id) if previous else None
    )
    if last is not None and last[0] != statement.opening_minor:
        raise BankStatementGap(
            _(
                "Statement %(id)s opens with another balance than statement %(last)s closed with, so one is missing "
                "between them. Import the missing one first; nothing was imported now."
            )
            % {"id": statement.statement_id, "last": last[1]},
            expected_minor=last[0],
            opening_minor=statement.opening_minor,
        )
    known = find_known_lines(statement.account, [row.entry_ref for row in statement.movements])
    fresh = [
        row for row in statement.movements if (row.entry_ref, row.value_on, row.amount_minor) not in known
    ]
    # What left is looked at before what came back, as a payout may do both on one day.
    fresh.sort(key=lambda row: row.amount_minor > 0)
    matcher = Matcher(entity.pk, fresh, before.gone)
    return StatementPlan(
        statement,
        entity,
        previous,
        n_known=len(statement.movements) - len(fresh),
        fresh=[(row, matcher.match(row)) for row in fresh],
    )


def import_statements(file: BankFile, *, actor: Actor) -> dict[str, int]:
    """Carry the plan out: payouts reconciled or returned, the rest in suspense. Part of the caller's transaction."""
    told = {"statements": 0, "lines": 0, "known": 0, "matched": 0, "open": 0}
    for statement in sorted(read_statements(file.content), key=lambda row: row.closing_on):
        # Planned one by one, because each statement begins where the one before it in this file ended.
        plan = _plan(statement, _Before())
        told["known"] += plan.n_known
        if plan.is_known:
            continue
        _carry_out(file, plan, actor)
        told["statements"] += 1
        told["lines"] += len(plan.fresh)
        told["matched"] += plan.n_matched
        told["open"] += plan.n_open
    return told


def _carry_out(file: BankFile, plan: StatementPlan, actor: Actor) -> None:
    stated = plan.statement
    try:
        with transaction.atomic():
            kept = BankStatement.objects.create(
                file=file,
                entity=plan.entity,
                account=stated.account,
                statement_id=stated.statement_id,
                currency=stated.currency,
                opening_minor=stated.opening_minor,
                closing_minor=stated.closing_minor,
                closing_on=stated.closing_on,
                previous=plan.previous,
            )
            lines = BankLine.objects.bulk_create(
                [_line(kept, movement, match) for movement, match in plan.fresh], batch_size=500
            )
    except IntegrityError as error:
        raise BankStatementGap(
            _("Another statement of this account was imported at the same moment. Look at the file again.")
        ) from error
    for line, (_movement, match) in zip(lines, plan.fresh, strict=True):
        if match.rule:
            _book_match(line, match, actor)
    suspend_lines([line for line in lines if line.state == BankLineState.OPEN], actor)


def _line(statement: BankStatement, movement: Movement, match: Match) -> BankLine:
    return BankLine(
        statement=statement,
        entity_id=statement.entity_id,
        account=statement.account,
        state=BankLineState.MATCHED if match.rule else BankLineState.OPEN,
        match_rule=match.rule,
        payout=match.payout,
        batch=match.batch,
        note=match.note,
        **{name: getattr(movement, name) for name in KEPT},
    )


def _book_match(line: BankLine, match: Match, actor: Actor) -> None:
    if match.batch is not None:
        for ref in _refs_at_the_bank(match):
            reconcile_payout(ref, actor=actor)
        return
    if match.payout is not None:
        book_payout_line(line, match.payout.ref, fee_minor=match.fee_minor, actor=actor)


def _refs_at_the_bank(match: Match) -> Sequence[str]:
    if match.batch is None:
        return ()
    ended = (PayoutState.REJECTED, PayoutState.RETURNED, PayoutState.RECONCILED)
    return list(match.batch.payouts.exclude(state__in=ended).order_by("pk").values_list("ref", flat=True))


def book_payout_line(line: BankLine, payout_ref: str, *, fee_minor: int, actor: Actor) -> None:
    """The line is this payout leaving (it is reconciled) or coming back (its balance is restored, once)."""
    if line.amount_minor < 0:
        if line.payout is None or line.payout.state not in (PayoutState.RECONCILED, PayoutState.RETURNED):
            reconcile_payout(payout_ref, actor=actor)
        return
    reason = line.return_reason or line.text or _("Returned by the bank")
    return_payout(payout_ref, bank_fee_minor=fee_minor, reason=reason[:300], actor=actor)


def move_of_line(line: BankLine) -> BankMove:
    return BankMove(line.entity_id, line.ref, line.currency, line.amount_minor, line.times_undone)


def suspend_lines(lines: Sequence[BankLine], actor: Actor) -> None:
    """Nobody knows these lines (any more): they stand in suspense."""
    now = clock.now()
    post_entries(
        [
            suspended(
                move_of_line(line),
                occurred_at=now,
                note=(line.party_name or line.text)[:300],
            )
            for line in lines
        ],
        actor=actor,
    )
