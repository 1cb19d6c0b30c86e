"""Promises of the books, proved on live data by `manage.py doctor`."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from backoffice.kernel import clock
from backoffice.kernel.hashing import sha256_of
from backoffice.kernel.invariants import invariant
from billing.chart import MERCHANT_CODES, Code
from billing.fees.rules import FeeKind, Scope
from billing.models import (
    AT_THE_BANK,
    Account,
    Balance,
    BalanceSnapshot,
    Dispute,
    DisputeState,
    Earning,
    FeeSnapshot,
    JournalEntry,
    JournalSeal,
    Payout,
    PayoutState,
    Period,
    PeriodState,
    Posting,
    Settlement,
    SettlementLine,
)
from billing.operations.chain import broken_links
from billing.selectors.balances import get_trial_balance
from billing.selectors.closing import find_closing, get_closing_figures
from billing.selectors.finance_home import list_open_items
from billing.selectors.terms import get_terms

SENTENCES = 20


@invariant("billing.zero_sum", _("All postings sum to zero per currency"))
def zero_sum() -> Iterator[str]:
    for row in Posting.objects.values("currency").annotate(total=Sum("amount_minor")).order_by("currency"):
        if row["total"]:
            yield f"postings in {row['currency']} sum to {row['total']}"


@invariant("billing.entries_balance", _("Every entry is sealed, has its lines and sums to zero per currency"))
def entries_balance() -> Iterator[str]:
    unbalanced = (
        Posting.objects.values("entry_id", "currency").annotate(total=Sum("amount_minor")).exclude(total=0)
    )
    for row in unbalanced.order_by()[:SENTENCES]:
        yield f"entry {row['entry_id']} sums to {row['total']} {row['currency']}"
    short = JournalEntry.objects.annotate(lines=Count("postings")).exclude(lines=F("n_lines"))
    for entry_id in short.values_list("pk", flat=True)[:SENTENCES]:
        yield f"entry {entry_id} has another number of lines than it announced"
    sealed = JournalSeal.objects.filter(entry_id=OuterRef("pk")).values("entry_id")
    unsealed = JournalEntry.objects.annotate(found=Subquery(sealed)).filter(found__isnull=True)
    for entry_id in unsealed.values_list("pk", flat=True)[:SENTENCES]:
        yield f"entry {entry_id} has no seal"


@invariant("billing.balances", _("Every materialised balance equals the sum of its postings"))
def balances_equal_postings() -> Iterator[str]:
    sums = (
        Posting.objects.filter(account_id=OuterRef("account_id"))
        .values("account_id")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    wrong = Balance.objects.annotate(real=Coalesce(Subquery(sums), 0)).exclude(posted_minor=F("real"))
    for row in wrong[:SENTENCES]:
        yield f"account {row.account_id}: balance {row.posted_minor}, postings {row.real}"
    missing = Account.objects.filter(code__in=list(MERCHANT_CODES), balance__isnull=True)
    for account_id in missing.values_list("pk", flat=True)[:SENTENCES]:
        yield f"merchant account {account_id} has no balance row"


@invariant("billing.snapshots", _("Balance snapshots equal the postings up to their journal sequence"))
def snapshots_equal_postings() -> Iterator[str]:
    sums = (
        Posting.objects.filter(account_id=OuterRef("account_id"), entry__seal__seq__lte=OuterRef("seq"))
        .values("account_id")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    latest = BalanceSnapshot.objects.order_by("-seq").values_list("seq", flat=True)[:1]
    wrong = (
        BalanceSnapshot.objects.filter(seq__in=list(latest))
        .annotate(real=Coalesce(Subquery(sums), 0))
        .exclude(posted_minor=F("real"))
    )
    for row in wrong[:SENTENCES]:
        yield f"snapshot of account {row.account_id} at {row.seq} is {row.posted_minor}, postings say {row.real}"


@invariant("billing.chain", _("The journal's hash chain has no gap and no changed entry"))
def chain_is_intact() -> Iterator[str]:
    yield from islice(broken_links(), SENTENCES)


@invariant("billing.statements", _("Statements add up, follow each other and use each movement once"))
def statements_add_up() -> Iterator[str]:
    moved = (
        SettlementLine.objects.filter(settlement=OuterRef("pk"))
        .order_by()
        .values("settlement")
        .annotate(total=Sum("posting__amount_minor"))
        .values("total")
    )
    wrong = Settlement.objects.annotate(moved=Coalesce(Subquery(moved), 0)).exclude(
        closing_minor=F("opening_minor") - F("moved")
    )
    for ref in wrong.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref}: opening and lines do not make its closing balance"
    previous: dict[tuple[int, int, str], Settlement] = {}
    for row in Settlement.objects.order_by("from_at", "id").iterator():
        key = (row.entity_id, row.merchant_id, row.currency)
        before = previous.get(key)
        if before is not None and (row.opening_minor, row.min_seq) != (before.closing_minor, before.max_seq):
            yield f"{row.ref} does not open where {before.ref} closed"
        previous[key] = row


@invariant(
    "billing.movements_settled_once", _("Every movement up to a statement's cut stands on a statement")
)
def movements_are_settled() -> Iterator[str]:
    cut = (
        Settlement.objects.filter(
            merchant_id=OuterRef("account__owner_id"),
            currency=OuterRef("currency"),
            entity_id=OuterRef("account__entity_id"),
        )
        .order_by("-max_seq")
        .values("max_seq")[:1]
    )
    left = (
        Posting.objects.filter(account__code=Code.AVAILABLE, settlement_line__isnull=True)
        .annotate(cut=Subquery(cut))
        .filter(entry__seal__seq__lte=F("cut"))
    )
    for posting_id in left.values_list("pk", flat=True)[:SENTENCES]:
        yield f"posting {posting_id} lies before a cut but stands on no statement"


@invariant("billing.payouts", _("Payouts equal their statements and the ledger, and nobody approved alone"))
def payouts_match() -> Iterator[str]:
    wrong = Payout.objects.exclude(state=PayoutState.CANCELLED).exclude(
        amount_minor=F("settlement__payable_minor")
    )
    for ref in wrong.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref} is another amount than its statement"
    claimed = dict(
        Posting.objects.filter(entry__event_type="payout_claimed", account__code=Code.IN_TRANSIT).values_list(
            "entry__source_id", "amount_minor"
        )
    )
    for ref, amount in Payout.objects.filter(claimed_at__isnull=False).values_list("ref", "amount_minor"):
        if claimed.get(ref) != -amount:
            yield f"{ref} was claimed but the ledger moved {claimed.get(ref)}"
    alone = Settlement.objects.filter(approved_by_user_id=F("prepared_by_user_id"))
    for ref in alone.values_list("ref", flat=True)[:SENTENCES]:
        yield f"{ref} was prepared and approved by the same person"


@invariant("billing.in_transit", _("Money in transit is exactly the payouts that are at the bank"))
def in_transit_matches() -> Iterator[str]:
    moving = Payout.objects.filter(state__in=[PayoutState.CLAIMED, *AT_THE_BANK]).aggregate(
        total=Sum("amount_minor")
    )["total"]
    ledger = Posting.objects.filter(account__code=Code.IN_TRANSIT).aggregate(total=Sum("amount_minor"))[
        "total"
    ]
    if (moving or 0) != -(ledger or 0):
        yield f"payouts under way are {moving or 0}, the ledger says {-(ledger or 0)}"


@invariant(
    "billing.refunds", _("Refunds stay within what was captured, returned commission within what was charged")
)
def refunds_within() -> Iterator[str]:
    for ref in Earning.objects.filter(refunded_minor__gt=F("captured_minor")).values_list(
        "merchant_order_ref", flat=True
    )[:SENTENCES]:
        yield f"{ref} was refunded more than was captured"
    over = FeeSnapshot.objects.filter(
        Q(returned_fee_minor__gt=F("charged_fee_minor")) | Q(returned_tax_minor__gt=F("charged_tax_minor"))
    )
    for line_ref in over.values_list("line_ref", flat=True)[:SENTENCES]:
        yield f"{line_ref}: more commission went back than was charged"


@invariant("billing.earnings", _("What was captured and refunded per order equals the ledger"))
def earnings_match() -> Iterator[str]:
    def total(event: str) -> Subquery:
        rows = Posting.objects.filter(
            merchant_order_id=OuterRef("merchant_order_id"),
            entry__event_type=event,
            account__owner_type="merchant",
            kind__in=["sale", "shipping"] if event == "capture" else ["refund"],
        )
        return Subquery(
            rows.order_by().values("merchant_order_id").annotate(total=Sum("amount_minor")).values("total")
        )

    rows = Earning.objects.annotate(
        captured=Coalesce(total("capture"), 0), refunded=Coalesce(total("refund"), 0)
    )
    wrong = rows.exclude(captured_minor=-F("captured")) | rows.exclude(refunded_minor=F("refunded"))
    for ref in wrong.values_list("merchant_order_ref", flat=True)[:SENTENCES]:
        yield f"{ref}: the order's money differs from its postings"


@invariant("billing.commission", _("Commission revenue equals what was charged less what went back"))
def commission_matches() -> Iterator[str]:
    charged: dict[str, int] = {}
    for row in (
        FeeSnapshot.objects.values("currency")
        .annotate(net=Sum(F("charged_fee_minor") - F("returned_fee_minor")))
        .order_by()
    ):
        charged[row["currency"]] = row["net"]
    booked: dict[str, int] = {}
    postings = Posting.objects.filter(account__code=Code.COMMISSION, merchant_order_id__isnull=False)
    for currency, total in postings.values_list("currency").annotate(total=Sum("amount_minor")).order_by():
        booked[currency] = -total
    for currency in sorted(charged.keys() | booked.keys()):
        if charged.get(currency, 0) != booked.get(currency, 0):
            yield f"{currency}: fees say {charged.get(currency, 0)}, the ledger {booked.get(currency, 0)}"


@invariant("billing.closed_months", _("A closed month still has the balances it was closed with"))
def closed_months_stand() -> Iterator[str]:
    for period in Period.objects.filter(state=PeriodState.HARD_CLOSED).order_by("entity_id", "starts_on"):
        closing = find_closing(period)
        if closing is None:
            continue
        now = get_closing_figures(period)
        if sha256_of(closing.figures) != closing.figures_sha256:
            yield f"{period.ref}: the kept balances were changed"
        for key in sorted(now.keys() | closing.figures.keys()):
            if now.get(key, 0) != closing.figures.get(key, 0):
                yield f"{period.ref}: {key} was {closing.figures.get(key, 0)} at closing and is {now.get(key, 0)}"


@invariant("billing.disputes", _("Held and disputed money is exactly the open chargebacks"))
def disputes_match() -> Iterator[str]:
    cases = {
        row["currency"]: row["total"]
        for row in Dispute.objects.filter(state=DisputeState.OPEN)
        .values("currency")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    }
    for code, side in ((Code.DISPUTED, 1), (Code.DISPUTE_HOLD, -1)):
        booked = {
            row["currency"]: row["total"] * side
            for row in Posting.objects.filter(account__code=code)
            .values("currency")
            .annotate(total=Sum("amount_minor"))
            .order_by()
        }
        for currency in sorted(cases.keys() | booked.keys()):
            if cases.get(currency, 0) != booked.get(currency, 0):
                yield (
                    f"account {code}: open chargebacks are {cases.get(currency, 0)} {currency}, "
                    f"the ledger says {booked.get(currency, 0)}"
                )


@invariant("billing.open_items", _("No payout, refund or dispute is over-cleared"))
def open_items_have_their_side() -> Iterator[str]:
    for code, currency, amount, _opened in list_open_items(limit=2000):
        if code in (Code.IN_TRANSIT, Code.REFUND_CLEARING) and amount > 0:
            yield f"account {code}: an item is {amount} {currency} on the wrong side"


@invariant("billing.trial_balance", _("Debits equal credits in the trial balance"))
def trial_balance_is_even() -> Iterator[str]:
    sums: dict[str, int] = {}
    for row in get_trial_balance():
        side = 1 if row.code[0] in "15" else -1
        sums[row.currency] = sums.get(row.currency, 0) + side * row.minor
    for currency, total in sorted(sums.items()):
        if total:
            yield f"the trial balance in {currency} is off by {total}"


@invariant("billing.default_rules", _("A default fee rule is live for goods and for shipping"))
def default_rules_exist() -> Iterator[str]:
    now = clock.now()
    for kind in (FeeKind.COMMISSION, FeeKind.SHIPPING):
        live = [
            rule
            for rule in get_terms().rules
            if rule.fee_kind == kind
            and rule.scope == Scope()
            and rule.valid_from <= now
            and (rule.valid_to is None or rule.valid_to > now)
        ]
        if not live:
            yield f"no rule of kind {kind} holds everywhere: an order could not be placed"
