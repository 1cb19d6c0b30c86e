"""From a signed statement to the bank: holds, claims, files, answers, and what must be impossible."""

from pathlib import Path

import pytest
import xmlschema
from django.db import IntegrityError, transaction

from billing.bankfiles.plain import safe_cell
from billing.entries.drafts import Line, merchant
from billing.errors import (
    EntityIncomplete,
    FileMismatch,
    NotEnoughAvailable,
    PayoutHeld,
    PayoutNotSendable,
    SamePerson,
    StatementChanged,
)
from billing.models import Payout, PayoutBatch
from billing.operations.holds import hold_payouts, release_hold
from billing.operations.payout_files import control_of, download_batch, write_file
from billing.operations.payouts import (
    cancel_payout,
    claim_payout,
    execute_batch,
    execute_payout,
    lose_track_of_payout,
    reject_payout,
    retry_payout,
    return_payout,
)
from billing.operations.settlement_review import (
    release_held_settlements,
)
from tests.billing.payout_stories import APPROVER, PREPARER, approved, batch_of, paid_out, reviewed
from tests.factories.billing import balance_of, posted

pytestmark = pytest.mark.django_db


# ---- holds


def test_a_held_merchant_waits_until_the_hold_is_lifted(books, seller):
    hold = hold_payouts(seller.ref, reason="Documents missing", actor=PREPARER)
    settlement = approved(reviewed(books, seller))
    assert (settlement.state, Payout.objects.count()) == ("on_hold", 0)

    assert release_held_settlements() == 0
    release_hold(hold.ref, actor=PREPARER)
    assert release_held_settlements() == 1
    assert Payout.objects.get().amount_minor == 10000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "suspended", "suspension_type": "manual"}, "merchant_not_active"),
        ({"kyc_status": "refused"}, "kyc_not_approved"),
    ],
)
def test_a_merchant_blocked_after_approval_is_not_claimed(books, seller, change, code):
    payout = paid_out(books, seller)
    type(seller).objects.filter(pk=seller.pk).update(**change)

    with pytest.raises(PayoutHeld) as refused:
        claim_payout(payout.ref, actor=PREPARER)

    assert refused.value.params["reasons"] == [code]
    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000


def test_an_unverified_account_is_not_paid(books, seller):
    payout = paid_out(books, seller)
    seller.bank_accounts.update(state="unverified", verified_at=None)
    with pytest.raises(PayoutHeld):
        claim_payout(payout.ref, actor=PREPARER)


def test_a_merchant_blocked_between_claim_and_export_is_not_exported(books, seller):
    payout = paid_out(books, seller)
    claim_payout(payout.ref, actor=PREPARER)
    hold_payouts(seller.ref, reason="Suspicion", actor=PREPARER)

    with pytest.raises(PayoutHeld):
        batch_of(payout)

    payout.refresh_from_db()
    assert (payout.state, PayoutBatch.objects.count()) == ("claimed", 0)


def test_an_account_changed_between_claim_and_export_is_not_paid(books, seller):
    payout = paid_out(books, seller)
    claim_payout(payout.ref, actor=PREPARER)
    seller.bank_accounts.update(account_number="FR1420041010050500013M02606")

    with pytest.raises(PayoutHeld):
        batch_of(payout)


# ---- payouts


def test_the_whole_way_to_the_bank(books, seller):
    payout = paid_out(books, seller)
    batch = batch_of(payout)
    assert balance_of(books, "2200") == -10000
    assert execute_batch(batch.ref, actor=PREPARER) == 1
    assert execute_batch(batch.ref, actor=PREPARER) == 0

    payout.refresh_from_db()
    assert (payout.state, payout.settlement.state) == ("executed", "paid")
    assert {code: balance_of(books, code) for code in ("2110", "2200", "1010")} == {
        "2110": 0,
        "2200": 0,
        "1010": -10000,
    }


def test_a_payout_is_claimed_once(books, seller):
    payout = paid_out(books, seller)
    for _attempt in range(2):
        claim_payout(payout.ref, actor=PREPARER)

    assert balance_of(books, "2200") == -10000


def test_the_approver_does_not_send_the_money(books, seller):
    payout = paid_out(books, seller)
    with pytest.raises(SamePerson):
        claim_payout(payout.ref, actor=APPROVER)


def test_a_payout_above_what_is_available_is_not_claimed(books, seller):
    payout = paid_out(books, seller)
    posted(books.pk, Line("2110", 1, "EUR", merchant(seller.pk), "refund"), Line("2300", -1, "EUR"))

    with pytest.raises(NotEnoughAvailable):
        claim_payout(payout.ref, actor=PREPARER)

    payout.refresh_from_db()
    assert (payout.state, balance_of(books, "2200")) == ("created", 0)


def test_two_live_payouts_of_one_statement_are_impossible(books, seller):
    payout = paid_out(books, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.create(
            settlement=payout.settlement,
            merchant=seller,
            entity=books,
            currency="EUR",
            amount_minor=1,
            attempt=2,
            statement_sha256=payout.statement_sha256,
        )
    with pytest.raises(PayoutNotSendable):
        retry_payout(payout.settlement.ref, actor=PREPARER)


@pytest.mark.parametrize("amount", [0, -5])
def test_a_payout_of_nothing_or_less_is_impossible(books, seller, amount):
    payout = paid_out(books, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(amount_minor=amount)


def test_an_export_without_a_claim_is_impossible(books, seller):
    payout = paid_out(books, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state="exported")


def test_an_altered_amount_is_never_sent(books, seller):
    payout = paid_out(books, seller)
    Payout.objects.filter(pk=payout.pk).update(amount_minor=9999)
    with pytest.raises(StatementChanged):
        claim_payout(payout.ref, actor=PREPARER)


def test_a_rejected_payout_is_available_again_and_can_be_sent_anew(books, seller):
    payout = paid_out(books, seller)
    batch_of(payout)
    reject_payout(payout.ref, reason="AC04 closed account", actor=PREPARER)
    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000

    again = retry_payout(payout.settlement.ref, actor=PREPARER)
    claim_payout(again.ref, actor=PREPARER)
    assert (again.attempt, balance_of(books, "2110", merchant_id=seller.pk)) == (2, 0)


def test_a_returned_payout_restores_the_balance_once(books, seller):
    payout = paid_out(books, seller)
    execute_batch(batch_of(payout).ref, actor=PREPARER)
    for _attempt in range(2):
        return_payout(payout.ref, bank_fee_minor=300, reason="AC01", actor=PREPARER)

    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000
    assert (balance_of(books, "1010"), balance_of(books, "5020")) == (-300, 300)


def test_the_unknown_keeps_the_money_in_transit_and_nothing_sends_it_again(books, seller):
    payout = paid_out(books, seller)
    batch_of(payout)
    lose_track_of_payout(payout.ref, actor=PREPARER)

    with pytest.raises(PayoutNotSendable):
        retry_payout(payout.settlement.ref, actor=PREPARER)
    with pytest.raises(PayoutNotSendable):
        batch_of(payout)
    assert balance_of(books, "2200") == -10000
    assert execute_payout(payout.ref, actor=PREPARER).state == "executed"


def test_a_claimed_payout_cannot_be_cancelled(books, seller):
    payout = paid_out(books, seller)
    claim_payout(payout.ref, actor=PREPARER)
    with pytest.raises(PayoutNotSendable):
        cancel_payout(payout.ref, reason="Changed our mind", actor=PREPARER)


# ---- files


def test_the_bank_file_is_valid_and_adds_up(books, seller):
    batch = batch_of(paid_out(books, seller))
    control = control_of(batch)

    assert (control.count, control.total_minor) == (1, 10000)
    assert f"<MsgId>{batch.ref}</MsgId>" in batch.content
    outside = Path(__file__).resolve().parents[3] / "shared" / "data" / "iso20022" / "pain.001.001.09.xsd"
    if outside.exists():
        xmlschema.XMLSchema(str(outside)).validate(batch.content)


def test_writing_the_file_again_gives_the_same_bytes(books, seller):
    batch = batch_of(paid_out(books, seller))

    assert write_file(batch, list(batch.payouts.all())) == batch.content


def test_a_tampered_file_is_not_handed_out(books, seller):
    batch = batch_of(paid_out(books, seller))
    PayoutBatch.objects.filter(pk=batch.pk).update(content=batch.content.replace("100.00", "900.00"))
    with pytest.raises(FileMismatch):
        download_batch(batch.ref, actor=PREPARER)


def test_a_file_is_not_handed_to_an_approver(books, seller):
    batch = batch_of(paid_out(books, seller))
    with pytest.raises(SamePerson):
        download_batch(batch.ref, actor=APPROVER)
    assert download_batch(batch.ref, actor=PREPARER).downloaded_at is not None


def test_a_csv_file_carries_the_same_figures(books, seller):
    batch = batch_of(paid_out(books, seller), file_format="csv")

    assert control_of(batch).total_minor == 10000
    assert "100.00,EUR" in batch.content


@pytest.mark.parametrize("text", ["=1+1", "+49", "-5", "@cmd", "\tx"])
def test_no_cell_is_a_formula(text):
    assert safe_cell(text) == f"'{text}"


def test_without_a_bank_account_of_its_own_the_entity_sends_nothing(books, seller):
    payout = paid_out(books, seller)
    type(books).objects.filter(pk=books.pk).update(iban="")
    with pytest.raises(EntityIncomplete):
        batch_of(payout)
    assert balance_of(books, "2200") == 0
