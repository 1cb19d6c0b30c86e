"""The eighteen promises of the books and where each is proved, on both engines.

`PROMISES` maps each promise to its tests and to what `manage.py doctor` proves of it on live data. The machine does
what people and providers do, in any order and with repeats; its end closes every item and settles every movement.
"""

from importlib import import_module

import pytest

from backoffice.kernel.invariants import all_invariants

MACHINE = "test_money_machine:test_the_books_keep_their_promises_whatever_happens_in_whatever_order"
PROPERTIES = "test_fee_properties"

PROMISES: dict[str, tuple[str, ...]] = {
    "1 all postings sum to zero per currency": (MACHINE, "doctor:billing.zero_sum"),
    "2 each sealed entry sums to zero, two lines or more": (
        MACHINE,
        "test_ledger:test_an_entry_that_does_not_balance_is_refused",
        "test_ledger_guards:TestSealing",
        "doctor:billing.entries_balance",
    ),
    "3 the live balance is the sum of the postings": (MACHINE, "doctor:billing.balances"),
    "4 duplicates, other orders and crashes change nothing": (
        "test_replay:test_any_order_with_repeats_and_crashes_ends_in_the_same_balances",
    ),
    "5 same key, other amounts: refused, nothing written": (
        MACHINE,
        "test_ledger:test_the_same_key_with_other_amounts_is_a_conflict_and_writes_nothing",
    ),
    "6 a merchant has what it earned less fees, refunds and payouts": (MACHINE, "doctor:billing.earnings"),
    "7 refunds and returned commission stay within": (
        f"{PROPERTIES}:test_part_refunds_return_exactly_the_fee_when_everything_is_refunded",
        "test_order_money:test_a_refund_above_the_capture_is_refused_and_changes_nothing",
        "doctor:billing.refunds",
    ),
    "8 splits sum to the total, each within a unit": (
        f"{PROPERTIES}:test_splits_sum_to_the_total_and_stay_within_one_unit",
    ),
    "9 a statement closes at the ledger, the next opens there": (
        MACHINE,
        "test_settlements:test_the_next_statement_opens_where_this_one_closed_and_repeats_no_movement",
        "doctor:billing.statement_ledger",
        "doctor:billing.statements",
    ),
    "10 a movement is on one statement at most, in the end on exactly one": (
        MACHINE,
        "test_impossible:test_movement_on_two_statements",
        "doctor:billing.movements_settled_once",
    ),
    "11 paid and in flight never exceed what was available": (
        MACHINE,
        "test_ledger:test_parallel_payouts_never_overdraw",
        "doctor:billing.payouts_covered",
    ),
    "12 clearing accounts end at zero once all items are closed": (MACHINE, "doctor:billing.open_items"),
    "13 document numbers run 1..n": (
        "tests.kernel.test_numbering:test_processes_that_issue_at_once_and_fail_at_random_leave_no_gap",
        "doctor:kernel.numbers",
    ),
    "14 a balance in a closed month never changes": (
        MACHINE,
        "test_period_closing:test_a_balance_in_a_closed_month_never_changes_whatever_arrives_later",
        "doctor:billing.closed_months",
    ),
    "15 an entry and its reversal restore every balance, once": (
        MACHINE,
        "test_ledger:test_an_entry_and_its_reversal_restore_every_balance",
        "test_ledger:test_an_entry_is_reversed_once_and_a_reversal_never",
        "doctor:billing.reversals",
    ),
    "16 a higher rate never pays more; limits hold": (
        f"{PROPERTIES}:test_raising_the_rate_never_raises_what_the_merchant_keeps",
        f"{PROPERTIES}:test_a_fee_lies_between_nothing_and_what_the_line_brings",
    ),
    "17 the journal of a day adds up to the trial balance": (
        "test_journal_days:test_the_files_of_all_days_reproduce_every_balance",
    ),
    "18 cycles tile the time line, also across clock changes": (
        "test_cycles:test_cycles_tile_the_year_without_gap_or_overlap",
    ),
}


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_has_its_proof(promise):
    codes = {row.code for row in all_invariants()}
    for place in PROMISES[promise]:
        module, name = place.split(":")
        if module == "doctor":
            assert name in codes
            continue
        path = module if "." in module else f"tests.billing.{module}"
        assert callable(getattr(import_module(path), name))


def test_none_is_left_out():
    assert [int(promise.split()[0]) for promise in PROMISES] == list(range(1, 19))
