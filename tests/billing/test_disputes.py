"""Chargebacks E8: the case is booked and held once, ends one way only, and a loss of ours takes two people."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.money import Money
from billing.entries.drafts import Line, merchant
from billing.errors import DisputeAboveCapture, DisputeDecided, PayloadConflict, SamePerson
from billing.invariants import disputes_match, zero_sum
from billing.models import Dispute, Earning, JournalEntry
from billing.operations.disputes import (
    Case,
    absorb_dispute,
    ask_to_absorb_dispute,
    lose_dispute,
    open_dispute,
    win_dispute,
)
from billing.operations.ledger import post_entry
from billing.operations.maturity import mature_due
from billing.permissions import APPROVE_ADJUSTMENT, HANDLE_DISPUTES
from mms.models import Task
from tests.billing.test_order_money import Story
from tests.factories import mas
from tests.factories import mms as people
from tests.factories.actors import merchant_actor, operator_actor
from tests.factories.billing import ACTOR, NOON, draft
from tests.factories.billing import earning as an_earning

pytestmark = pytest.mark.django_db

CLERK = operator_actor(HANDLE_DISPUTES, APPROVE_ADJUSTMENT, label="Carla Clerk", user_id=1)
SECOND = operator_actor(APPROVE_ADJUSTMENT, label="Sven Second", user_id=2)


def case(amount=5000, number="case-1", **fields):
    return Case(case_number=number, amount=Money(amount, "EUR"), fee_minor=1500, reason="fraud", **fields)


@pytest.fixture
def sold():
    """106.00 captured of one merchant order, 90.52 of it matured less nothing kept."""
    story = Story()
    story.until_mature()
    return story


@pytest.fixture
def pending():
    story = Story()
    story.place()
    story.capture()
    story.accept()
    story.receive()
    return story


def opened(story, **fields):
    return open_dispute(story.part.ref, case=case(**fields), actor=CLERK)


def balances(story):
    codes = ("1100", "1150", "2100", "2110", "2120", "2130", "5010", "5120")
    return {code: amount for code in codes if (amount := story.balance(code))}


def test_opening_books_the_loss_of_the_provider_and_holds_it_from_the_merchant_once(sold):
    before = balances(sold)
    first = opened(sold)
    again = opened(sold)

    assert first.pk == again.pk
    after = balances(sold)
    moved = {code: after.get(code, 0) - before.get(code, 0) for code in after | before}
    assert {code: amount for code, amount in moved.items() if amount} == {
        "1100": -6500,
        "1150": 5000,
        "5010": 1500,
        "2110": 5000,
        "2130": -5000,
    }
    assert list(disputes_match()) == []


def test_the_reserve_is_taken_first(sold):
    owner = merchant(sold.seller.pk)
    post_entry(
        draft(
            sold.books.pk,
            "keep",
            Line("2110", 905, "EUR", owner),
            Line("2120", -905, "EUR", owner),
            occurred_at=NOON,
        ),
        actor=ACTOR,
    )
    row = opened(sold)

    assert (row.held_reserve_minor, row.held_pending_minor) == (905, 0)
    assert sold.balance("2120") == 0


def test_money_of_an_order_that_has_not_matured_is_held_from_pending_and_returns_there(pending):
    before = balances(pending)
    row = opened(pending)

    assert row.held_pending_minor == 5000
    assert pending.balance("2110") == 0
    win_dispute(row.ref, actor=CLERK)
    after = balances(pending)
    assert after == before | {"5010": 1500, "1100": before["1100"] - 1500}


def test_an_order_in_dispute_matures_without_the_held_amount(pending):
    row = opened(pending)
    with clock.shifted(timedelta(days=15)):
        mature_due()
        held = pending.money
        win_dispute(row.ref, actor=CLERK)

    assert pending.money[0] == held[0] == 0
    assert pending.money[1] == held[1] + 5000


def test_a_won_case_costs_only_the_fee(sold):
    before = balances(sold)
    row = opened(sold)
    for _attempt in range(2):
        win_dispute(row.ref, actor=CLERK)

    assert balances(sold) == before | {"5010": 1500, "1100": before["1100"] - 1500}
    assert not Task.objects.filter(subject_ref=row.ref, closed_at=None).exists()


def test_a_lost_case_is_borne_by_the_merchant_with_its_fee(sold):
    available = sold.balance("2110")
    row = opened(sold)
    for _attempt in range(2):
        lose_dispute(row.ref, actor=CLERK)

    assert sold.balance("2110") == available + 6500
    assert [sold.balance(code) for code in ("1150", "2130", "5010")] == [0, 0, 0]


def test_our_loss_takes_two_people_and_is_bad_debt(sold):
    available = sold.balance("2110")
    row = opened(sold)
    with pytest.raises(DisputeDecided):
        absorb_dispute(row.ref, actor=SECOND)
    ask_to_absorb_dispute(row.ref, reason="The parcel was lost by our carrier", actor=CLERK)
    with pytest.raises(SamePerson):
        absorb_dispute(row.ref, actor=CLERK)
    for _attempt in range(2):
        absorb_dispute(row.ref, actor=SECOND)

    assert sold.balance("2110") == available
    assert [sold.balance(code) for code in ("1150", "2130", "5010", "5120")] == [0, 0, 1500, 5000]
    assert list(zero_sum()) == []


@pytest.mark.parametrize(("first", "then"), [(win_dispute, lose_dispute), (lose_dispute, win_dispute)])
def test_a_case_ends_one_way_only(sold, first, then):
    row = opened(sold)
    first(row.ref, actor=CLERK)
    entries = JournalEntry.objects.count()
    with pytest.raises(DisputeDecided):
        then(row.ref, actor=CLERK)
    with pytest.raises(DisputeDecided):
        ask_to_absorb_dispute(row.ref, reason="x", actor=CLERK)
    assert JournalEntry.objects.count() == entries


def test_the_same_case_with_another_amount_is_a_conflict(sold):
    opened(sold)
    with pytest.raises(PayloadConflict):
        opened(sold, amount=4999)
    assert Dispute.objects.count() == 1


def test_more_than_was_captured_cannot_be_in_dispute(sold):
    opened(sold)
    with pytest.raises(DisputeAboveCapture):
        opened(sold, amount=5601, number="case-2")
    opened(sold, amount=5600, number="case-2")
    assert sum(Dispute.objects.values_list("amount_minor", flat=True)) == 10600


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 0},
        {"number": " "},
        {"line_ref": "ORD-OTHER-1/1"},
    ],
)
def test_an_incomplete_case_is_refused_at_its_field(sold, wrong):
    with pytest.raises(InvalidInput) as refused:
        opened(sold, **wrong)
    assert refused.value.fields
    assert not Dispute.objects.exists()


def test_an_amount_in_another_currency_is_refused(sold):
    foreign = Case(case_number="c", amount=Money(100, "USD"))
    with pytest.raises(InvalidInput):
        open_dispute(sold.part.ref, case=foreign, actor=CLERK)


def test_only_who_may_handle_cases_opens_and_decides_them(sold):
    with pytest.raises(PermissionRefused):
        open_dispute(sold.part.ref, case=case(), actor=SECOND)
    row = opened(sold)
    for decide in (win_dispute, lose_dispute):
        with pytest.raises(PermissionRefused):
            decide(row.ref, actor=SECOND)
    with pytest.raises(PermissionRefused):
        absorb_dispute(row.ref, actor=operator_actor(HANDLE_DISPUTES))


def test_a_stranger_does_not_find_the_order(sold):
    with pytest.raises(NotFound):
        open_dispute(
            an_earning(mas.merchant()).merchant_order_ref,
            case=case(),
            actor=merchant_actor(sold.seller, HANDLE_DISPUTES),
        )


def test_a_refund_and_a_chargeback_may_meet_and_the_books_still_agree(sold):
    sold.refund(amount=5000)
    opened(sold, amount=10600)
    assert list(disputes_match()) == []
    assert Earning.objects.get().refunded_minor == 5000


def test_the_pages_lead_from_the_list_to_the_decision(sold, client):
    finance = people.sign_in(client, people.operator_user("finance"))
    form = finance.get("/console/finance/chargebacks/open/")
    assert form.status_code == 200
    token = form.context.get("form_token", "")
    answer = finance.post(
        "/console/finance/chargebacks/open/",
        {
            "order": sold.part.ref,
            "line": "1",
            "case_number": "dp_77",
            "amount": "50,00",
            "fee": "15.00",
            "reason": "fraud",
            "occurred_on": "2026-06-01",
            "form_token": token,
        },
        follow=True,
    )
    row = Dispute.objects.get()
    assert (row.amount_minor, row.fee_minor, row.line_ref) == (5000, 1500, f"{sold.part.ref}/1")
    page = answer.content.decode()
    assert "dp_77" in page
    assert "Chargeback held from the merchant" in page
    assert "dp_77" in finance.get("/console/finance/chargebacks/").content.decode()
    finance.post(f"/console/finance/chargebacks/{row.ref}/win/")
    row.refresh_from_db()
    assert row.state == "won"


def test_the_merchant_sees_its_case_and_no_other(sold, client):
    row = opened(sold)
    seller = people.sign_in(client, people.merchant_user(sold.seller, "merchant-accounting"))
    page = seller.get("/portal/money/chargebacks/").content.decode()
    assert row.ref in page
    other = people.sign_in(client, people.merchant_user(mas.merchant(), "merchant-accounting"))
    assert row.ref not in other.get("/portal/money/chargebacks/").content.decode()
