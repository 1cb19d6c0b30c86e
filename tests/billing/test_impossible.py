"""What must be impossible with money, line by line: how the database forbids it, and the test that tries it.

`LINES` maps each line to its tests; the ones about closing periods stand with the periods. Where a race is the way in,
two real processes try it at the same moment, each with a connection of its own.
"""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F

from backoffice.kernel import clock
from backoffice.kernel.periodic import run_due
from billing.entries.drafts import Line, merchant
from billing.errors import FileMismatch, NotEnoughAvailable, PayoutHeld, PayoutNotSendable, SamePerson
from billing.models import (
    BankFile,
    BankLine,
    JournalEntry,
    Payout,
    PayoutBatch,
    Settlement,
    SettlementApproval,
    SettlementLine,
)
from billing.operations.bank_files import import_bank_file, upload_bank_file
from billing.operations.holds import hold_payouts
from billing.operations.payout_files import WRITERS, create_batch, download_batch
from billing.operations.payouts import (
    claim_payout,
    lose_track_of_payout,
    reject_payout,
    retry_payout,
)
from billing.operations.settlement_run import run_settlements
from tests.billing.at_once import at_once
from tests.billing.bank_messages import camt, line, statement
from tests.billing.payout_stories import (
    APPROVER,
    MONDAY,
    PREPARER,
    WEDNESDAY,
    approved,
    batch_of,
    paid_out,
    reviewed,
    settle,
)
from tests.factories import mas, mms
from tests.factories.actors import operator_actor
from tests.factories.billing import balance_of, entity, funded, posted

HERE = "tests.billing.test_impossible"
LINES = {
    "two live payouts for one settlement": (
        f"{HERE}:test_two_live_payouts",
        f"{HERE}:test_two_who_send_again_at_once_make_one_payout",
    ),
    "export without claim row": (
        f"{HERE}:test_export_without_claim",
        "tests.billing.test_signed_stays:test_a_payout_that_the_journal_never_claimed_is_not_sent",
    ),
    "amount above available at claim": (
        f"{HERE}:test_claim_above_available",
        f"{HERE}:test_two_who_claim_at_once_take_the_amount_once",
        f"{HERE}:test_a_claim_and_a_refund_at_once_never_overdraw",
        "tests.billing.test_ledger:test_parallel_payouts_never_overdraw",
    ),
    "payout to a held merchant, at claim and again at export": (f"{HERE}:test_payout_to_a_held_merchant",),
    "payout of an amount that is held, at claim and again at export": (
        "tests.billing.test_amount_holds:test_what_is_left_must_cover_what_is_held",
        "tests.billing.test_incident_races:test_an_incident_and_the_bank_file_at_once",
    ),
    "approver = preparer": (f"{HERE}:test_approver_is_preparer", f"{HERE}:test_sender_is_signer"),
    "edit after approval": (
        f"{HERE}:test_edit_after_approval",
        f"{HERE}:test_edit_after_claim",
        "tests.billing.test_signed_stays:test_an_issued_statement_does_not_become_changeable_again",
        "tests.billing.test_signed_stays:test_a_signature_is_neither_changed_nor_taken_away",
    ),
    "a movement on two statements": (
        f"{HERE}:test_movement_on_two_statements",
        f"{HERE}:test_two_runs_at_once_write_each_statement_once",
    ),
    "closing a period with something unfinished or unexplained in it": (
        "tests.billing.test_period_closing:test_entries_without_their_journal_number_keep_the_month_open",
        "tests.billing.test_period_closing:test_suspense_is_accepted_up_to_the_limit_of_the_company",
        "tests.billing.test_period_closing:test_a_receivable_nobody_explained_keeps_the_month_open_and_an_explanation_closes_it",
        "tests.billing.test_period_closing:test_a_signed_statement_that_is_not_paid_keeps_its_month_open",
        "tests.billing.test_ledger_guards:TestSealing",
    ),
    "posting into a closed period": (
        "tests.billing.test_ledger:test_the_database_refuses_an_entry_into_a_closed_month",
        "tests.billing.test_period_races:test_who_posts_while_a_month_is_closed_never_lands_in_it_afterwards",
    ),
    "deleting or renumbering an issued document": (
        "tests.billing.test_statement_numbers:test_the_database_keeps_a_given_number",
        "tests.billing.test_statement_numbers:test_a_numbered_statement_is_not_deleted",
        "tests.kernel.test_numbering:test_the_database_refuses_to_renumber",
    ),
    "reversing an entry twice": (
        "tests.billing.test_ledger:test_an_entry_is_reversed_once_and_a_reversal_never",
        "tests.billing.test_period_races:test_two_who_reverse_at_once_reverse_once",
        "tests.billing.test_signed_stays:test_a_reversal_is_not_reversed_by_anybody",
    ),
    "refund above captured": (
        "tests.billing.test_order_money:test_a_refund_above_the_capture_is_refused_and_changes_nothing",
        "tests.oms.test_races:test_refunds_at_the_same_moment_never_exceed_what_was_paid",
    ),
    "auto-retry from unknown": (f"{HERE}:test_retry_from_unknown",),
    "negative payout": (f"{HERE}:test_negative_payout",),
    "a file whose sum differs from the journal": (f"{HERE}:test_file_sum_differs",),
    "a bank line booked twice": (f"{HERE}:test_two_who_import_at_once_book_once",),
}


@pytest.mark.parametrize("what", LINES)
def test_every_line_has_its_tests(what):
    for place in LINES[what]:
        module, name = place.split(":")
        assert callable(getattr(import_module(module), name))


# ---- what one alone may try


@pytest.mark.django_db
def test_two_live_payouts(books, seller):
    payout = paid_out(books, seller)
    payout.pk, payout.ref, payout.attempt = None, "PAY-OTHER", 2
    with pytest.raises(IntegrityError), transaction.atomic():
        payout.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["exported", "accepted", "executed", "reconciled", "unknown"])
def test_export_without_claim(books, seller, state):
    payout = paid_out(books, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state=state)
    # Claimed by the look of it, yet in no file.
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state=state, claimed_at=clock.now())


@pytest.mark.django_db
def test_claim_above_available(books, seller):
    payout = paid_out(books, seller)
    posted(books.pk, Line("2110", 1, "EUR", merchant(seller.pk), "refund"), Line("2300", -1, "EUR"))
    with pytest.raises(NotEnoughAvailable):
        claim_payout(payout.ref, actor=PREPARER)
    assert (Payout.objects.get().state, balance_of(books, "2200")) == ("created", 0)


HOLDS: dict[str, Callable[[Any], Any]] = {
    "merchant_not_active": lambda shop: type(shop).objects.filter(pk=shop.pk).update(
        status="suspended", suspension_type="manual"
    ),
    "kyc_not_approved": lambda shop: type(shop).objects.filter(pk=shop.pk).update(kyc_status="refused"),
    "bank_account_not_verified": lambda shop: shop.bank_accounts.update(state="unverified", verified_at=None),
    "no_bank_account": lambda shop: shop.bank_accounts.update(state="replaced"),
    "held_by_finance": lambda shop: hold_payouts(shop.ref, reason="Open incident", actor=PREPARER),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["claim", "export"])
@pytest.mark.parametrize("code", HOLDS)
def test_payout_to_a_held_merchant(books, seller, code, moment):
    payout = paid_out(books, seller)
    if moment == "export":
        claim_payout(payout.ref, actor=PREPARER)
    HOLDS[code](seller)
    with pytest.raises(PayoutHeld) as refused:
        claim_payout(payout.ref, actor=PREPARER) if moment == "claim" else batch_of(payout)

    assert code in refused.value.params["reasons"]
    assert PayoutBatch.objects.count() == 0


@pytest.mark.django_db
def test_approver_is_preparer(books, seller):
    settlement = reviewed(books, seller)
    own = operator_actor("billing.approve_settlement", user_id=PREPARER.user_id)
    with pytest.raises(SamePerson):
        approved(settlement, own)
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementApproval.objects.create(
            settlement=settlement,
            user_id=PREPARER.user_id,
            label="x",
            statement_sha256=settlement.statement_sha256,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Settlement.objects.filter(pk=settlement.pk).update(approved_by_user_id=PREPARER.user_id)


@pytest.mark.django_db
def test_who_changed_the_bank_account_lately_does_not_approve(books, seller):
    person = mms.operator_user("finance-approver")
    settlement = reviewed(books, seller)
    Settlement.objects.filter(pk=settlement.pk).update(prepared_by_user_id=person.pk + 1)
    approver = operator_actor("billing.approve_settlement", user_id=person.pk)
    # Changed and replaced since: the account of today is somebody else's doing.
    old = mas.bank_account(seller, state="replaced", verified_at=None, changed_by=person)
    with pytest.raises(SamePerson, match="bank account"):
        approved(settlement, approver)

    type(old).objects.filter(pk=old.pk).update(changed_at=clock.now() - timedelta(days=8))
    approved(settlement, approver)
    assert Settlement.objects.get().state == "payable"


@pytest.mark.django_db
def test_sender_is_signer(books, seller):
    payout = paid_out(books, seller)
    with pytest.raises(SamePerson):
        claim_payout(payout.ref, actor=APPROVER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(claimed_by_user_id=APPROVER.user_id)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["payable_minor", "closing_minor", "opening_minor", "max_seq"])
def test_edit_after_approval(books, seller, field):
    settlement = paid_out(books, seller).settlement
    with pytest.raises(DatabaseError), transaction.atomic():
        Settlement.objects.filter(pk=settlement.pk).update(**{field: F(field) + 1})
    with pytest.raises(DatabaseError), transaction.atomic():
        settlement.lines.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"amount_minor": 1}, {"iban": "FR1420041010050500013M02606"}])
def test_edit_after_claim(books, seller, change):
    payout = paid_out(books, seller)
    claim_payout(payout.ref, actor=PREPARER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(**change)


@pytest.mark.django_db
def test_movement_on_two_statements(books, seller):
    first = reviewed(books, seller)
    with clock.frozen_at(MONDAY):
        funded(books, seller.pk, 5)
    settle(books, MONDAY + timedelta(days=7))
    second = Settlement.objects.exclude(pk=first.pk).get()
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementLine.objects.bulk_create(
            [SettlementLine(posting_id=first.lines.get().posting_id, settlement=second)]
        )


@pytest.mark.django_db
def test_retry_from_unknown(books, seller):
    payout = paid_out(books, seller)
    batch_of(payout)
    lose_track_of_payout(payout.ref, actor=PREPARER)
    with clock.shifted(timedelta(days=40)):
        run_due()
        with pytest.raises(PayoutNotSendable):
            retry_payout(payout.settlement.ref, actor=PREPARER)
        with pytest.raises(PayoutNotSendable):
            batch_of(payout)
    assert (Payout.objects.get().state, balance_of(books, "2200")) == ("unknown", -10000)


@pytest.mark.django_db
@pytest.mark.parametrize("amount", [0, -1])
def test_negative_payout(books, seller, amount):
    payout = paid_out(books, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(amount_minor=amount)


@pytest.mark.django_db
def test_file_sum_differs(books, seller, monkeypatch):
    payout = paid_out(books, seller)
    monkeypatch.setitem(WRITERS, "csv", lambda file: "amount\n1\n")
    with pytest.raises(FileMismatch):
        create_batch([payout.ref], file_format="csv", execution_on=MONDAY.date(), actor=PREPARER)
    assert (Payout.objects.get().state, PayoutBatch.objects.count()) == ("created", 0)
    monkeypatch.undo()

    batch = batch_of(payout)
    PayoutBatch.objects.filter(pk=batch.pk).update(total_minor=9999)
    with pytest.raises(FileMismatch):
        download_batch(batch.ref, actor=PREPARER)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutBatch.objects.filter(pk=batch.pk).update(downloaded_at=clock.now())


# ---- what two may try at the same moment


@pytest.mark.django_db(transaction=True)
def test_two_who_send_again_at_once_make_one_payout(books, seller):
    payout = paid_out(books, seller)
    batch_of(payout)
    reject_payout(payout.ref, reason="AC04", actor=PREPARER)

    def again() -> None:
        retry_payout(payout.settlement.ref, actor=PREPARER)

    codes = at_once(again, again)
    assert codes[0] == 0
    assert codes[1] in (1, 2)
    assert Payout.objects.filter(state="created").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_claim_at_once_take_the_amount_once(books, seller):
    payout = paid_out(books, seller)

    def claim() -> None:
        claim_payout(payout.ref, actor=PREPARER)

    assert at_once(claim, claim)[0] == 0
    assert (balance_of(books, "2200"), balance_of(books, "2110", merchant_id=seller.pk)) == (-10000, 0)
    assert JournalEntry.objects.filter(event_type="payout_claimed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_claim_and_a_refund_at_once_never_overdraw(books, seller):
    payout = paid_out(books, seller)

    def refund() -> None:
        posted(
            books.pk,
            Line("2110", 1, "EUR", merchant(seller.pk), "payout", guarded=True),
            Line("2300", -1, "EUR"),
        )

    codes = at_once(lambda: claim_payout(payout.ref, actor=PREPARER), refund)
    assert codes == [0, 1]
    assert balance_of(books, "2110", merchant_id=seller.pk) in (0, -9999)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_write_each_statement_once():
    books = entity()
    with clock.frozen_at(WEDNESDAY):
        for _number in range(5):
            shop = mas.merchant()
            for _movement in range(3):
                funded(books, shop.pk, 100)

    def run() -> None:
        with clock.frozen_at(MONDAY):
            run_settlements(books.code, actor=PREPARER)

    assert at_once(run, run) == [0, 0]
    assert (Settlement.objects.count(), SettlementLine.objects.count()) == (5, 15)
    assert set(Settlement.objects.values_list("n_lines", flat=True)) == {3}


@pytest.mark.django_db(transaction=True)
def test_two_who_import_at_once_book_once(books, seller):
    payout = paid_out(books, seller)
    batch_of(payout)
    content = camt(statement("1", 0, line(-10000, "R1", end_to_end=payout.ref), line(700, "R2")))
    file = upload_bank_file("june.xml", content, actor=PREPARER)

    def book() -> None:
        import_bank_file(file.ref, actor=PREPARER)

    assert at_once(book, book)[0] == 0
    assert BankFile.objects.get().state == "imported"
    assert BankLine.objects.count() == 2
    assert (balance_of(books, "1010"), balance_of(books, "2200"), balance_of(books, "2900")) == (
        -9300,
        0,
        -700,
    )
