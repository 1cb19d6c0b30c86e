"""What was signed, claimed or reversed stays so, tried in plain SQL: the database refuses it, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from billing.models import JournalEntry, PayoutBatch, SettlementApproval
from billing.operations.ledger import reverse_entry
from billing.operations.payouts import lose_track_of_payout
from billing.operations.settlement_review import reject_settlement
from billing.operations.settlement_run import recalculate_settlement
from tests.billing.payout_stories import APPROVER, PREPARER, approved, batch_of, paid_out, reviewed
from tests.factories.billing import ACTOR, empty_batch, funded, posted

pytestmark = pytest.mark.django_db


def refused(statement: str, *params: object, match: str) -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


@pytest.mark.parametrize("state", ["open", "cut_off", "calculated", "in_review", "rejected"])
def test_an_issued_statement_does_not_become_changeable_again(books, seller, state):
    settlement = approved(reviewed(books, seller))
    refused(
        "UPDATE billing_settlement SET state = %s WHERE ref = %s", state, settlement.ref, match="is issued"
    )


@pytest.mark.parametrize(
    "change",
    ["totals = '{\"sale\": 1}'", "time_zone = 'UTC'", "ref = 'STL-OTHER'"],
    ids=lambda text: text[:4],
)
def test_what_was_signed_beside_the_figures_stays(books, seller, change):
    settlement = approved(reviewed(books, seller))
    refused(f"UPDATE billing_settlement SET {change} WHERE ref = %s", settlement.ref, match="is closed")


def test_before_approval_a_statement_is_written_again(books, seller):
    settlement = reviewed(books, seller)
    reject_settlement(settlement.ref, reason="Look again", actor=APPROVER)
    funded(books, seller.pk, 5)
    assert recalculate_settlement(settlement.ref, actor=PREPARER).totals == {"sale": 10005}


def test_a_signature_is_neither_changed_nor_taken_away(books, seller):
    settlement = approved(reviewed(books, seller))
    for statement in (
        "UPDATE billing_settlementapproval SET user_id = 77 WHERE settlement_id = %s",
        "DELETE FROM billing_settlementapproval WHERE settlement_id = %s",
    ):
        refused(statement, settlement.pk, match="signatures are immutable")
    assert SettlementApproval.objects.get().user_id == APPROVER.user_id


@pytest.mark.parametrize("state", ["exported", "accepted", "executed", "reconciled", "unknown"])
def test_a_payout_that_the_journal_never_claimed_is_not_sent(books, seller, state):
    """Claimed by the look of it and in a file, yet nothing left the merchant's balance."""
    payout, batch = paid_out(books, seller), empty_batch(books)
    refused(
        "UPDATE billing_payout SET state = %s, claimed_at = created_at, batch_id = %s WHERE ref = %s",
        state,
        batch.pk,
        payout.ref,
        match="knows no claim",
    )


def test_a_claimed_payout_goes_its_way(books, seller):
    payout = paid_out(books, seller)
    batch_of(payout)
    assert lose_track_of_payout(payout.ref, actor=PREPARER).state == "unknown"
    assert PayoutBatch.objects.count() == 1


def test_a_reversal_is_not_reversed_by_anybody(books, seller):
    reversal = reverse_entry(funded(books, seller.pk, 500).pk, reason="Twice", actor=ACTOR)
    with pytest.raises(DatabaseError, match="not reversed"), transaction.atomic():
        posted(books.pk, reverses_id=reversal.pk)
    assert JournalEntry.objects.count() == 2
