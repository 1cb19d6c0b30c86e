"""An amount is held first and decided later: charged in whole or in part, lifted, or lapsed; once, whoever is first."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, PermissionRefused, StateRefused
from backoffice.kernel.models import AuditEntry
from backoffice.kernel.money import Money
from billing.errors import PayoutHeld
from billing.hold_invariants import held_charges_match
from billing.models import Adjustment, AdjustmentState, Hold
from billing.operations.adjustments import approve_adjustment, refuse_adjustment
from billing.operations.held_charges import charge_held_amount
from billing.operations.holds import hold_payouts, lapse_holds, release_hold
from billing.operations.payouts import claim_payout
from billing.permissions import ADJUST_BALANCE, APPROVE_ADJUSTMENT, HOLD_PAYOUTS
from billing.selectors.merchant_money import get_merchant_money
from billing.selectors.payout_blocks import list_payout_blocks
from billing.selectors.payout_holds import BalanceKey, sum_held
from tests.billing.at_once import at_once
from tests.billing.payout_stories import PREPARER, paid_out
from tests.factories.actors import operator_actor
from tests.factories.billing import balance_of, funded

pytestmark = pytest.mark.django_db

CLERK = operator_actor(ADJUST_BALANCE, HOLD_PAYOUTS, label="Clara Clerk", user_id=5)
DECIDER = operator_actor(APPROVE_ADJUSTMENT, label="Dora Decider", user_id=6)


def held(seller, amount=5000, **terms):
    return hold_payouts(
        seller.ref, reason="Damaged goods claimed", amount_minor=amount, currency="EUR", actor=CLERK, **terms
    )


def charged(hold, books, amount=3000):
    return charge_held_amount(
        hold.ref, entity=books, amount=Money(amount, "EUR"), reason="Claim of the buyer", actor=CLERK
    )


def kept(books, seller):
    return sum_held(BalanceKey(books.pk, seller.pk, "EUR"))


def tomorrow():
    return clock.now() + timedelta(days=1)


@pytest.mark.parametrize("amount", [1, 3000, 5000])
def test_a_charge_is_booked_with_its_hold_and_the_rest_is_free(books, seller, amount):
    funded(books, seller.pk, 10000)
    hold = held(seller)
    charge = charged(hold, books, amount)
    assert (kept(books, seller), balance_of(books, "2110", merchant_id=seller.pk)) == (5000, -10000)

    for _again in range(2):
        approve_adjustment(charge.ref, actor=DECIDER)
    hold.refresh_from_db()
    assert (hold.ended_as, hold.released_by_label, kept(books, seller)) == ("charged", "Dora Decider", 0)
    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000 + amount
    assert list(held_charges_match()) == []


def test_the_same_charge_twice_is_one_and_another_amount_waits_for_the_first(books, seller):
    hold = held(seller)
    assert charged(hold, books) == charged(hold, books)
    with pytest.raises(StateRefused, match=Adjustment.objects.get().ref):
        charged(hold, books, 3001)
    assert Adjustment.objects.count() == 1


def test_no_more_is_charged_than_is_held(books, seller):
    hold = held(seller)
    with pytest.raises(InvalidInput) as refused:
        charged(hold, books, 5001)
    assert "amount" in refused.value.fields
    with pytest.raises(InvalidInput):
        charge_held_amount(hold.ref, entity=books, amount=Money(1, "USD"), reason="x", actor=CLERK)
    assert not Adjustment.objects.exists()


def test_a_refused_charge_leaves_the_amount_held_for_another(books, seller):
    hold = held(seller)
    refuse_adjustment(charged(hold, books).ref, actor=DECIDER)
    assert kept(books, seller) == 5000
    second = charged(hold, books, 4000)
    assert (second.state, Adjustment.objects.count()) == (AdjustmentState.PROPOSED, 2)


def test_a_hold_is_not_lifted_while_its_charge_waits_nor_after_it_was_booked(books, seller):
    hold = held(seller)
    charge = charged(hold, books)
    with pytest.raises(StateRefused, match=charge.ref):
        release_hold(hold.ref, actor=CLERK)
    approve_adjustment(charge.ref, actor=DECIDER)
    with pytest.raises(StateRefused, match="charged"):
        release_hold(hold.ref, actor=CLERK)


def test_what_is_lifted_cannot_be_charged(books, seller):
    hold = held(seller)
    release_hold(hold.ref, actor=CLERK)
    with pytest.raises(StateRefused, match="no longer held"):
        charged(hold, books)


def test_a_stop_of_all_payouts_holds_no_amount_to_charge(books, seller):
    hold = hold_payouts(seller.ref, reason="Check", actor=CLERK)
    with pytest.raises(StateRefused, match="Only an amount"):
        charged(hold, books, 1)


def test_a_hold_counts_no_more_from_its_moment_on_swept_or_not(books, seller):
    payout = paid_out(books, seller)
    lapses_at = tomorrow()
    held(seller, amount=1, lapses_at=lapses_at)
    stop = hold_payouts(seller.ref, reason="Check", lapses_at=lapses_at, actor=CLERK)
    with pytest.raises(PayoutHeld):
        claim_payout(payout.ref, actor=PREPARER)

    with clock.frozen_at(lapses_at):
        assert (kept(books, seller), list_payout_blocks(seller.pk)) == (0, [])
        assert claim_payout(payout.ref, actor=PREPARER).state == "claimed"
        assert (lapse_holds(), lapse_holds()) == (2, 0)
    stop.refresh_from_db()
    assert (stop.ended_as, stop.released_at) == ("lapsed", lapses_at)
    assert AuditEntry.objects.filter(action="billing.payouts.lapsed").count() == 2


@pytest.mark.parametrize(("amount", "freed"), [(4000, 4000), (12000, 10000)])
def test_the_forecast_dates_what_a_lapsing_hold_frees(books, seller, amount, freed):
    funded(books, seller.pk, 10000)
    held(seller, amount=amount, lapses_at=clock.now() + timedelta(days=60))
    rows = get_merchant_money(seller.pk).forecast
    assert [row.available_minor for row in rows] == [10000 - freed, freed][-len(rows) :]
    assert rows[-1].on > (clock.now() + timedelta(days=59)).date()


def test_a_hold_that_lapsed_is_neither_charged_nor_booked(books, seller):
    hold = held(seller, lapses_at=tomorrow())
    charge = charged(hold, books)
    with clock.frozen_at(hold.lapses_at):
        with pytest.raises(StateRefused, match="no longer held"):
            approve_adjustment(charge.ref, actor=DECIDER)
        refuse_adjustment(charge.ref, actor=DECIDER)
        with pytest.raises(StateRefused, match="no longer held"):
            charged(hold, books)
    assert balance_of(books, "2110", merchant_id=seller.pk) == 0


def test_a_hold_cannot_lapse_in_the_past(seller):
    with pytest.raises(InvalidInput) as refused:
        held(seller, lapses_at=clock.now())
    assert "lapses_at" in refused.value.fields
    assert not Hold.objects.exists()


def test_charging_takes_the_right_to_adjust(books, seller):
    hold = held(seller)
    with pytest.raises(PermissionRefused):
        charge_held_amount(
            hold.ref, entity=books, amount=Money(1, "EUR"), reason="x", actor=operator_actor(HOLD_PAYOUTS)
        )


@pytest.mark.parametrize("values", [{"ended_as": "lifted"}, {"released_at": "2026-01-01T00:00Z"}])
def test_the_database_refuses_a_hold_that_half_ended(seller, values):
    hold = held(seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(**values)


def test_the_doctor_sees_a_charge_and_a_hold_that_disagree(books, seller):
    hold = held(seller)
    charge = charged(hold, books)
    Adjustment.objects.filter(pk=charge.pk).update(state="approved", decided_by_user_id=6)
    assert [charge.ref in line for line in held_charges_match()] == [True]
    Adjustment.objects.filter(pk=charge.pk).update(state="proposed", amount_minor=5001)
    assert list(held_charges_match()) == [f"{charge.ref}: 5001 charged out of 5000 held"]


@pytest.mark.django_db(transaction=True)
def test_approving_and_refusing_a_charge_at_once_ends_it_one_way(books, seller):
    funded(books, seller.pk, 10000)
    charge = charged(held(seller), books)
    at_once(
        lambda: approve_adjustment(charge.ref, actor=DECIDER),
        lambda: refuse_adjustment(charge.ref, actor=DECIDER),
    )
    charge.refresh_from_db()
    booked = charge.state == AdjustmentState.APPROVED
    assert kept(books, seller) == (0 if booked else 5000)
    assert balance_of(books, "2110", merchant_id=seller.pk) == (-7000 if booked else -10000)
    assert list(held_charges_match()) == []


@pytest.mark.django_db(transaction=True)
def test_two_charges_of_one_hold_at_once_are_one(books, seller):
    hold = held(seller)
    at_once(lambda: charged(hold, books, 3000), lambda: charged(hold, books, 4000))
    assert Adjustment.objects.count() == 1
    assert Hold.objects.get().charge == Adjustment.objects.get()
