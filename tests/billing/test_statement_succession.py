"""Statements that follow each other when one of them was rejected, written again, or cut beside a late commit."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.errors import StateRefused
from billing.invariants import movements_are_settled, statements_add_up
from billing.models import Balance, JournalEntry, Settlement
from billing.operations.chain import chain_entries
from billing.operations.settlement_review import approve_settlement, reject_settlement
from billing.operations.settlement_run import recalculate_settlement, run_settlements
from tests.billing.at_once import at_once
from tests.billing.payout_stories import APPROVER, MONDAY, PREPARER, WEDNESDAY, approved, reviewed, settle
from tests.factories.billing import funded

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def latest():
    return Settlement.objects.latest("to_at")


def test_money_of_a_rejected_statement_stands_on_the_one_that_follows_it(books, seller):
    first = reviewed(books, seller)
    reject_settlement(first.ref, reason="A refund is missing", actor=APPROVER)
    settle(books, MONDAY + WEEK)

    second = latest()
    assert (second.pk != first.pk, second.payable_minor, second.state) == (True, 10000, "in_review")
    with pytest.raises(StateRefused):
        recalculate_settlement(first.ref, actor=PREPARER)
    approved(second)
    assert [row.amount_minor for row in second.payouts.all()] == [10000]


def test_a_statement_rejected_after_its_follower_was_cut_is_paid_with_the_one_after(books, seller):
    first = reviewed(books, seller)
    settle(books, MONDAY + WEEK)
    assert latest().payable_minor == 0
    reject_settlement(first.ref, reason="A refund is missing", actor=APPROVER)
    settle(books, MONDAY + 2 * WEEK)

    assert latest().payable_minor == 10000


def test_writing_a_statement_again_looks_at_the_ledger_again(books, seller):
    first = reviewed(books, seller)
    reject_settlement(first.ref, reason="Look again", actor=APPROVER)
    Balance.objects.filter(account__owner_id=seller.pk, account__code="2110").update(posted_minor=-9999)
    again = recalculate_settlement(first.ref, actor=PREPARER)

    assert [row.kind for row in again.findings.filter(is_blocking=True)] == ["statement_differs"]
    with pytest.raises(StateRefused):
        approve_settlement(again.ref, statement_sha256=again.statement_sha256, actor=APPROVER)


def test_a_cut_never_lies_before_the_one_it_follows(books, seller):
    """The entry booked last may have a lower number than one booked a moment earlier and committed later."""
    with clock.frozen_at(WEDNESDAY):
        funded(books, seller.pk, 700)
    chain_entries()
    with clock.frozen_at(WEDNESDAY - timedelta(seconds=1)):
        funded(books, seller.pk, 300)
    with clock.frozen_at(WEDNESDAY + timedelta(hours=1)):
        run_settlements(books.code, actor=PREPARER, merchant_ids=[seller.pk])
    assert latest().payable_minor == 1000

    settle(books)
    settle(books, MONDAY + WEEK)
    with clock.frozen_at(MONDAY + WEEK):
        funded(books, seller.pk, 5)
    settle(books, MONDAY + 2 * WEEK)

    seqs = Settlement.objects.order_by("to_at").values_list("min_seq", "max_seq")
    assert all(low <= high for low, high in seqs)
    assert latest().closing_minor == 1005
    assert JournalEntry.objects.filter(postings__settlement_line__isnull=False).count() == 3
    assert [*statements_add_up(), *movements_are_settled()] == []


@pytest.mark.django_db(transaction=True)
def test_a_statement_written_again_while_its_follower_is_cut_is_paid_once(books, seller):
    first = reviewed(books, seller)
    reject_settlement(first.ref, reason="Look again", actor=APPROVER)
    later = MONDAY + WEEK

    def again() -> None:
        with clock.frozen_at(later):
            recalculate_settlement(first.ref, actor=PREPARER)

    assert at_once(again, lambda: settle(books, later))[0] == 0
    in_review = Settlement.objects.filter(state="in_review")
    assert [row.payable_minor for row in in_review] == [10000]
