"""The desks of the demo are filled through the operations: each thing on them is open and waits for somebody."""

from datetime import date

import pytest
import xmlschema

from backoffice.demo import bank, desk
from billing.models import BankLine, Dispute, Hold
from billing.operations.payouts import execute_payout
from billing.permissions import HANDLE_DISPUTES, HOLD_PAYOUTS, SEND_PAYOUTS
from oms.models import Incident, Payment
from oms.permissions import RESOLVE_INCIDENTS
from tests.billing.bank_messages import OUR_IBAN, XSD
from tests.billing.conftest import books, seller  # noqa: F401 fixtures
from tests.billing.incident_stories import sold
from tests.billing.payout_stories import PREPARER, batch_of, paid_out
from tests.factories import mms
from tests.factories.actors import merchant_actor, operator_actor

pytestmark = pytest.mark.django_db


def test_the_statement_confirms_returns_and_puzzles(books, seller):  # noqa: F811
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


def test_problems_a_chargeback_and_a_held_amount_wait(books, seller):  # noqa: F811
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
