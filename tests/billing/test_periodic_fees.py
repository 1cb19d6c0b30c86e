"""Subscription, listing, one-off and payment fees: charged once, with their tax, explained, seen by the merchant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from backoffice.kernel import clock, periodic
from backoffice.kernel.errors import InvalidInput, PermissionRefused
from backoffice.kernel.money import Money
from billing.fees.explain import explain
from billing.fees.rules import FeeKind
from billing.invariants import zero_sum
from billing.models import FeeRule, FeeSnapshot, JournalEntry, PeriodicFee, Settlement
from billing.operations.adjustments import approve_adjustment, propose_adjustment
from billing.operations.fee_rules import draft_fee_rule
from billing.operations.periodic_fees import charge_due_periodic_fees, charge_periodic_fees
from billing.operations.settlement_run import run_settlements
from billing.permissions import ADJUST_BALANCE, APPROVE_ADJUSTMENT, CHARGE_FEES, EDIT_FEES
from billing.selectors.periodic_fees import explain_periodic_fee, list_other_charges
from mms.models import Task
from tests.billing.test_order_money import Story
from tests.factories import mas, mms, pim
from tests.factories.actors import merchant_actor, operator_actor
from tests.factories.billing import ACTOR, balance_of, entity, fee_rule

pytestmark = pytest.mark.django_db

CLERK = operator_actor(CHARGE_FEES, EDIT_FEES, ADJUST_BALANCE, user_id=1)
SECOND = operator_actor(APPROVE_ADJUSTMENT, user_id=2)
JUNE = date(2026, 6, 1)
FIRST = datetime(2026, 6, 1, 8, tzinfo=UTC)


@pytest.fixture
def books():
    mms.tax_rate("DE", rate_bps=1900)
    return entity()


@pytest.fixture
def seller():
    return mas.merchant(approved_at=datetime(2026, 1, 1, tzinfo=UTC))


def subscription(minor=2900, currency="EUR", **fields):
    return fee_rule(fee_kind="subscription", amounts={currency: {"per_line_minor": minor}}, **fields)


def run(at=FIRST):
    with clock.frozen_at(at):
        return charge_due_periodic_fees()


def test_a_subscription_is_charged_once_a_month_with_its_tax(books, seller):
    subscription()
    assert run() == 1
    assert run(FIRST + timedelta(days=20)) == 0
    assert run(FIRST + timedelta(days=31)) == 1

    fee = PeriodicFee.objects.get(month=JUNE)
    assert (fee.fee_minor, fee.tax_minor, fee.tax_country) == (2900, 551, "DE")
    assert balance_of(books, "2110", merchant_id=seller.pk) == 2 * 3451
    assert (balance_of(books, "4030"), balance_of(books, "2400")) == (-5800, -1102)
    assert list(zero_sum()) == []


def test_the_clock_knows_it():
    assert "billing.periodic_fees" in periodic._registry


def test_it_lands_in_the_month_it_is_for_and_on_the_next_statement(books, seller):
    subscription()
    run()
    entry = JournalEntry.objects.get(event_type="periodic_fee")
    assert (entry.period.ref, entry.occurred_at) == ("2026-06", datetime(2026, 5, 31, 22, tzinfo=UTC))
    with clock.frozen_at(datetime(2026, 6, 8, 6, tzinfo=UTC)):
        run_settlements(books.code, actor=ACTOR)
    assert Settlement.objects.get(merchant=seller).totals == {"fee": -2900, "fee_tax": -551}


def test_a_listing_fee_counts_the_offers_that_are_active(books, seller):
    fee_rule(
        fee_kind="listing", amounts={"EUR": {"per_line_minor": 100, "per_unit_minor": 20, "max_minor": 130}}
    )
    pim.offer(merchant=seller)
    run()
    fee = PeriodicFee.objects.get()
    assert (fee.quantity, fee.fee_minor, fee.flags) == (1, 120, [])
    pim.offer(merchant=seller)
    run(FIRST + timedelta(days=31))
    fee = PeriodicFee.objects.get(month=date(2026, 7, 1))
    assert (fee.quantity, fee.fee_minor, fee.flags) == (2, 130, ["max"])
    assert len(explain_periodic_fee(fee)) == 5


def test_the_rule_that_held_when_the_month_began_counts(books, seller):
    subscription(valid_from=FIRST + timedelta(days=3))
    assert run(FIRST + timedelta(days=5)) == 0
    assert run(FIRST + timedelta(days=31)) == 1


def test_a_merchants_own_rule_beats_the_general_one(books, seller):
    subscription()
    subscription(900, merchant=seller)
    mas.merchant(approved_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert run() == 2
    assert set(PeriodicFee.objects.values_list("merchant_id", "fee_minor")) >= {(seller.pk, 900)}


@pytest.mark.parametrize(
    ("status", "approved_at"),
    [("suspended", datetime(2026, 1, 1, tzinfo=UTC)), ("approved", datetime(2026, 6, 2, tzinfo=UTC))],
)
def test_who_did_not_sell_when_the_month_began_pays_nothing(books, status, approved_at):
    mas.merchant(status, approved_at=approved_at)
    subscription()
    assert run(FIRST + timedelta(days=5)) == 0


def test_two_companies_charge_a_merchant_once(books, seller):
    entity()
    subscription()
    assert run() == 1


def test_an_amount_that_is_missing_in_the_merchants_currency_is_told_and_stops_nobody(books, seller):
    swede = mas.merchant(currency="SEK", approved_at=datetime(2026, 1, 1, tzinfo=UTC))
    subscription()
    assert run() == 1
    assert PeriodicFee.objects.get().merchant_id == seller.pk
    assert swede.name in Task.objects.get(kind="billing.periodic_fees").title
    run()
    assert Task.objects.filter(kind="billing.periodic_fees").count() == 1


def test_a_month_is_caught_up_by_a_person_and_never_charged_ahead(books, seller):
    subscription()
    with clock.frozen_at(FIRST + timedelta(days=40)):
        assert charge_periodic_fees(books.code, date(2026, 6, 17), actor=CLERK).count == 1
        assert charge_periodic_fees(books.code, JUNE, actor=CLERK).count == 0
        with pytest.raises(InvalidInput):
            charge_periodic_fees(books.code, date(2026, 8, 1), actor=CLERK)
    with pytest.raises(PermissionRefused):
        charge_periodic_fees(books.code, JUNE, actor=SECOND)


@pytest.mark.parametrize(
    "values",
    [
        {"rate_bps": 500, "amounts": {"EUR": {"per_line_minor": 5}}},
        {"amounts": {}},
        {"amounts": {"EUR": {"min_minor": 5}}},
    ],
)
def test_a_monthly_fee_is_a_fixed_amount(values):
    with pytest.raises(InvalidInput):
        draft_fee_rule(values={"name": "Odd", "fee_kind": "subscription", **values}, actor=CLERK)


@pytest.mark.parametrize(("kind", "tax"), [("merchant_fee", 190), ("penalty", 0)])
def test_a_one_off_fee_has_its_tax_and_a_penalty_has_none(books, seller, kind, tax):
    asked = propose_adjustment(
        seller.ref, entity=books, kind=kind, amount=Money(1000, "EUR"), reason="Photo studio", actor=CLERK
    )
    for _attempt in range(2):
        approve_adjustment(asked.ref, actor=SECOND)

    assert balance_of(books, "2110", merchant_id=seller.pk) == 1000 + tax
    assert (balance_of(books, "4030"), balance_of(books, "2400")) == (-1000, -tax)
    (row,) = list_other_charges(merchant_actor(seller), seller.pk)
    assert (row.reason, row.total_minor) == ("Photo studio", -1000 - tax)


def test_pages_show_who_was_charged_what_and_why(books, seller, client):
    subscription(name="Basic plan")
    run()
    fee = PeriodicFee.objects.get()
    finance = mms.sign_in(client, mms.operator_user("finance"))
    assert seller.name in finance.get("/console/finance/fees/monthly/").content.decode()
    assert "Basic plan" in finance.get(f"/console/finance/fees/monthly/{fee.ref}/").content.decode()
    shop = mms.sign_in(Client(), mms.merchant_user(seller, "merchant-accounting"))
    assert "2026-06" in shop.get("/portal/money/other-fees/").content.decode()
    assert "Basic plan" in shop.get(f"/portal/money/other-fees/{fee.ref}/").content.decode()
    other = mms.sign_in(Client(), mms.merchant_user(mas.merchant(), "merchant-accounting"))
    assert other.get(f"/portal/money/other-fees/{fee.ref}/").status_code == 404


class TestPaymentFee:
    """One fee per merchant order on all the buyer pays; only where a rule charges it."""

    @pytest.fixture
    def story(self):
        story = Story()
        fee_rule(fee_kind="payment", rate_bps=200, refund_policy="return")
        return story

    def test_it_is_taken_of_goods_and_shipping(self, story):
        story.until_mature()
        fee = FeeSnapshot.objects.get(fee_kind=FeeKind.PAYMENT)
        assert (fee.base_minor, fee.fee_minor, fee.charged_fee_minor) == (10600, 212, 212)
        assert fee.line_ref.endswith("/P")
        before = sum(FeeSnapshot.objects.values_list("charged_fee_minor", flat=True))
        assert story.balance("4000") == -before

    def test_a_refund_gives_its_part_back(self, story):
        story.until_mature()
        story.refund(amount=5300, shipping=300)
        assert FeeSnapshot.objects.get(fee_kind=FeeKind.PAYMENT).returned_fee_minor == 106
        story.refund(amount=5300, shipping=300, refund_id=2)
        assert FeeSnapshot.objects.get(fee_kind=FeeKind.PAYMENT).returned_fee_minor == 212

    def test_without_a_rule_there_is_none(self):
        story = Story()
        story.place()
        assert not FeeSnapshot.objects.filter(fee_kind=FeeKind.PAYMENT).exists()
        assert FeeRule.objects.count() == 2


def test_a_subscription_without_a_price_per_offer_does_not_speak_of_offers():
    flat, listed = (("monthly", {"base": 4900, "per_unit": unit, "quantity": 1}) for unit in (0, 50))
    assert explain([flat], "EUR") == ["Per month: €49.00."]
    assert explain([listed], "EUR") == ["Per month: €49.00, and €0.50 for each of 1 offers."]
