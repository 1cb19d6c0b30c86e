"""Goodwill, fees and write-offs take two people and then move exactly once."""

import pytest

from backoffice.kernel.errors import InvalidInput, PermissionRefused, StateRefused
from backoffice.kernel.money import Money
from billing.entries.drafts import Line, merchant
from billing.errors import SamePerson, WriteOffAboveDebt
from billing.models import Adjustment, JournalEntry
from billing.operations.adjustments import approve_adjustment, propose_adjustment, refuse_adjustment
from billing.permissions import ADJUST_BALANCE, APPROVE_ADJUSTMENT
from tests.factories.actors import operator_actor
from tests.factories.billing import balance_of, posted

pytestmark = pytest.mark.django_db

PROPOSER = operator_actor(ADJUST_BALANCE, APPROVE_ADJUSTMENT, user_id=1)
DECIDER = operator_actor(APPROVE_ADJUSTMENT, user_id=2)


def proposed(books, seller, kind="goodwill", amount=500):
    return propose_adjustment(
        seller.ref, entity=books, kind=kind, amount=Money(amount, "EUR"), reason="Late payout", actor=PROPOSER
    )


def indebted(books, seller, amount=5095):
    """A merchant that was refunded more than it had."""
    owner = merchant(seller.pk)
    posted(books.pk, Line("2110", amount, "EUR", owner, "refund"), Line("2300", -amount, "EUR"))


def test_a_debt_is_written_off_once_by_two_people(books, seller):
    indebted(books, seller)
    adjustment = proposed(books, seller, "write_off", 5095)
    with pytest.raises(SamePerson):
        approve_adjustment(adjustment.ref, actor=PROPOSER)
    for _attempt in range(2):
        approve_adjustment(adjustment.ref, actor=DECIDER)

    assert (balance_of(books, "2110", merchant_id=seller.pk), balance_of(books, "5120")) == (0, 5095)


@pytest.mark.parametrize("owed", [0, 5094])
def test_no_more_is_written_off_than_the_merchant_owes(books, seller, owed):
    if owed:
        indebted(books, seller, owed)
    adjustment = proposed(books, seller, "write_off", 5095)
    with pytest.raises(WriteOffAboveDebt):
        approve_adjustment(adjustment.ref, actor=DECIDER)
    assert (balance_of(books, "2110", merchant_id=seller.pk), balance_of(books, "5120")) == (owed, 0)


@pytest.mark.parametrize(("kind", "available"), [("goodwill", -500), ("penalty", 500)])
def test_an_adjustment_moves_once_after_a_second_person_approved(books, seller, kind, available):
    adjustment = proposed(books, seller, kind)
    assert not JournalEntry.objects.exists()
    for _attempt in range(2):
        approve_adjustment(adjustment.ref, actor=DECIDER)

    assert balance_of(books, "2110", merchant_id=seller.pk) == available


def test_the_proposer_does_not_approve(books, seller):
    adjustment = proposed(books, seller)
    with pytest.raises(SamePerson):
        approve_adjustment(adjustment.ref, actor=PROPOSER)
    assert not JournalEntry.objects.exists()


def test_a_refused_adjustment_moves_nothing_and_stays_refused(books, seller):
    adjustment = proposed(books, seller)
    refuse_adjustment(adjustment.ref, actor=DECIDER)
    with pytest.raises(StateRefused):
        approve_adjustment(adjustment.ref, actor=DECIDER)
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_or_less_is_no_adjustment(books, seller, amount):
    with pytest.raises(InvalidInput):
        proposed(books, seller, amount=amount)
    assert not Adjustment.objects.exists()


def test_proposing_needs_the_right(books, seller):
    with pytest.raises(PermissionRefused):
        propose_adjustment(
            seller.ref, entity=books, kind="goodwill", amount=Money(5, "EUR"), reason="x", actor=DECIDER
        )
