"""What two may try with the books at the same moment, each in a process of its own."""

from datetime import UTC, datetime

import pytest

from backoffice.kernel import clock
from billing.entries.drafts import Line, merchant
from billing.invariants import balances_equal_postings, closed_months_stand
from billing.models import JournalEntry, Period, ReversalRequest
from billing.operations.chain import chain_entries
from billing.operations.ledger import post_entry, reverse_entry
from billing.operations.periods import hard_close_period
from billing.operations.reversals import ask_to_reverse_entry, confirm_reversal
from billing.permissions import APPROVE_REVERSAL, CLOSE_PERIOD, REVERSE_ENTRY
from tests.billing.at_once import at_once
from tests.factories.actors import operator_actor
from tests.factories.billing import ACTOR, balance_of, draft, entity, funded

pytestmark = pytest.mark.django_db(transaction=True)

CLOSER = operator_actor(CLOSE_PERIOD, user_id=1)
JULY = datetime(2026, 7, 5, 9, tzinfo=UTC)


def give(books, seller, month, key):
    """Goodwill that occurred in a month and is booked in July."""
    lines = (Line("5110", 5, "EUR"), Line("2110", -5, "EUR", merchant(seller.pk), "adjustment"))
    occurred_at = datetime(2026, month, 15, tzinfo=UTC)
    with clock.frozen_at(JULY):
        return post_entry(draft(books.pk, f"{key}:{month}", *lines, occurred_at=occurred_at), actor=ACTOR)


def test_who_posts_while_a_month_is_closed_never_lands_in_it_afterwards(seller):
    books = entity()
    for month in (4, 5, 6):
        first = give(books, seller, month, "first")
        chain_entries()

        def close(first=first) -> None:
            with clock.frozen_at(JULY):
                hard_close_period(first.period_id, actor=CLOSER)

        def post(month=month) -> None:
            give(books, seller, month, "second")

        codes = at_once(close, post)

        # Either the entry came first, and waits for its number in an open month, or the month was closed without it.
        period = Period.objects.get(pk=first.period_id)
        inside = JournalEntry.objects.filter(period=period).count()
        assert codes[0] == 0
        assert (period.state, inside) in {("open", 2), ("hard_closed", 1)}
        assert [*closed_months_stand(), *balances_equal_postings()] == []
        if period.state == "open":
            chain_entries()
            close()


def test_two_who_reverse_at_once_reverse_once(seller):
    books = entity()
    entry = funded(books, seller.pk, 500)

    def program() -> None:
        reverse_entry(entry.pk, reason="Twice", actor=ACTOR)

    codes = at_once(program, program)
    assert codes[0] == 0
    assert codes[1] in (1, 2)
    assert JournalEntry.objects.filter(reverses=entry).count() == 1
    assert balance_of(books, "2110", merchant_id=seller.pk) == 0


def test_two_second_people_at_once_book_one_opposite(seller):
    books = entity()
    entry = funded(books, seller.pk, 500)
    asker = operator_actor(REVERSE_ENTRY, user_id=1)
    request = ask_to_reverse_entry(entry.pk, reason="Twice", actor=asker)

    def confirm(user_id: int) -> None:
        confirm_reversal(request.ref, actor=operator_actor(APPROVE_REVERSAL, user_id=user_id))

    assert at_once(lambda: confirm(2), lambda: confirm(3))[0] == 0
    assert JournalEntry.objects.filter(reverses=entry).count() == 1
    assert ReversalRequest.objects.get().state == "confirmed"
    assert balance_of(books, "2110", merchant_id=seller.pk) == 0
