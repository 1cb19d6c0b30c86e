"""An incident and a bank file at the same moment: whoever comes second sees the first, and nothing is half held."""

from datetime import date

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import buyer_actor
from billing.hold_invariants import incidents_hold_their_lines
from billing.models import Hold, Payout, Settlement
from billing.operations.payouts import claim_payout
from billing.selectors.payout_holds import BalanceKey, sum_held
from oms.models import Incident
from oms.operations.incidents import Report, close_incident, open_incident_as_buyer
from tests.billing.incident_stories import DESK, commission_of, complain, earned
from tests.billing.payout_stories import PREPARER, approved, batch_of, settle
from tests.billing.test_impossible import at_once
from tests.factories import mms
from tests.factories.billing import balance_of, entity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def books():
    mms.tax_rate("DE", valid_from=date(2020, 1, 1))
    commission_of(0)
    return entity(website_id=1)


def signed(books, seller):
    part = earned(seller, 10000)
    settle(books)
    approved(Settlement.objects.get())
    return part, Payout.objects.get()


@pytest.mark.parametrize("state", ["created", "claimed"])
def test_an_incident_and_the_bank_file_at_once(books, seller, state):
    part, payout = signed(books, seller)
    if state == "claimed":
        claim_payout(payout.ref, actor=PREPARER)
    codes = at_once(lambda: complain(part), lambda: batch_of(payout))

    payout.refresh_from_db()
    hold = Hold.objects.get()
    held = sum_held(BalanceKey(books.pk, seller.pk, "EUR"))
    if payout.state == "exported":
        # The file was first, so the incident knows that the money has left with it.
        assert (codes, hold.left_with, held) == ([0, 0], payout, 0)
    else:
        assert (codes, payout.state, hold.left_with, held) == ([0, 1], state, None, 10000)
        assert balance_of(books, "2200") == (-10000 if state == "claimed" else 0)
    assert list(incidents_hold_their_lines()) == []


def test_closing_and_the_bank_file_at_once_pay_at_most_once(books, seller):
    part, payout = signed(books, seller)
    incident = complain(part)
    codes = at_once(
        lambda: close_incident(incident.ref, reason="Agreed.", actor=DESK), lambda: batch_of(payout)
    )
    payout.refresh_from_db()
    assert codes == ([0, 0] if payout.state == "exported" else [0, 1])
    assert Hold.objects.get().released_at is not None
    if payout.state == "created":
        assert batch_of(payout).total_minor == 10000
    assert balance_of(books, "2110", merchant_id=seller.pk) == 0


def test_two_reports_at_once_make_one_incident_and_one_hold(books, seller):
    part = earned(seller, 10000)

    def report(reason: str) -> None:
        open_incident_as_buyer(part.order_id, 1, 1, Report(reason), actor=buyer_actor("Berta"))

    codes = at_once(lambda: report("damaged"), lambda: report("wrong"))
    assert codes[0] == 0
    assert codes[1] in (1, 2)
    assert (Incident.objects.count(), Hold.objects.count()) == (1, 1)
    assert Hold.objects.get().created_at <= clock.now()
