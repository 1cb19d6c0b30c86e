"""What a merchant is told about its money: amounts to come with their days, and the way out of every hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock
from billing.console.home_page import list_queues
from billing.entries.drafts import Line, merchant
from billing.exports.statement_pdf import render_statement
from billing.models import Settlement
from billing.operations.payout_terms import change_payout_terms
from billing.permissions import APPROVE_SETTLEMENT
from billing.selectors.merchant_money import get_merchant_money
from tests.billing.payout_stories import (
    APPROVER,
    MONDAY,
    PREPARER,
    WEDNESDAY,
    approved,
    batch_of,
    reviewed,
)
from tests.factories import mas, mms
from tests.factories.actors import operator_actor
from tests.factories.billing import earning, entity, funded, posted

pytestmark = pytest.mark.django_db


def pending_order(books, seller, minor, matures_at):
    """A received order whose hold runs until then."""
    order = earning(seller, entity=books, has_pending=True, matures_at=matures_at, captured_minor=minor)
    order_id = order.merchant_order_id
    posted(
        books.pk,
        Line("1100", minor, "EUR"),
        Line("2100", -minor, "EUR", merchant(seller.pk), "sale", order_id),
    )
    return order


def test_the_forecast_dates_every_amount_and_adds_up(books, seller):
    change_payout_terms(seller.ref, changes={"reserve_bps": 1000, "reserve_days": 30}, actor=PREPARER)
    with clock.frozen_at(WEDNESDAY):
        funded(books, seller.pk, 5000)
        # Matures on Monday at noon, after that Monday's cut: paid a week later.
        pending_order(books, seller, 1000, MONDAY + timedelta(hours=6))
        pending_order(books, seller, 400, WEDNESDAY + timedelta(days=1))
        posted(books.pk, Line("1100", 70, "EUR"), Line("2100", -70, "EUR", merchant(seller.pk), "sale"))
        rows = get_merchant_money(seller.pk).forecast

    assert [(row.on, row.available_minor, row.maturing_minor, row.orders) for row in rows] == [
        (date(2026, 6, 22), 5000, 360, 1),
        (date(2026, 6, 29), 0, 900, 1),
        (None, 0, 70, 0),
    ]


def test_what_is_owed_is_netted_with_the_first_days_and_no_day_is_below_zero(books, seller):
    other = entity(code="other", website_id=2)
    with clock.frozen_at(WEDNESDAY):
        posted(books.pk, Line("2110", 3000, "EUR", merchant(seller.pk), "refund"), Line("2300", -3000, "EUR"))
        pending_order(books, seller, 2000, WEDNESDAY + timedelta(days=1))
        pending_order(books, seller, 4000, MONDAY + timedelta(hours=6))
        # Another company's money is not theirs to take.
        funded(other, seller.pk, 700)
        rows = get_merchant_money(seller.pk).forecast

    assert [(row.on, row.available_minor, row.maturing_minor, row.total_minor) for row in rows] == [
        (date(2026, 6, 22), 700, 0, 700),
        (date(2026, 6, 29), -1000, 4000, 3000),
    ]


def test_a_payout_day_moves_over_a_bank_holiday(books, seller):
    # The cut after Saturday 4 April 2026 is Easter Monday; banks pay on Tuesday.
    with clock.frozen_at(datetime(2026, 4, 4, 10, tzinfo=UTC)):
        funded(books, seller.pk, 5000)
        [following] = get_merchant_money(seller.pk).next_payouts

    assert (following.amount_minor, following.pay_on, following.is_certain) == (5000, date(2026, 4, 7), False)


def test_a_written_statement_is_not_promised_twice(books, seller):
    settlement = reviewed(books, seller)
    with clock.frozen_at(MONDAY):
        funded(books, seller.pk, 500)
        money = get_merchant_money(seller.pk)
        assert [(row.amount_minor, row.is_certain) for row in money.next_payouts] == [
            (10000, True),
            (500, False),
        ]
        assert sum(row.total_minor for row in money.forecast) == 500
    approved(settlement)
    batch_of(settlement.payouts.get())
    with clock.frozen_at(MONDAY):
        [certain, _rest] = get_merchant_money(seller.pk).next_payouts
    assert certain.pay_on == date(2026, 6, 24)


def test_a_checked_statement_waits_only_for_its_file(books, seller):
    settlement = reviewed(books, seller)
    client = mms.sign_in(Client(), mms.merchant_user(seller, "merchant-accounting"))
    url = reverse("portal:billing-money-home")
    checking, waiting = "after two people have checked it", "leaves with our next file to the bank"

    page = client.get(url).content.decode()
    assert (checking in page, waiting in page) == (True, False)
    approved(settlement)
    page = client.get(url).content.decode()
    assert (checking in page, waiting in page) == (False, True)
    batch_of(settlement.payouts.get())
    page = client.get(url).content.decode()
    assert (checking in page, waiting in page) == (False, False)


def test_finance_settles_one_merchant_at_once(books, seller):
    other = mas.merchant()
    change_payout_terms(seller.ref, changes={"cycle": "on_demand"}, actor=PREPARER)
    with clock.frozen_at(WEDNESDAY):
        funded(books, seller.pk, 500)
        funded(books, other.pk, 700)
    preparer = mms.sign_in(Client(), mms.operator_user("finance"))
    page = reverse("console:billing-merchant-detail", args=[seller.ref])
    url = reverse("console:billing-merchant-settle", args=[seller.ref])
    assert url in preparer.get(page).content.decode()

    answer = preparer.post(url, follow=True)
    assert "1 statements to review, 0 carried forward." in answer.content.decode()
    [settlement] = Settlement.objects.all()
    assert (settlement.merchant_id, settlement.payable_minor) == (seller.pk, 500)
    preparer.post(url)
    assert sum(Settlement.objects.values_list("payable_minor", flat=True)) == 500


def test_settling_at_once_is_for_who_prepares_settlements(books, seller):
    funded(books, seller.pk, 500)
    approver = mms.sign_in(Client(), mms.operator_user("finance-approver"))
    url = reverse("console:billing-merchant-settle", args=[seller.ref])
    page = approver.get(reverse("console:billing-merchant-detail", args=[seller.ref])).content.decode()

    assert url not in page
    assert approver.post(url).status_code == 403
    assert not Settlement.objects.exists()


def test_on_demand_has_no_day(books, seller):
    change_payout_terms(seller.ref, changes={"cycle": "on_demand"}, actor=PREPARER)
    funded(books, seller.pk, 500)
    [row] = get_merchant_money(seller.pk).forecast
    assert (row.on, row.total_minor) == (None, 500)


def test_each_hold_names_its_one_way_out():
    shop = mas.merchant()
    client = mms.sign_in(Client(), mms.merchant_user(shop, "merchant-accounting"))
    page = client.get(reverse("portal:billing-money-home")).content.decode()

    assert "No bank account is entered." in page
    assert reverse("portal:mas-bank_account-detail") in page


def test_the_statement_is_a_pdf_for_its_merchant_and_nobody_else(books, seller):
    settlement = reviewed(books, seller)
    client = mms.sign_in(Client(), mms.merchant_user(seller, "merchant-accounting"))
    url = reverse("portal:billing-statement-pdf", args=[settlement.ref])
    answer = client.get(url)
    stranger = mms.sign_in(Client(), mms.merchant_user(mas.merchant(), "merchant-accounting"))

    assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert len(render_statement(settlement)) > 3000
    assert stranger.get(url).status_code == 404


def test_finance_sees_first_what_it_can_move_on(seller):
    reviewed(entity(), seller)
    approver = mms.sign_in(Client(), mms.operator_user("finance-approver"))
    page = approver.get(reverse("console:billing-finance-home")).content.decode()

    assert page.index("What waits for you") < page.index("Statements to sign") < page.index("With others")
    assert page.index("With others") < page.index("Payouts to send")


def test_statements_to_sign_are_counted_for_whoever_may_and_told_to_whoever_may_not(books, seller):
    reviewed(books, seller)
    counts = {
        actor.label: {str(queue.label): queue.count for queue in list_queues(actor)}["Statements to sign"]
        for actor in (
            PREPARER,
            APPROVER,
            operator_actor(APPROVE_SETTLEMENT, label="Prepared it", user_id=PREPARER.user_id),
        )
    }
    assert counts == {"Paula Preparer": 1, "Anna Approver": 1, "Prepared it": 0}
