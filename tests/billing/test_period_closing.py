"""A month is closed only when everything in it is finished and explained, and stays as it was closed."""

from datetime import UTC, datetime, timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, PermissionRefused, StateRefused
from billing.entries.drafts import Line, provider
from billing.errors import PeriodClosed, PeriodNotClosable
from billing.invariants import closed_months_stand
from billing.models import Account, ClearingNote, Period, PeriodClosing
from billing.operations.chain import chain_entries
from billing.operations.entities import change_entity
from billing.operations.periods import (
    ask_to_reopen_period,
    explain_clearing,
    hard_close_period,
    reopen_period,
)
from billing.permissions import CLOSE_PERIOD, EDIT_ENTITY
from billing.selectors.balances import get_balance_as_of, get_trial_balance
from billing.selectors.closing import ends_at, list_clearing, list_closing_obstacles, list_unpaid_statements
from tests.billing.payout_stories import APPROVER, MONDAY, approved, batch_of, reviewed
from tests.factories import mms
from tests.factories.actors import operator_actor
from tests.factories.billing import NOON, posted

pytestmark = pytest.mark.django_db

CLOSER = operator_actor(CLOSE_PERIOD, label="Clara Closer", user_id=1)
OTHER = operator_actor(CLOSE_PERIOD, user_id=2)
CARD = provider("card")


def numbered(*entries):
    chain_entries()
    return entries[0].period


def refused(period):
    with pytest.raises(PeriodNotClosable) as error:
        hard_close_period(period.pk, actor=CLOSER)
    period.refresh_from_db()
    assert period.state == "open"
    return error.value.params["obstacles"]


def test_a_receivable_nobody_explained_keeps_the_month_open_and_an_explanation_closes_it(books):
    period = numbered(posted(books.pk))
    assert len(refused(period)) == 1
    explain_clearing(period.pk, code="1100", currency="EUR", text="Paid out on 2 July", actor=CLOSER)

    assert hard_close_period(period.pk, actor=CLOSER).state == "hard_closed"


def test_an_explanation_holds_for_its_amount_only(books):
    period = numbered(posted(books.pk))
    explain_clearing(period.pk, code="1100", currency="EUR", text="Paid out on 2 July", actor=CLOSER)
    numbered(posted(books.pk))

    assert len(refused(period)) == 1
    explain_clearing(period.pk, code="1100", currency="EUR", text="Both on 2 July", actor=CLOSER)
    assert list_closing_obstacles(period) == []
    assert ClearingNote.objects.count() == 1


def test_young_payouts_and_refunds_under_way_explain_themselves_and_old_ones_do_not(books):
    refund = (Line("5110", 900, "EUR"), Line("2300", -900, "EUR"))
    period = numbered(posted(books.pk, *refund, occurred_at=datetime(2026, 6, 20, tzinfo=UTC)))
    assert [row.is_explained for row in list_clearing(period)] == [True]

    numbered(posted(books.pk, *refund, occurred_at=datetime(2026, 5, 1, tzinfo=UTC)))
    july = numbered(posted(books.pk, *refund, occurred_at=datetime(2026, 7, 3, tzinfo=UTC)))
    assert [row.is_explained for row in list_clearing(july)] == [False]


def test_an_item_on_the_wrong_side_is_not_explained(books):
    period = numbered(posted(books.pk, Line("2300", 900, "EUR"), Line("1010", -900, "EUR")))
    assert len(refused(period)) == 1


def test_suspense_is_accepted_up_to_the_limit_of_the_company(books):
    period = numbered(posted(books.pk, Line("1010", 9, "EUR"), Line("2900", -9, "EUR")))
    assert len(refused(period)) == 1
    actor = operator_actor(EDIT_ENTITY)
    change_entity(books.code, changes={"suspense_limit_minor": 8}, actor=actor)
    assert len(list_closing_obstacles(Period.objects.get(pk=period.pk))) == 1
    change_entity(books.code, changes={"suspense_limit_minor": 9}, actor=actor)
    assert list_closing_obstacles(Period.objects.get(pk=period.pk)) == []


def test_entries_without_their_journal_number_keep_the_month_open(books):
    period = posted(books.pk, Line("1010", 9, "EUR"), Line("4010", -9, "EUR")).period
    assert len(refused(period)) == 1
    chain_entries()
    assert hard_close_period(period.pk, actor=CLOSER).state == "hard_closed"


def test_a_signed_statement_that_is_not_paid_keeps_its_month_open(books, seller):
    settlement = reviewed(books, seller)
    june = Period.objects.get(entity=books)
    with clock.frozen_at(MONDAY):
        assert list_unpaid_statements(june) == []
        approved(settlement, APPROVER)
        assert list_unpaid_statements(june) == [settlement.ref]
        assert any(settlement.ref in text for text in refused(june))
        batch_of(settlement.payouts.get())
        assert list_unpaid_statements(june) == []


def test_a_statement_of_a_later_month_does_not_matter(books, seller):
    approved(reviewed(books, seller), APPROVER)
    may = numbered(posted(books.pk, occurred_at=datetime(2026, 5, 3, tzinfo=UTC)))
    assert list_unpaid_statements(may) == []


def test_the_balances_at_closing_are_kept_and_proved(books):
    period = numbered(posted(books.pk, Line("1010", 9, "EUR"), Line("4010", -9, "EUR")))
    hard_close_period(period.pk, actor=CLOSER)
    posted(books.pk, Line("1010", 5, "EUR"), Line("4010", -5, "EUR"))

    kept = PeriodClosing.objects.get()
    assert kept.figures == {"1010 EUR": 9, "4010 EUR": -9}
    assert list(closed_months_stand()) == []
    PeriodClosing.objects.update(figures={"1010 EUR": 8, "4010 EUR": -9})
    assert len(list(closed_months_stand())) == 2


def test_a_closed_month_takes_no_explanation_and_an_open_one_no_reopening(books):
    period = numbered(posted(books.pk, Line("1010", 9, "EUR"), Line("4010", -9, "EUR")))
    with pytest.raises(StateRefused):
        ask_to_reopen_period(period.pk, reason="x", actor=CLOSER)
    hard_close_period(period.pk, actor=CLOSER)
    with pytest.raises(PeriodClosed):
        explain_clearing(period.pk, code="1010", currency="EUR", text="x", actor=CLOSER)
    with pytest.raises(InvalidInput):
        ask_to_reopen_period(period.pk, reason=" ", actor=CLOSER)
    ask_to_reopen_period(period.pk, reason="Corrected fee", actor=CLOSER)
    assert reopen_period(period.pk, actor=OTHER).state == "open"
    assert reopen_period(period.pk, actor=OTHER).state == "open"


def test_nothing_and_nobody_is_explained_by_accident(books):
    period = numbered(posted(books.pk))
    with pytest.raises(InvalidInput):
        explain_clearing(period.pk, code="1100", currency="EUR", text=" ", actor=CLOSER)
    with pytest.raises(InvalidInput):
        explain_clearing(period.pk, code="2200", currency="EUR", text="x", actor=CLOSER)
    with pytest.raises(PermissionRefused):
        explain_clearing(period.pk, code="1100", currency="EUR", text="x", actor=operator_actor())
    assert not ClearingNote.objects.exists()


def test_closing_on_the_page(books, client):
    numbered(posted(books.pk, occurred_at=NOON))
    finance = mms.sign_in(client, mms.operator_user("finance"))
    page = f"/console/finance/ledger/periods/{books.code}/2026-06/"
    assert "not explained" in finance.get(page).content.decode()
    finance.post(f"{page}explain/", {"account": "1100", "currency": "EUR", "text": "Paid on 2 July"})
    assert "Paid on 2 July" in finance.get(page).content.decode()
    finance.post(f"{page}close/")
    assert Period.objects.get(entity=books).state == "hard_closed"
    assert finance.get(page).status_code == 200


@pytest.mark.parametrize("axis", ["booked", "effective"])
def test_a_balance_in_a_closed_month_never_changes_whatever_arrives_later(books, axis):
    lines = (Line("1010", 900, "EUR"), Line("4010", -900, "EUR"))
    with clock.frozen_at(NOON):
        period = numbered(posted(books.pk, *lines))
        bank = Account.objects.get(entity=books, code="1010").pk
        end = ends_at(period) - timedelta(seconds=1)
    with clock.frozen_at(NOON + timedelta(days=20)):
        hard_close_period(period.pk, actor=CLOSER)
        before = [get_balance_as_of(bank, at, axis=axis) for at in (NOON - timedelta(days=1), NOON, end)]
        for days in (-30, -10, 0, 5, 40):
            posted(books.pk, *lines, occurred_at=NOON + timedelta(days=days))
        after = [get_balance_as_of(bank, at, axis=axis) for at in (NOON - timedelta(days=1), NOON, end)]

    assert after == before
    assert list(closed_months_stand()) == []
    rows = {row.code: row.minor for row in get_trial_balance(books.pk, at=end, axis=axis)}
    assert rows.get("1010", 0) == after[2]


def test_a_month_is_reopened_only_when_none_after_it_is_closed(books):
    may, june = (
        numbered(posted(books.pk, Line("1010", 9, "EUR"), Line("4010", -9, "EUR"), occurred_at=moment))
        for moment in (datetime(2026, 5, 3, tzinfo=UTC), NOON)
    )
    for period in (may, june):
        hard_close_period(period.pk, actor=CLOSER)
    ask_to_reopen_period(may.pk, reason="Corrected fee", actor=CLOSER)
    with pytest.raises(StateRefused):
        reopen_period(may.pk, actor=OTHER)
    ask_to_reopen_period(june.pk, reason="May first", actor=CLOSER)
    reopen_period(june.pk, actor=OTHER)
    assert reopen_period(may.pk, actor=OTHER).state == "open"
