"""A bank line that was taken for the wrong thing goes back to suspense, by reversal and with two people."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from backoffice.kernel.errors import InvalidInput, PermissionRefused
from billing.errors import BankLineBound, BankLineSettled, EntryHasOwnWay, SamePerson
from billing.models import BankLine, JournalEntry, Period, PeriodState
from billing.operations.bank_line_undo import (
    ask_to_take_back_bank_line,
    keep_bank_line,
    take_back_bank_line,
)
from billing.operations.bank_lines import match_bank_line, place_bank_line
from billing.operations.payouts import cancel_payout, execute_payout, retry_payout, return_payout
from billing.operations.reversals import ask_to_reverse_entry
from billing.permissions import APPROVE_REVERSAL, REVERSE_ENTRY, VIEW_FINANCE
from mms.operations.api_keys import create_api_key
from tests.billing.bank_messages import camt, line, statement
from tests.billing.payout_stories import PREPARER, batch_of, paid_out
from tests.billing.test_bank_files import imported, left, state_of
from tests.factories import mas, mms
from tests.factories.actors import operator_actor
from tests.factories.billing import balance_of

pytestmark = pytest.mark.django_db

ASKER = operator_actor(REVERSE_ENTRY, APPROVE_REVERSAL, user_id=11, label="Ada Asker")
OTHER = operator_actor(REVERSE_ENTRY, APPROVE_REVERSAL, user_id=12, label="Otto Other")
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def sent(books, seller):
    """A payout of 100.00 that stands in a bank file."""
    payout = paid_out(books, seller)
    batch_of(payout)
    payout.refresh_from_db()
    return payout


def taken_back(row, reason="Another transfer"):
    ask_to_take_back_bank_line(row.ref, reason=reason, actor=ASKER)
    return take_back_bank_line(row.ref, actor=OTHER)


def fee_line():
    imported(camt(statement("1", 0, line(-1250, "R1", text="Account fee June"))))
    row = BankLine.objects.get()
    return place_bank_line(row.ref, place="bank_charges", note="Account fee", actor=PREPARER)


def accounts(books, *codes):
    return {code: balance_of(books, code) for code in codes}


def test_a_placed_line_stands_in_suspense_again_and_can_be_placed_anew(books, seller):
    row = fee_line()
    for times in (1, 2):
        taken = taken_back(row)
        assert (taken.state, taken.match_rule, taken.times_undone) == ("open", "", times)
        assert accounts(books, "1010", "2900", "5020") == {"1010": -1250, "2900": 1250, "5020": 0}
        place_bank_line(row.ref, place="bank_charges", note="It was", actor=PREPARER)
        assert accounts(books, "1010", "2900", "5020") == {"1010": -1250, "2900": 0, "5020": 1250}


def test_repeating_either_step_moves_nothing_more(books, seller):
    row = fee_line()
    for _attempt in range(2):
        ask_to_take_back_bank_line(row.ref, reason="Wrong", actor=ASKER)
    assert balance_of(books, "5020") == 1250
    for _attempt in range(2):
        take_back_bank_line(row.ref, actor=OTHER)

    assert JournalEntry.objects.filter(event_type="bank_line_placed_reversed").count() == 1
    assert accounts(books, "2900", "5020") == {"2900": 1250, "5020": 0}
    with pytest.raises(BankLineSettled, match="open"):
        ask_to_take_back_bank_line(row.ref, reason="Wrong", actor=ASKER)


def test_it_takes_two_people_and_both_grants(books, seller):
    row = fee_line()
    with pytest.raises(PermissionRefused):
        ask_to_take_back_bank_line(row.ref, reason="Wrong", actor=PREPARER)
    with pytest.raises(InvalidInput):
        ask_to_take_back_bank_line(row.ref, reason=" ", actor=ASKER)
    with pytest.raises(BankLineSettled, match="Nobody asked"):
        take_back_bank_line(row.ref, actor=OTHER)
    ask_to_take_back_bank_line(row.ref, reason="Wrong", actor=ASKER)
    with pytest.raises(SamePerson):
        take_back_bank_line(row.ref, actor=ASKER)
    with pytest.raises(PermissionRefused):
        take_back_bank_line(row.ref, actor=operator_actor(REVERSE_ENTRY, VIEW_FINANCE, user_id=13))
    assert balance_of(books, "5020") == 1250


def test_the_database_refuses_one_person_as_both(books, seller):
    taken_back(fee_line())
    with pytest.raises(IntegrityError), transaction.atomic():
        BankLine.objects.update(undone_by_user_id=ASKER.user_id)


def test_a_request_can_be_refused_or_withdrawn(books, seller):
    row = fee_line()
    for actor in (ASKER, OTHER):
        ask_to_take_back_bank_line(row.ref, reason="Wrong", actor=ASKER)
        with pytest.raises(PermissionRefused):
            keep_bank_line(row.ref, actor=operator_actor(REVERSE_ENTRY, user_id=13))
        for _attempt in range(2):
            assert not keep_bank_line(row.ref, actor=actor).is_undo_asked
    assert (balance_of(books, "5020"), BankLine.objects.get().state) == (1250, "resolved")


def test_a_payout_confirmed_by_the_wrong_line_becomes_unknown_and_the_right_one_is_found(books, seller, sent):
    """Two transfers of one amount: the line was the other merchant's."""
    shop = mas.merchant()
    mas.bank_account(shop, state="verified", changed_at=LONG_AGO, verified_at=LONG_AGO)
    right = paid_out(books, shop)
    batch_of(right)
    imported(camt(statement("1", 50000, left(right, end_to_end="", day="2026-07-20"))))
    row = BankLine.objects.get()
    match_bank_line(row.ref, payout_ref=sent.ref, note="Same sum", actor=PREPARER)
    sent.settlement.refresh_from_db()
    assert (state_of(sent), sent.settlement.state) == ("reconciled", "paid")
    taken = taken_back(row)

    sent.settlement.refresh_from_db()
    assert (state_of(sent), sent.executed_at, sent.settlement.state) == ("unknown", None, "payable")
    assert (taken.state, taken.payout) == ("open", None)
    assert accounts(books, "1010", "2200", "2900") == {"1010": -10000, "2200": -20000, "2900": 10000}
    match_bank_line(row.ref, payout_ref=right.ref, note="The bank says so", actor=PREPARER)
    execute_payout(sent.ref, actor=PREPARER)
    assert (state_of(right), state_of(sent)) == ("reconciled", "executed")
    assert accounts(books, "1010", "2200", "2900") == {"1010": -20000, "2200": 0, "2900": 0}


def test_a_payout_that_a_person_had_recorded_stays_executed(books, seller, sent):
    execute_payout(sent.ref, actor=PREPARER)
    imported(camt(statement("1", 50000, left(sent, end_to_end="", day="2026-07-20"))))
    row = BankLine.objects.get()
    match_bank_line(row.ref, payout_ref=sent.ref, note="Same sum", actor=PREPARER)
    taken_back(row)

    assert (state_of(sent), sent.executed_at is not None) == ("executed", True)
    assert accounts(books, "1010", "2200", "2900") == {"1010": -20000, "2200": 0, "2900": 10000}


def test_what_was_matched_by_itself_can_be_taken_back_too(books, seller, sent):
    imported(camt(statement("1", 50000, left(sent, end_to_end="", iban=sent.iban))))
    row = BankLine.objects.get()
    assert (row.state, row.match_rule) == ("matched", "amount_account")
    taken_back(row)

    assert state_of(sent) == "unknown"
    assert accounts(books, "1010", "2200", "2900") == {"1010": -10000, "2200": -10000, "2900": 10000}


def test_a_return_of_another_payout_is_taken_off_the_balance_again(books, seller, sent):
    imported(camt(statement("1", 50000, left(sent))))
    imported(camt(statement("2", 40000, line(9700, "R2", text="Back"))))
    row = BankLine.objects.get(amount_minor=9700)
    match_bank_line(row.ref, payout_ref=sent.ref, note="Surely", actor=PREPARER)
    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000
    gone = BankLine.objects.get(amount_minor=-10000)
    with pytest.raises(BankLineBound, match="return"):
        ask_to_take_back_bank_line(gone.ref, reason="Wrong", actor=ASKER)
    again = retry_payout(sent.settlement.ref, actor=PREPARER)
    with pytest.raises(BankLineBound, match=again.ref):
        ask_to_take_back_bank_line(row.ref, reason="Wrong", actor=ASKER)
    cancel_payout(again.ref, reason="Not needed", actor=PREPARER)
    taken_back(row)

    sent.settlement.refresh_from_db()
    assert (state_of(sent), sent.bank_reason, sent.settlement.state) == ("reconciled", "", "paid")
    assert accounts(books, "1010", "2900", "5020") == {"1010": -300, "2900": -9700, "5020": 0}
    assert balance_of(books, "2110", merchant_id=seller.pk) == 0
    match_bank_line(row.ref, payout_ref=sent.ref, note="It was, after all", actor=PREPARER)
    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000


def test_a_return_recorded_by_a_person_outlives_the_line(books, seller, sent):
    imported(camt(statement("1", 50000, left(sent))))
    return_payout(sent.ref, bank_fee_minor=300, reason="AC01", actor=PREPARER)
    imported(camt(statement("2", 40000, line(9700, "R2", end_to_end=sent.ref, reason="AC01"))))
    taken_back(BankLine.objects.get(amount_minor=9700))

    assert state_of(sent) == "returned"
    assert accounts(books, "1010", "2900") == {"1010": 9400, "2900": -9700}


def test_the_sum_of_a_whole_file_is_not_taken_back(books, seller, sent):
    imported(camt(statement("1", 50000, line(-10000, "R1", info=sent.batch.ref))))
    with pytest.raises(BankLineBound, match="whole bank file"):
        ask_to_take_back_bank_line(BankLine.objects.get().ref, reason="Wrong", actor=ASKER)


def test_a_closed_month_keeps_its_figures_and_the_reversal_is_booked_in_the_open_one(books, seller):
    with clock.frozen_at(datetime(2026, 6, 24, 10, tzinfo=UTC)):
        row = fee_line()
    Period.objects.update(state=PeriodState.HARD_CLOSED)
    with clock.frozen_at(datetime(2026, 7, 10, 10, tzinfo=UTC)):
        taken_back(row)

    undone = JournalEntry.objects.get(event_type="bank_line_placed_reversed")
    assert (undone.period.ref, undone.reverses.period.ref) == ("2026-07", "2026-06")


def test_the_entry_itself_points_to_the_line(books, seller):
    fee_line()
    entry = JournalEntry.objects.get(event_type="bank_line_placed")
    with pytest.raises(EntryHasOwnWay, match="at the line"):
        ask_to_reverse_entry(entry.pk, reason="Wrong", actor=ASKER)


def test_two_people_take_a_line_back_on_its_page(books, seller, client):
    row = fee_line()
    page = reverse("console:billing-bank-line-detail", args=[row.ref])
    asker = mms.sign_in(client, mms.operator_user("finance"))
    asker.post(reverse("console:billing-bank-line-ask", args=[row.ref]), {"reason": "It was a chargeback"})
    shown = asker.get(page).content.decode()
    assert "It was a chargeback" in shown
    assert "Another person must confirm" in shown
    other = mms.sign_in(Client(), mms.operator_user("finance-approver"))
    home = other.get(reverse("console:billing-finance-home")).content.decode()
    assert "Bank lines to take back" in home
    assert row.ref in other.get(reverse("console:billing-bank-line-list"), {"undo": "yes"}).content.decode()
    other.post(reverse("console:billing-bank-line-undo", args=[row.ref]))

    row.refresh_from_db()
    assert (row.state, balance_of(books, "2900")) == ("open", 1250)
    assert "Line taken back" in other.get(page).content.decode()


def test_a_program_asks_and_a_person_decides(books, seller, client):
    row = fee_line()
    secret = create_api_key(name="Bank robot", grants={REVERSE_ENTRY}, actor=system_actor())[1]
    answer = client.post(
        f"/api/operator/v1/bank-lines/{row.ref}/take-back",
        {"reason": "Wrong account"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert (answer.status_code, answer.json()["is_undo_asked"]) == (200, True)
    assert balance_of(books, "5020") == 1250
