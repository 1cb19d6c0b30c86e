"""An open incident holds the payout of its line at the cut, the claim and the file; when it ends it is paid once."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock
from backoffice.kernel.errors import StateRefused
from backoffice.kernel.events import publish
from billing.errors import PayoutHeld
from billing.hold_invariants import incidents_hold_their_lines
from billing.models import Hold, Payout, Settlement
from billing.operations.holds import release_hold
from billing.operations.payout_terms import change_payout_terms
from billing.operations.payouts import (
    claim_payout,
    execute_payout,
    reject_payout,
    retry_payout,
)
from billing.selectors.merchant_money import get_merchant_money
from billing.selectors.payout_holds import BalanceKey, list_held_amounts, sum_held
from oms.events import IncidentClosed, IncidentOpened
from oms.models import Incident
from oms.operations.incidents import close_incident, reopen_incident
from tests.billing.incident_stories import DESK, commission_of, complain, earned, give_back, mature, sold
from tests.billing.payout_stories import MONDAY, PREPARER, WEDNESDAY, approved, batch_of, settle
from tests.factories import mas, mms
from tests.factories.billing import balance_of, entity

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=7)


@pytest.fixture
def books():
    mms.tax_rate("DE", rate_bps=1900, valid_from=date(2020, 1, 1))
    commission_of(0)
    return entity(website_id=1)


def key(books, seller):
    return BalanceKey(books.pk, seller.pk, "EUR")


def close(incident):
    close_incident(incident.ref, reason="Agreed.", actor=DESK)


def payout_of(seller, at=MONDAY):
    approved(Settlement.objects.get(merchant=seller, state="in_review"))
    return Payout.objects.get(merchant=seller, state="created")


def doctor():
    return list(incidents_hold_their_lines())


# ---- what is held


def test_what_the_line_earns_is_held_and_the_rest_is_paid(books, seller):
    commission_of(1000)
    part = earned(seller, 10000, 4000)
    incident = complain(part)
    hold = Hold.objects.get()
    # 10 % commission and 19 % tax on it stay with the marketplace.
    assert (hold.amount_minor, hold.incident_ref, hold.source_key) == (
        8810,
        incident.ref,
        f"incident:{incident.ref}:1",
    )
    settle(books)
    assert Settlement.objects.get().payable_minor == 14000 - 1666 - 8810
    assert doctor() == []


def test_money_that_is_still_pending_is_not_held_out_of_other_orders(books, seller):
    earned(seller, 5000)
    slow = sold(seller, 9000)
    complain(slow)
    assert sum_held(key(books, seller)) == 0
    settle(books)
    assert Settlement.objects.get().payable_minor == 5000

    mature(slow)
    assert sum_held(key(books, seller)) == 9000
    # After the cut, so the statement just written is not short of it.
    assert batch_of(payout_of(seller)).total_minor == 5000


def test_money_that_matured_after_the_cut_is_not_held_out_of_it(books, seller):
    earned(seller, 5000)
    late = earned(seller, 9000, at=MONDAY + timedelta(hours=1))
    complain(late, at=MONDAY + timedelta(hours=1))
    settle(books, MONDAY + timedelta(hours=2))
    assert Settlement.objects.get().payable_minor == 5000


def test_a_reserve_is_never_held_twice(books, seller):
    change_payout_terms(seller.ref, changes={"reserve_bps": 1000}, actor=PREPARER)
    complain(earned(seller, 10000))
    assert [row.amount_minor for row in list_held_amounts(key(books, seller))] == [9000]


def test_a_part_refund_lowers_the_hold_and_a_full_one_ends_it(books, seller):
    part = earned(seller, 10000)
    incident = complain(part)
    give_back(part, 1, 4000)
    assert (sum_held(key(books, seller)), doctor()) == (6000, [])
    give_back(part, 1, 6000)
    incident.refresh_from_db()
    hold = Hold.objects.get()
    assert (incident.state, hold.amount_minor, hold.released_at is not None) == ("closed", 0, True)
    assert doctor() == []


# ---- when it is asked


@pytest.mark.parametrize("moment", ["signed", "claimed"])
def test_an_incident_after_the_signature_keeps_the_payout_back_until_it_is_closed(books, seller, moment):
    part = earned(seller, 10000)
    settle(books)
    payout = payout_of(seller)
    if moment == "claimed":
        claim_payout(payout.ref, actor=PREPARER)
    incident = complain(part)
    with pytest.raises(PayoutHeld, match=incident.ref) as refused:
        batch_of(payout)
    assert refused.value.params["reasons"] == ["amount_held"]

    close(incident)
    assert batch_of(payout).total_minor == 10000


def test_other_money_that_matures_frees_the_payout(books, seller):
    part = earned(seller, 10000)
    settle(books)
    payout = payout_of(seller)
    complain(part)
    earned(seller, 10000)
    assert batch_of(payout).n_payouts == 1


def test_what_was_held_is_in_the_next_payout_exactly_once(books, seller):
    part = earned(seller, 10000, 4000)
    incident = complain(part)
    settle(books)
    execute_payout(batch_of(payout_of(seller)).payouts.get().ref, actor=PREPARER)
    close(incident)
    settle(books, LATER)
    second = payout_of(seller)
    assert (Settlement.objects.get(state="paid").payable_minor, second.amount_minor) == (4000, 10000)
    execute_payout(batch_of(second).payouts.get().ref, actor=PREPARER)
    assert balance_of(books, "2110", merchant_id=seller.pk) == 0
    assert settle(books, LATER + timedelta(days=7)).in_review == 0


# ---- money that had left


def sent(books, seller):
    part = earned(seller, 10000)
    settle(books)
    payout = payout_of(seller)
    batch_of(payout)
    return part, payout


def test_a_line_that_was_paid_out_holds_nothing_of_other_orders(books, seller):
    part, payout = sent(books, seller)
    earned(seller, 5000, at=MONDAY + timedelta(days=1))
    complain(part)
    assert (Hold.objects.get().left_with, sum_held(key(books, seller)), doctor()) == (payout, 0, [])
    settle(books, LATER)
    assert Settlement.objects.latest("to_at").payable_minor == 5000


def test_money_that_comes_back_from_the_bank_is_held(books, seller):
    part, payout = sent(books, seller)
    complain(part)
    reject_payout(payout.ref, reason="AC04", actor=PREPARER)
    assert sum_held(key(books, seller)) == 10000
    again = retry_payout(payout.settlement.ref, actor=PREPARER)
    with pytest.raises(PayoutHeld):
        claim_payout(again.ref, actor=PREPARER)


def test_opened_again_it_holds_what_has_not_left_since(books, seller):
    part = earned(seller, 10000, 4000)
    incident = complain(part)
    settle(books)
    # The other line's payout leaves while this one is held: the money is still here afterwards.
    batch_of(payout_of(seller))
    close(incident)
    reopen_incident(incident.ref, reason="Nothing came.", actor=DESK)
    assert (sum_held(key(books, seller)), Hold.objects.count(), doctor()) == (10000, 2, [])

    close(incident)
    settle(books, clock.now())
    batch_of(payout_of(seller))
    reopen_incident(incident.ref, reason="Still nothing.", actor=DESK)
    assert sum_held(key(books, seller)) == 0


# ---- once and only once


def test_a_repeated_event_holds_and_frees_once(books, seller):
    part = earned(seller, 10000)
    incident = complain(part)
    news = (incident.ref, 1, part.pk, seller.pk, incident.line_id, clock.now())
    with transaction.atomic():
        publish(IncidentOpened(*news))
    assert sum_held(key(books, seller)) == 10000
    close(incident)
    released_at = Hold.objects.get().released_at
    with transaction.atomic():
        publish(IncidentOpened(*news))
        publish(IncidentClosed(*news))
    assert (Hold.objects.get().released_at, sum_held(key(books, seller))) == (released_at, 0)


def test_finance_does_not_lift_what_an_incident_holds(books, seller):
    complain(earned(seller, 10000))
    hold = Hold.objects.get()
    with pytest.raises(StateRefused, match=hold.incident_ref):
        release_hold(hold.ref, actor=PREPARER)
    client = mms.sign_in(Client(), mms.operator_user("finance"))
    client.post(reverse("console:billing-hold-lift", args=[hold.ref]))
    hold.refresh_from_db()
    assert hold.released_at is None


def test_doctor_sees_what_does_not_belong_together(books, seller):
    incident = complain(earned(seller, 10000))
    Hold.objects.update(amount_minor=9999)
    assert "holds 9999, its line earns 10000" in doctor()[0]
    Hold.objects.update(released_at=clock.now(), ended_as="lifted")
    assert doctor() == [f"incident:{incident.ref}:1 is open and holds nothing"]
    Hold.objects.update(released_at=None, ended_as="", amount_minor=10000)
    Incident.objects.update(state="closed", closed_at=clock.now())
    assert doctor() == [f"incident:{incident.ref}:1 is held and not open"]


# ---- who sees it


def test_the_merchant_reads_what_is_held_and_what_frees_it(books, seller):
    earned(seller, 5000)
    part = earned(seller, 10000)
    complain(part)
    client = mms.sign_in(Client(), mms.merchant_user(seller, "merchant-accounting"))
    page = client.get(reverse("portal:billing-money-home")).content.decode()
    assert part.ref in page
    assert "It is paid out when the incident is closed." in page
    assert "€100.00" in page
    money = get_merchant_money(seller.pk)
    assert [row.amount_minor for row in money.next_payouts] == [5000]
    assert sum(row.total_minor for row in money.forecast) == 5000


def test_a_written_payout_that_must_wait_says_so_and_nothing_is_promised_below_zero(books, seller):
    part = earned(seller, 10000)
    settle(books)
    complain(part)
    money = get_merchant_money(seller.pk)
    assert [(row.amount_minor, row.waits_for_hold) for row in money.next_payouts] == [(10000, True)]
    assert [row.total_minor for row in money.forecast] == []
    close(Incident.objects.get())
    assert [row.waits_for_hold for row in get_merchant_money(seller.pk).next_payouts] == [False]


def test_what_will_mature_of_an_incident_is_promised_to_nobody(books, seller):
    soon = clock.now() + timedelta(days=10)
    part = sold(seller, 10000, 4000, at=soon)
    assert sum(row.total_minor for row in get_merchant_money(seller.pk).forecast) == 14000
    complain(part)
    assert sum(row.total_minor for row in get_merchant_money(seller.pk).forecast) == 4000


def test_the_review_shows_it_as_a_finding(books, seller):
    part = earned(seller, 10000, 4000)
    incident = complain(part)
    settle(books)
    finding = Settlement.objects.get().findings.get(kind="amount_held")
    assert not finding.is_blocking
    [note] = finding.notes
    assert note.startswith("€100.00: ")
    assert incident.ref in note


def test_another_merchants_money_is_never_held(books, seller):
    other = mas.merchant()
    mas.bank_account(other, state="verified", changed_at=WEDNESDAY - timedelta(days=400))
    earned(other, 7000)
    complain(earned(seller, 10000))
    settle(books)
    assert Settlement.objects.get(merchant=other).payable_minor == 7000
    assert sum_held(key(books, other)) == 0
