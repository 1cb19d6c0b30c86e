"""A hold set after the bank file was written is told, and its payout is taken out of the file by two people."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, PermissionRefused
from billing.errors import FileVoid, PayoutHeld, PayoutNotSendable, SamePerson
from billing.models import BankLine, Payout, PayoutBatch
from billing.operations.bank_files import import_bank_file, preview_answers, upload_bank_file
from billing.operations.holds import hold_payouts, release_hold
from billing.operations.payout_files import control_of, download_batch
from billing.operations.payouts import execute_batch, execute_payout, lose_track_of_payout
from billing.operations.withdrawals import ask_to_withdraw_payouts, keep_batch, withdraw_payouts
from billing.permissions import HOLD_PAYOUTS, SEND_PAYOUTS
from billing.selectors.late_holds import find_late_holds
from tests.billing.bank_messages import camt, line, pain002, statement
from tests.billing.payout_stories import APPROVER, PREPARER, batch_of, paid_out
from tests.factories import mas, mms
from tests.factories.actors import operator_actor
from tests.factories.billing import balance_of, funded

pytestmark = pytest.mark.django_db

OTHER = operator_actor(SEND_PAYOUTS, HOLD_PAYOUTS, user_id=21, label="Otto Other")
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
WEDNESDAY = datetime(2026, 6, 24, 9, tzinfo=UTC)
LATER = datetime(2026, 6, 24, 12, tzinfo=UTC)


@pytest.fixture
def shops(seller):
    other = mas.merchant()
    mas.bank_account(other, state="verified", changed_at=LONG_AGO, verified_at=LONG_AGO)
    return seller, other


@pytest.fixture
def pair(books, shops):
    """Two payouts of two merchants in one file, written at nine."""
    payouts = [paid_out(books, shop) for shop in shops]
    with clock.frozen_at(WEDNESDAY):
        batch_of(*payouts)
    return list(Payout.objects.filter(pk__in=[row.pk for row in payouts]).order_by("pk"))


def held(shop, **fields):
    with clock.frozen_at(LATER):
        return hold_payouts(shop.ref, reason="Police inquiry", actor=PREPARER, **fields)


def asked(batch, *payouts, is_not_at_bank=False):
    return ask_to_withdraw_payouts(
        batch.ref,
        [row.ref for row in payouts],
        reason="Police inquiry",
        is_not_at_bank=is_not_at_bank,
        actor=PREPARER,
    )


def fresh(row):
    row.refresh_from_db()
    return row


def late(*payouts):
    return set(find_late_holds(payouts))


def test_only_holds_set_after_the_file_are_told(shops, pair):
    first, second = pair
    assert late(first, second) == set()
    hold = held(shops[0])
    assert late(first, second) == {first.ref}
    (told,) = find_late_holds(pair)[first.ref]
    assert (told.hold, told.batch_ref) == (hold, first.batch.ref)
    release_hold(hold.ref, actor=PREPARER)
    assert late(first, second) == set()


def test_a_held_amount_is_told_when_the_balance_does_not_cover_it(books, shops, pair):
    held(shops[0], amount_minor=3000, currency="EUR")
    assert late(*pair) == {pair[0].ref}
    funded(books, shops[0].pk, 3000)
    assert late(*pair) == set()
    held(shops[0], amount_minor=1, currency="EUR")
    assert late(*pair) == {pair[0].ref}


def test_what_the_bank_has_answered_is_told_no_more(shops, pair):
    held(shops[0])
    execute_payout(pair[0].ref, actor=PREPARER)
    assert late(*pair) == set()


def test_the_file_is_void_and_another_one_carries_the_rest(books, shops, pair):
    first, second = pair
    old = first.batch
    hold = held(shops[0])
    asked(old, first)
    for _attempt in range(2):
        withdraw_payouts(old.ref, actor=OTHER)

    new = fresh(old).replaced_by
    assert (fresh(first).state, first.batch) == ("claimed", None)
    assert (fresh(second).state, second.batch) == ("exported", new)
    assert (control_of(new).count, control_of(new).total_minor) == (1, 10000)
    assert new.ref in new.content
    assert old.ref not in new.content
    assert first.ref not in new.content
    assert PayoutBatch.objects.count() == 2
    assert balance_of(books, "2200") == -20000
    for refused in (download_batch, execute_batch):
        with pytest.raises(FileVoid, match="void"):
            refused(old.ref, actor=PREPARER)
    with pytest.raises(PayoutHeld):
        batch_of(first)
    release_hold(hold.ref, actor=PREPARER)
    assert batch_of(first).n_payouts == 1


def test_when_nothing_is_left_there_is_no_other_file(shops, pair):
    old = pair[0].batch
    asked(old, *pair)
    withdraw_payouts(old.ref, actor=OTHER)

    assert [fresh(row).state for row in pair] == ["claimed", "claimed"]
    assert not PayoutBatch.objects.filter(replaces=old).exists()
    assert [row["amount_minor"] for row in fresh(old).void_contents] == [10000, 10000]


def test_what_is_held_too_by_then_waits_with_the_others(shops, pair):
    old = pair[0].batch
    asked(old, pair[0])
    held(shops[1])
    withdraw_payouts(old.ref, actor=OTHER)
    assert [fresh(row).state for row in pair] == ["claimed", "claimed"]


def test_while_it_is_asked_the_file_stays_where_it_is(pair):
    old = pair[0].batch
    for _attempt in range(2):
        asked(old, pair[0])
    for refused in (download_batch, execute_batch):
        with pytest.raises(FileVoid, match="Paula Preparer"):
            refused(old.ref, actor=PREPARER)
    keep_batch(old.ref, actor=PREPARER)
    assert download_batch(old.ref, actor=PREPARER).ref == old.ref


def test_it_takes_two_people_and_never_who_signed(books, shops, pair):
    old = pair[0].batch
    with pytest.raises(SamePerson):
        ask_to_withdraw_payouts(old.ref, [pair[0].ref], reason="x", is_not_at_bank=True, actor=APPROVER)
    with pytest.raises(FileVoid, match="Nobody asked"):
        withdraw_payouts(old.ref, actor=OTHER)
    asked(old, pair[0])
    with pytest.raises(SamePerson):
        withdraw_payouts(old.ref, actor=PREPARER)
    with pytest.raises(PermissionRefused):
        withdraw_payouts(old.ref, actor=operator_actor(SEND_PAYOUTS, user_id=22))
    assert fresh(old).voided_at is None


def test_the_database_refuses_one_person_as_both(pair):
    old = pair[0].batch
    asked(old, *pair)
    withdraw_payouts(old.ref, actor=OTHER)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutBatch.objects.filter(pk=old.pk).update(voided_by_user_id=PREPARER.user_id)


def test_a_file_that_was_handed_out_needs_the_word_that_the_bank_has_it_not(pair):
    old = download_batch(pair[0].batch.ref, actor=PREPARER)
    with pytest.raises(InvalidInput, match="handed out"):
        asked(old, pair[0])
    asked(old, pair[0], is_not_at_bank=True)
    withdraw_payouts(old.ref, actor=OTHER)
    assert fresh(pair[0]).state == "claimed"


@pytest.mark.parametrize("answer", [execute_payout, lose_track_of_payout])
@pytest.mark.parametrize("moment", ["before", "between"])
def test_nothing_is_taken_out_of_a_file_the_bank_has(pair, answer, moment):
    first, second = pair
    old = first.batch
    if moment == "between":
        asked(old, first)
    answer(second.ref, actor=PREPARER)
    with pytest.raises(PayoutNotSendable, match=second.ref):
        asked(old, first) if moment == "before" else withdraw_payouts(old.ref, actor=OTHER)
    assert (fresh(first).state, fresh(old).voided_at) == ("exported", None)


def test_only_payouts_of_the_file_are_taken_out(pair):
    with pytest.raises(InvalidInput):
        ask_to_withdraw_payouts(pair[0].batch.ref, [], reason="x", is_not_at_bank=False, actor=PREPARER)
    with pytest.raises(InvalidInput):
        ask_to_withdraw_payouts(
            pair[0].batch.ref, ["PAY-STRANGE"], reason="x", is_not_at_bank=False, actor=PREPARER
        )


def test_an_acceptance_of_the_void_file_is_a_warning_and_moves_nothing(pair):
    old = pair[0].batch
    asked(old, pair[0])
    withdraw_payouts(old.ref, actor=OTHER)
    file = upload_bank_file("status.xml", pain002(old.ref, (pair[0].ref, "ACCP", "")), actor=PREPARER)
    (plan,) = preview_answers(file)
    assert (plan.effect, "void file" in plan.problem) == ("", True)
    assert old.ref in import_bank_file(file.ref, actor=PREPARER).result["problems"][0]
    assert fresh(pair[0]).state == "claimed"


def test_money_that_left_with_the_void_file_waits_in_suspense(books, pair):
    old = pair[0].batch
    asked(old, pair[0])
    withdraw_payouts(old.ref, actor=OTHER)
    content = camt(statement("1", 0, line(-10000, "R1", end_to_end=pair[0].ref)))
    import_bank_file(upload_bank_file("s.xml", content, actor=PREPARER).ref, actor=PREPARER)

    assert BankLine.objects.get().state == "open"
    assert balance_of(books, "2900") == 10000


def test_finance_sees_it_and_two_people_do_it_on_the_pages(shops, pair, client):
    first, second = pair
    old = first.batch
    held(shops[0])
    finance = mms.sign_in(client, mms.operator_user("finance"))
    home = finance.get(reverse("console:billing-finance-home")).content.decode()
    assert "Payouts held since their file was written" in home
    listed = finance.get(reverse("console:billing-payout-list"), {"held": "yes"}).content.decode()
    assert (first.ref in listed, second.ref in listed) == (True, False)
    assert (
        "Police inquiry"
        in finance.get(reverse("console:billing-payout-detail", args=[first.ref])).content.decode()
    )
    page = reverse("console:billing-batch-detail", args=[old.ref])
    assert "Police inquiry" in finance.get(page).content.decode()
    form = reverse("console:billing-batch-withdraw", args=[old.ref])
    assert finance.get(form).context["form"].initial["payouts"] == [first.ref]
    finance.post(form, {"payouts": [first.ref], "reason": "Inquiry of 24 June"})
    assert "Another person must confirm" in finance.get(page).content.decode()
    other = mms.sign_in(Client(), mms.operator_user("finance-approver"))
    other.post(reverse("console:billing-batch-void", args=[old.ref]))

    new = fresh(old).replaced_by
    shown = other.get(page).content.decode()
    assert new.ref in shown
    assert "void" in shown
    assert old.ref in other.get(reverse("console:billing-batch-detail", args=[new.ref])).content.decode()
    assert other.get(reverse("console:billing-batch-list"), {"to_void": "no"}).status_code == 200
