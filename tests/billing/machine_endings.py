"""What the money machine proves, and how each run of it ends: all closed, all settled, every cent paid out."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from backoffice.kernel import clock
from billing import fee_invariants as fee_promises
from billing import hold_invariants as hold_promises
from billing import invariants as promises
from billing.chart import CLEARING_CODES
from billing.entries import reversals, sales
from billing.errors import NotEnoughAvailable
from billing.models import Dispute, Payout, Posting, Settlement, SettlementLine
from billing.operations.disputes import win_dispute
from billing.operations.ledger import post_entry
from billing.operations.payout_files import create_batch
from billing.operations.payouts import cancel_payout, execute_payout
from billing.operations.reserves import release_due_reserves
from billing.operations.settlement_review import approve_settlement
from billing.operations.settlement_run import run_settlements
from tests.factories import billing as make

if TYPE_CHECKING:
    from tests.billing.test_money_machine import MoneyMachine

PROVED = (
    promises.zero_sum,
    promises.entries_balance,
    promises.balances_equal_postings,
    promises.chain_is_intact,
    promises.statements_add_up,
    promises.movements_are_settled,
    promises.payouts_match,
    promises.in_transit_matches,
    promises.open_items_have_their_side,
    promises.trial_balance_is_even,
    promises.disputes_match,
    promises.closed_months_stand,
    fee_promises.statements_equal_ledger,
    fee_promises.payouts_are_covered,
    fee_promises.reversals_undo,
    fee_promises.adjustments_match,
    fee_promises.merchant_fees_match,
    hold_promises.reserves_match,
)


def close_everything(of: "MoneyMachine") -> None:
    """Pay refunds, decide cases, hear of payouts, be paid by the provider: no clearing account keeps a cent."""
    with clock.frozen_at(of.now):
        for row in Dispute.objects.filter(state="open"):
            win_dispute(row.ref, actor=of.preparer)
        for refund_id, amount in of.refunds:
            paid = reversals.PaidBack(of.books.pk, "EUR", refund_id, amount, "card")
            post_entry(reversals.refund_paid(paid, occurred_at=of.now), actor=make.ACTOR)
        for payout in Payout.objects.filter(state__in=["exported", "unknown"]):
            execute_payout(payout.ref, actor=of.preparer)
        left = make.balance_of(of.books, "1100")
        if left:
            received = sales.ProviderPayout(of.books.pk, "card", "last", "EUR", left, 0, of.now)
            post_entry(sales.provider_payout(received), actor=make.ACTOR)
    assert {code: make.balance_of(of.books, code) for code in CLEARING_CODES} == dict.fromkeys(
        CLEARING_CODES, 0
    )
    of.prove_everything()


def settle_the_rest(of: "MoneyMachine") -> None:
    """Let the calendar run on, then ask for whoever it leaves out: no movement is on no statement, none on two."""
    movements = Posting.objects.filter(account__entity=of.books, account__code="2110")
    before = set(movements.values_list("pk", flat=True))
    _next_cycle(of)
    lines = SettlementLine.objects.filter(settlement__entity=of.books)
    assert sorted(lines.values_list("posting_id", flat=True)) == sorted(before)
    for shop in of.sellers:
        last = Settlement.objects.filter(entity=of.books, merchant=shop).order_by("to_at").last()
        closing = last.closing_minor if last else 0
        assert closing == -make.balance_of(of.books, "2110", merchant_id=shop.pk)
    of.prove_everything()


def _next_cycle(of: "MoneyMachine") -> None:
    of.now += timedelta(days=8)
    with clock.frozen_at(of.now):
        run_settlements(of.books.code, actor=of.preparer)
        run_settlements(of.books.code, actor=of.preparer, merchant_ids=[of.sellers[1].pk])


def pay_out_the_rest(of: "MoneyMachine") -> None:
    """When everything is approved and sent, nobody is owed available money any more, and no reserve is left."""
    of.now += timedelta(days=60)
    with clock.frozen_at(of.now):
        release_due_reserves()
    for _cycle in range(3):
        _next_cycle(of)
        with clock.frozen_at(of.now):
            for row in Settlement.objects.filter(state="in_review").order_by("pk"):
                approve_settlement(row.ref, statement_sha256=row.statement_sha256, actor=of.approver)
            for payout in Payout.objects.filter(state__in=["created", "claimed"]).order_by("pk"):
                _send(of, payout)
    for shop in of.sellers:
        assert make.balance_of(of.books, "2110", merchant_id=shop.pk) >= 0, "money that nobody is paid"
        assert make.balance_of(of.books, "2120", merchant_id=shop.pk) == 0
    of.prove_everything()


def _send(of: "MoneyMachine", payout: Payout) -> None:
    """In a file and executed; given up when a refund came in between, to be paid with the next statement."""
    try:
        with transaction.atomic():
            create_batch([payout.ref], file_format="csv", execution_on=of.now.date(), actor=of.preparer)
    except NotEnoughAvailable:
        cancel_payout(payout.ref, reason="A refund came in between", actor=of.preparer)
        return
    execute_payout(payout.ref, actor=of.preparer)
    of.owed[payout.merchant_id] -= payout.amount_minor
