"""The desks of the demo are filled through the operations: each thing on them is open and waits for somebody."""

from datetime import date, timedelta

import pytest
import xmlschema

from backoffice.demo import bank, desk
from backoffice.kernel import clock
from billing.models import BankLine, Dispute, Earning, Hold, Payout, Settlement
from billing.operations.payouts import execute_payout
from billing.permissions import HANDLE_DISPUTES, HOLD_PAYOUTS, SEND_PAYOUTS
from billing.selectors.debts import list_owing
from oms.models import Incident, Payment
from oms.permissions import REFUND_ORDERS, RESOLVE_INCIDENTS
from tests.billing.bank_messages import OUR_IBAN, XSD
from tests.billing.incident_stories import earned, sold
from tests.billing.payout_stories import MONDAY, PREPARER, approved, batch_of, paid_out, settle
from tests.factories import mas, mms
from tests.factories.actors import merchant_actor, operator_actor

pytestmark = pytest.mark.django_db


def test_the_statement_confirms_returns_and_puzzles(books, seller):
    payout = paid_out(books, seller)
    batch_of(payout)
    execute_payout(payout.ref, actor=PREPARER)

    desk.receive_statement(books.code, operator_actor(SEND_PAYOUTS, user_id=1))

    payout.refresh_from_db()
    assert payout.state == "returned"
    assert sorted(BankLine.objects.values_list("amount_minor", "state")) == [
        (-10000, "matched"),
        (-1250, "open"),
        (4990, "open"),
        (10000, "matched"),
    ]


@pytest.mark.skipif(not XSD.exists(), reason="the schema of camt.053 is not at hand")
def test_the_bank_writes_what_the_schema_allows():
    line = bank.movement(bank.Booked(-1250, "FEE1", text="Keeping & care"), "2026-06-24")
    content = bank.camt(
        bank.statement("1", 500, (-1250, line), iban=OUR_IBAN, day="2026-06-24"),
        message="M",
        day="2026-06-24",
    )
    xmlschema.XMLSchema(str(XSD)).validate(content.decode())


def test_problems_a_chargeback_and_a_held_amount_wait(books, seller):
    mms.tax_rate("DE", rate_bps=1900, valid_from=date(2020, 1, 1))
    for _order in range(3):
        sold(seller, 5000)
    Payment.objects.update(provider="test_card")
    finance = operator_actor(HANDLE_DISPUTES, HOLD_PAYOUTS, user_id=1)

    desk.fill_desks(desk.Desk(finance, seller, merchant_actor(seller.pk, RESOLVE_INCIDENTS)))

    assert sorted(Incident.objects.values_list("state", flat=True)) == ["open", "resolved"]
    assert Dispute.objects.get().state == "open"
    # One for each problem, one that finance set.
    assert Hold.objects.open().count() == 3


def test_who_gives_back_what_was_paid_out_owes_it(books, seller):
    mms.tax_rate("DE", rate_bps=1900, valid_from=date(2020, 1, 1))
    earned(seller, 5000)
    settle(books)
    approved(Settlement.objects.get(merchant=seller))
    payout = Payout.objects.get(merchant=seller)
    batch_of(payout)
    with clock.frozen_at(MONDAY):
        execute_payout(payout.ref, actor=PREPARER)
    Earning.objects.update(psp="test_card")

    with clock.frozen_at(MONDAY + timedelta(days=4)):
        desk.refund_what_was_paid_out(mas.merchant(), operator_actor(REFUND_ORDERS))

    assert [row.account.owner_id for row in list_owing()] == [seller.pk]
