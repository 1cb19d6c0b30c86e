"""What the bank sends back: matched by the ladder, booked once, and never believed when it does not add up."""

import pytest
from django.db import IntegrityError, transaction

from backoffice.kernel.errors import InvalidInput, PermissionRefused, StateRefused
from billing.errors import BankFileKnown, BankFileUnreadable, BankLineSettled, BankStatementGap, PayoutHeld
from billing.models import BankLine, BankStatement, JournalEntry
from billing.operations.bank_files import (
    discard_bank_file,
    import_bank_file,
    preview_answers,
    preview_statements,
    upload_bank_file,
)
from billing.operations.bank_lines import match_bank_line, place_bank_line
from billing.operations.payouts import (
    claim_payout,
    execute_payout,
    lose_track_of_payout,
    retry_payout,
    return_payout,
)
from billing.permissions import VIEW_FINANCE
from billing.selectors.bank_lines import count_open_lines, list_payout_candidates
from billing.selectors.finance_home import list_clearing_accounts
from mas.operations.bank_accounts import verify_bank_account
from mas.permissions import VERIFY_BANK_ACCOUNT
from mms.models import Mail
from tests.billing.bank_messages import camt, line, pain002, statement
from tests.billing.payout_stories import PREPARER, batch_of, paid_out
from tests.factories.actors import operator_actor
from tests.factories.billing import balance_of

pytestmark = pytest.mark.django_db
SELLER_IBAN = "DE75512108001245126199"


@pytest.fixture
def sent(books, seller):
    """A payout of 100.00 that stands in a bank file."""
    payout = paid_out(books, seller)
    batch_of(payout)
    payout.refresh_from_db()
    return payout


def imported(content, name="statement.xml"):
    return import_bank_file(upload_bank_file(name, content, actor=PREPARER).ref, actor=PREPARER)


def state_of(payout):
    payout.refresh_from_db()
    return payout.state


def left(payout, ref="R1", **fields):
    fields.setdefault("end_to_end", payout.ref)
    return line(-payout.amount_minor, ref, **fields)


# ---- the ladder


def test_the_end_to_end_id_reconciles_a_payout(books, sent):
    file = imported(camt(statement("1", 50000, left(sent))))

    assert state_of(sent) == "reconciled"
    assert file.result == {"statements": 1, "lines": 1, "known": 0, "matched": 1, "open": 0}
    assert (balance_of(books, "2200"), balance_of(books, "1010"), balance_of(books, "2900")) == (0, -10000, 0)
    assert BankLine.objects.get().match_rule == "end_to_end"
    assert sent.settlement.state == "paid"


def test_an_executed_payout_is_only_closed_not_booked_again(books, sent):
    execute_payout(sent.ref, actor=PREPARER)
    imported(camt(statement("1", 50000, left(sent))))

    assert (state_of(sent), balance_of(books, "1010")) == ("reconciled", -10000)


def test_without_an_id_amount_account_and_date_decide(books, sent):
    imported(camt(statement("1", 50000, left(sent, end_to_end="", iban=sent.iban, day="2026-06-27"))))

    assert (state_of(sent), BankLine.objects.get().match_rule) == ("reconciled", "amount_account")


def test_four_days_away_is_another_payment(books, sent):
    imported(camt(statement("1", 50000, left(sent, end_to_end="", iban=sent.iban, day="2026-06-28"))))

    assert (state_of(sent), BankLine.objects.get().state) == ("exported", "open")


def test_then_the_reference_text_decides(books, sent):
    text = f"Marketplace payout {sent.settlement.ref}"
    imported(camt(statement("1", 50000, left(sent, end_to_end="NOTPROVIDED", text=text))))

    assert (state_of(sent), BankLine.objects.get().match_rule) == ("reconciled", "reference")


def test_a_whole_file_booked_as_one_sum_reconciles_each_payout(books, sent):
    imported(camt(statement("1", 50000, left(sent, end_to_end="", info=f"{sent.batch.ref}-1"))))

    assert (state_of(sent), BankLine.objects.get().batch) == ("reconciled", sent.batch)


def test_another_amount_is_not_this_payout(books, sent):
    imported(camt(statement("1", 50000, line(-9999, "R1", end_to_end=sent.ref))))
    found = BankLine.objects.get()

    assert (state_of(sent), found.state) == ("exported", "open")
    assert sent.ref in found.note
    assert (balance_of(books, "2900"), balance_of(books, "2200")) == (9999, -10000)


def test_what_nobody_knows_waits_in_suspense_with_its_age(books, sent):
    imported(camt(statement("1", 0, line(4200, "R1", name="Somebody"), line(-300, "R2", text="Fees"))))
    [suspense] = [row for row in list_clearing_accounts() if row.code == "2900"]

    assert (suspense.minor, suspense.items) == (3900, 2)
    assert count_open_lines().by_currency == {"EUR": 3900}
    assert balance_of(books, "1010") == 3900


# ---- once


def test_the_same_file_is_taken_once(books, sent):
    content = camt(statement("1", 50000, left(sent)))
    first = imported(content)
    with pytest.raises(BankFileKnown) as refused:
        upload_bank_file("again.xml", content, actor=PREPARER)

    assert refused.value.params["ref"] == first.ref
    entries = JournalEntry.objects.count()
    assert import_bank_file(first.ref, actor=PREPARER).state == "imported"
    assert JournalEntry.objects.count() == entries


def test_the_same_statement_in_another_file_changes_nothing(books, sent):
    imported(camt(statement("1", 50000, left(sent))))
    again = imported(camt(statement("1", 50000, left(sent)), message="MSG2"))

    assert (again.result["lines"], again.result["known"], BankLine.objects.count()) == (0, 1, 1)


def test_a_line_told_again_by_the_next_statement_is_booked_once(books, sent):
    imported(camt(statement("1", 0, line(500, "R1"))))
    # A bank that repeats a line under another number, with balances as if it were new.
    again = imported(camt(statement("2", 500, line(500, "R1"))))

    assert (again.result["known"], again.result["lines"], balance_of(books, "1010")) == (1, 0, 500)


def test_the_database_takes_a_line_once(books, sent):
    imported(camt(statement("1", 0, line(500, "R1"))))
    row = BankLine.objects.get()
    row.pk, row.ref = None, "BKL-OTHER"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_statement_must_open_where_the_last_one_closed(books, sent):
    imported(camt(statement("1", 0, line(500, "R1"))))
    file = upload_bank_file("3.xml", camt(statement("3", 900, left(sent)), message="MSG3"), actor=PREPARER)
    for attempt in (preview_statements, lambda row: import_bank_file(row.ref, actor=PREPARER)):
        with pytest.raises(BankStatementGap, match="missing"):
            attempt(file)

    file.refresh_from_db()
    assert (file.state, state_of(sent), BankStatement.objects.count()) == ("uploaded", "exported", 1)
    imported(camt(statement("2", 500, line(400, "R2"))))
    assert import_bank_file(file.ref, actor=PREPARER).result["matched"] == 1


def test_statements_of_one_file_follow_each_other(books, sent):
    content = camt(
        statement("1", 50000, left(sent), day="2026-06-24"),
        statement("2", 40000, line(10000, "R2", end_to_end=sent.ref, reason="AC01"), day="2026-06-25"),
    )
    file = upload_bank_file("two.xml", content, actor=PREPARER)
    assert [plan.n_open for plan in preview_statements(file)] == [0, 0]
    import_bank_file(file.ref, actor=PREPARER)

    assert state_of(sent) == "returned"


def test_the_chain_of_statements_cannot_fork(books, sent):
    imported(camt(statement("1", 0, line(500, "R1"))))
    imported(camt(statement("2", 500, line(1, "R2"))))
    row = BankStatement.objects.get(statement_id="2")
    row.pk, row.statement_id = None, "2b"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_statement_number_with_other_balances_is_refused(books, sent):
    imported(camt(statement("1", 0, line(500, "R1"))))
    with pytest.raises(BankStatementGap, match="other balances"):
        imported(camt(statement("1", 0, line(600, "R1")), message="MSG2"))


# ---- money that comes back


def test_a_returned_payout_restores_the_balance_once_and_holds_what_follows(books, seller, sent):
    imported(camt(statement("1", 50000, left(sent))))
    imported(camt(statement("2", 40000, line(9700, "R2", end_to_end=sent.ref, reason="AC01"))))
    seller.refresh_from_db()
    account = seller.bank_accounts.get()

    assert (state_of(sent), sent.bank_reason) == ("returned", "AC01")
    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000
    assert (balance_of(books, "1010"), balance_of(books, "5020")) == (-300, 300)
    assert (account.state, account.verified_at) == ("unverified", None)
    again = retry_payout(sent.settlement.ref, actor=PREPARER)
    with pytest.raises(PayoutHeld) as held:
        claim_payout(again.ref, actor=PREPARER)
    assert held.value.params["reasons"] == ["payout_returned"]
    assert "came back" in Mail.objects.get(template="mas.bank_account_doubted").subject

    checker = operator_actor(VERIFY_BANK_ACCOUNT, user_id=77)
    verify_bank_account(seller.ref, account.ref, actor=checker, note="Called the merchant")
    assert claim_payout(again.ref, actor=PREPARER).state == "claimed"


def test_a_return_that_a_person_recorded_is_not_booked_again(books, seller, sent):
    imported(camt(statement("1", 50000, left(sent))))
    return_payout(sent.ref, bank_fee_minor=300, reason="AC01", actor=PREPARER)
    file = imported(camt(statement("2", 40000, line(9700, "R2", end_to_end=sent.ref, reason="AC01"))))

    assert (file.result["matched"], balance_of(books, "1010")) == (1, -300)
    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000


def test_money_that_comes_back_before_it_left_waits_for_a_person(books, sent):
    imported(camt(statement("1", 0, line(10000, "R1", end_to_end=sent.ref, reason="AC01"))))

    assert (state_of(sent), balance_of(books, "2900")) == ("exported", -10000)


# ---- a person resolves


def test_a_person_matches_a_line_and_suspense_is_empty_again(books, sent):
    imported(camt(statement("1", 50000, left(sent, end_to_end="", day="2026-07-20"))))
    open_line = BankLine.objects.get()
    assert list_payout_candidates(open_line) == [sent]
    for _attempt in range(2):
        match_bank_line(open_line.ref, payout_ref=sent.ref, note="Same day, same sum", actor=PREPARER)

    assert state_of(sent) == "reconciled"
    assert {code: balance_of(books, code) for code in ("1010", "2200", "2900")} == {
        "1010": -10000,
        "2200": 0,
        "2900": 0,
    }


def test_a_person_places_a_fee_line(books, sent):
    imported(camt(statement("1", 0, line(-1250, "R1", text="Account fee June"))))
    row = BankLine.objects.get()
    for _attempt in range(2):
        place_bank_line(row.ref, place="bank_charges", note="Account fee", actor=PREPARER)

    assert (balance_of(books, "2900"), balance_of(books, "5020")) == (0, 1250)
    with pytest.raises(BankLineSettled):
        match_bank_line(row.ref, payout_ref=sent.ref, note="", actor=PREPARER)


def test_a_providers_transfer_clears_its_account(books, sent):
    imported(camt(statement("1", 0, line(10000, "R1", name="Card provider"))))
    place_bank_line(BankLine.objects.get().ref, place="psp:card", note="Payout of 23 June", actor=PREPARER)

    assert (balance_of(books, "1100"), balance_of(books, "2900")) == (0, 0)


def test_a_line_is_not_matched_with_another_amount(books, sent):
    imported(camt(statement("1", 0, line(-5, "R1"))))
    with pytest.raises(BankLineSettled, match="another amount"):
        match_bank_line(BankLine.objects.get().ref, payout_ref=sent.ref, note="", actor=PREPARER)
    with pytest.raises(InvalidInput):
        place_bank_line(BankLine.objects.get().ref, place="somewhere", note="x", actor=PREPARER)
    assert balance_of(books, "2900") == 5


# ---- status reports


def test_a_rejection_restores_the_balance_once(books, seller, sent):
    content = pain002(sent.batch.ref, (sent.ref, "RJCT", "AC04"), group="PART")
    file = upload_bank_file("status.xml", content, actor=PREPARER)
    assert [(plan.effect, plan.answer.reason) for plan in preview_answers(file)] == [("reject", "AC04")]
    import_bank_file(file.ref, actor=PREPARER)
    later = imported(pain002(sent.batch.ref, (sent.ref, "RJCT", "AC06")))

    assert (state_of(sent), sent.bank_reason) == ("rejected", "AC04")
    assert (balance_of(books, "2110", merchant_id=seller.pk), balance_of(books, "2200")) == (-10000, 0)
    assert later.result["rejected"] == 0


def test_a_whole_file_is_rejected(books, sent):
    imported(pain002(sent.batch.ref, group="RJCT", reason="AM05"))

    assert (state_of(sent), sent.bank_reason) == ("rejected", "AM05")


def test_an_acceptance_is_not_yet_money_that_left(books, sent):
    imported(pain002(sent.batch.ref, (sent.ref, "ACSC", "")))
    assert (state_of(sent), balance_of(books, "2200")) == ("accepted", -10000)
    imported(camt(statement("1", 50000, left(sent))))
    assert state_of(sent) == "reconciled"


def test_an_answer_ends_the_unknown(books, sent):
    lose_track_of_payout(sent.ref, actor=PREPARER)
    imported(pain002(sent.batch.ref, (sent.ref, "RJCT", "AC04")))
    assert state_of(sent) == "rejected"


def test_a_rejection_of_what_left_is_told_not_booked(books, sent):
    execute_payout(sent.ref, actor=PREPARER)
    file = imported(pain002(sent.batch.ref, (sent.ref, "RJCT", "AC04")))

    assert state_of(sent) == "executed"
    assert sent.ref in file.result["problems"][0]


@pytest.mark.parametrize(("message", "transfer"), [("BAT-STRANGE", None), (None, "PAY-STRANGE")])
def test_answers_to_what_was_never_sent_stop_the_import(books, sent, message, transfer):
    content = pain002(message or sent.batch.ref, (transfer or sent.ref, "RJCT", "AC04"))
    with pytest.raises(BankFileUnreadable, match="STRANGE"):
        imported(content)
    assert state_of(sent) == "exported"


def test_a_discarded_file_is_not_imported_but_can_come_again(books, sent):
    content = camt(statement("1", 50000, left(sent)))
    file = discard_bank_file(upload_bank_file("x.xml", content, actor=PREPARER).ref, actor=PREPARER)
    with pytest.raises(StateRefused):
        import_bank_file(file.ref, actor=PREPARER)
    assert imported(content).state == "imported"


def test_only_who_may_send_payouts_imports():
    with pytest.raises(PermissionRefused):
        upload_bank_file("x.xml", b"<Document/>", actor=operator_actor(VIEW_FINANCE))
