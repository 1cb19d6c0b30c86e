"""From available money to a signed statement: cutting, carrying, reviewing, and what must be impossible."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound, PermissionRefused, StateRefused
from billing.entries.drafts import Line, merchant
from billing.errors import (
    SamePerson,
    StatementChanged,
)
from billing.models import Payout, Settlement, SettlementLine
from billing.operations.holds import hold_payouts
from billing.operations.payout_terms import change_payout_terms
from billing.operations.payouts import (
    cancel_payout,
    claim_payout,
    execute_payout,
    reject_payout,
    retry_payout,
)
from billing.operations.settlement_review import (
    approve_settlement,
    reject_settlement,
)
from billing.operations.settlement_run import recalculate_settlement, run_settlements
from billing.permissions import APPROVE_SETTLEMENT, PREPARE_SETTLEMENT
from billing.selectors.settlements import get_settlement
from tests.billing.payout_stories import (
    APPROVER,
    MONDAY,
    PREPARER,
    SECOND,
    WEDNESDAY,
    approved,
    batch_of,
    paid_out,
    reviewed,
    settle,
)
from tests.factories import mms
from tests.factories.actors import merchant_actor, operator_actor
from tests.factories.billing import funded, posted

pytestmark = pytest.mark.django_db


def test_a_statement_adds_up_and_equals_the_ledger(books, seller):
    settlement = reviewed(books, seller)

    assert (settlement.opening_minor, settlement.closing_minor, settlement.payable_minor) == (0, 10000, 10000)
    assert settlement.totals == {"sale": 10000}
    assert settlement.state == "in_review"
    assert settlement.to_at == datetime(2026, 6, 21, 22, tzinfo=UTC)
    assert [finding.kind for finding in settlement.findings.all()] == ["first_payout"]


def test_running_twice_writes_each_statement_once(books, seller):
    reviewed(books, seller)

    assert settle(books).created == 0
    assert Settlement.objects.count() == 1


def test_the_next_statement_opens_where_this_one_closed_and_repeats_no_movement(books, seller):
    first = reviewed(books, seller)
    with clock.frozen_at(MONDAY + timedelta(days=1)):
        approved(first)
        claim_payout(Payout.objects.get().ref, actor=PREPARER)
        funded(books, seller.pk, 500)
    settle(books, MONDAY + timedelta(days=7))
    second = Settlement.objects.exclude(pk=first.pk).get()

    assert (second.from_at, second.min_seq) == (first.to_at, first.max_seq)
    assert (second.opening_minor, second.totals, second.closing_minor) == (
        10000,
        {"payout": -10000, "sale": 500},
        500,
    )
    assert second.payable_minor == 500
    assert SettlementLine.objects.count() == 3


def test_money_on_its_way_is_not_payable_twice(books, seller):
    first = reviewed(books, seller)
    approved(first)
    with clock.frozen_at(MONDAY + timedelta(days=1)):
        funded(books, seller.pk, 500)
    settle(books, MONDAY + timedelta(days=7))
    second = Settlement.objects.exclude(pk=first.pk).get()

    assert (second.closing_minor, second.kept_minor, second.payable_minor) == (10500, 10000, 500)


def test_what_came_back_from_the_bank_is_paid_with_the_next_statement(books, seller):
    payout = paid_out(books, seller)
    with clock.frozen_at(MONDAY + timedelta(hours=1)):
        claim_payout(payout.ref, actor=PREPARER)
        reject_payout(payout.ref, reason="Account closed", actor=PREPARER)
        funded(books, seller.pk, 500)
    settle(books, MONDAY + timedelta(days=7))
    second = Settlement.objects.exclude(pk=payout.settlement_id).get()

    assert second.payable_minor == 10500
    with pytest.raises(StateRefused, match="later statement"):
        retry_payout(payout.settlement.ref, actor=PREPARER)


def test_late_entries_fall_into_the_next_cycle(books, seller):
    first = reviewed(books, seller)
    with clock.frozen_at(MONDAY):
        posted(
            books.pk,
            Line("1100", 70, "EUR"),
            Line("2110", -70, "EUR", merchant(seller.pk), "sale"),
            occurred_at=WEDNESDAY,
        )
    settle(books, MONDAY + timedelta(days=7))

    assert Settlement.objects.exclude(pk=first.pk).get().totals == {"sale": 70}


def test_a_negative_balance_is_carried_and_netted(books, seller):
    with clock.frozen_at(WEDNESDAY):
        posted(books.pk, Line("2110", 300, "EUR", merchant(seller.pk), "refund"), Line("2300", -300, "EUR"))
    settle(books)
    first = Settlement.objects.get()
    assert (first.state, first.closing_minor, first.payable_minor) == ("rolled_over", -300, 0)

    with clock.frozen_at(MONDAY + timedelta(days=1)):
        funded(books, seller.pk, 1000)
    settle(books, MONDAY + timedelta(days=7))
    second = Settlement.objects.exclude(pk=first.pk).get()

    assert (second.opening_minor, second.payable_minor) == (-300, 700)


def test_a_refund_after_the_payout_is_clawed_back_from_the_next_sales(books, seller):
    payout = paid_out(books, seller)
    with clock.frozen_at(MONDAY):
        batch_of(payout)
        execute_payout(payout.ref, actor=PREPARER)
        posted(books.pk, Line("2110", 4000, "EUR", merchant(seller.pk), "refund"), Line("2300", -4000, "EUR"))
    settle(books, MONDAY + timedelta(days=7))
    owing = Settlement.objects.get(opening_minor=10000)
    assert (owing.state, owing.closing_minor, owing.payable_minor) == ("rolled_over", -4000, 0)

    with clock.frozen_at(MONDAY + timedelta(days=8)):
        funded(books, seller.pk, 5500)
    settle(books, MONDAY + timedelta(days=14))
    paying = Settlement.objects.get(opening_minor=-4000)
    assert (paying.closing_minor, paying.payable_minor, paying.totals) == (1500, 1500, {"sale": 5500})


def test_below_the_smallest_payout_it_is_carried_forward(books, seller):
    change_payout_terms(seller.ref, changes={"minimum_payout_minor": 20000}, actor=PREPARER)
    settlement = reviewed(books, seller)

    assert (settlement.state, settlement.payable_minor) == ("rolled_over", 10000)


def test_terms_keep_a_balance_and_a_held_amount_back(books, seller):
    change_payout_terms(seller.ref, changes={"minimum_balance_minor": 1000}, actor=PREPARER)
    hold_payouts(seller.ref, reason="Open incident", amount_minor=2500, currency="EUR", actor=PREPARER)
    settlement = reviewed(books, seller)

    assert (settlement.kept_minor, settlement.payable_minor) == (3500, 6500)


def test_a_merchant_on_demand_is_settled_only_when_asked(books, seller):
    change_payout_terms(seller.ref, changes={"cycle": "on_demand"}, actor=PREPARER)
    with clock.frozen_at(WEDNESDAY):
        funded(books, seller.pk, 100)
    assert settle(books).created == 0
    with clock.frozen_at(WEDNESDAY + timedelta(hours=1)):
        asked = run_settlements(books.code, merchant_ids=[seller.pk], actor=PREPARER)

    assert asked.created == 1


def test_cutting_needs_the_right(books):
    with pytest.raises(PermissionRefused):
        run_settlements(books.code, actor=APPROVER)


# ---- review


def test_the_preparer_cannot_approve(books, seller):
    settlement = reviewed(books, seller)
    both = operator_actor(PREPARE_SETTLEMENT, APPROVE_SETTLEMENT, user_id=1)

    with pytest.raises(SamePerson):
        approved(settlement, both)

    settlement.refresh_from_db()
    assert settlement.state == "in_review"
    assert not Payout.objects.exists()


def test_the_database_itself_refuses_one_person_for_both(books, seller):
    settlement = reviewed(books, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Settlement.objects.filter(pk=settlement.pk).update(approved_by_user_id=1)


def test_who_changed_the_bank_account_lately_cannot_approve(books, seller):
    account = seller.bank_accounts.get()
    user = mms.user()
    account.changed_by, account.changed_at = user, clock.now()
    account.save()
    settlement = reviewed(books, seller)

    with clock.frozen_at(clock.now()), pytest.raises(SamePerson):
        approved(settlement, operator_actor(APPROVE_SETTLEMENT, user_id=user.pk))


def test_approving_signs_the_hash_and_makes_one_payout_even_when_repeated(books, seller):
    settlement = reviewed(books, seller)
    for _attempt in range(2):
        approved(settlement)

    settlement.refresh_from_db()
    payout = Payout.objects.get()
    assert settlement.state == "payable"
    assert (payout.amount_minor, payout.statement_sha256) == (10000, settlement.statement_sha256)


def test_another_hash_than_the_one_seen_is_refused(books, seller):
    settlement = reviewed(books, seller)
    with pytest.raises(StatementChanged):
        approve_settlement(settlement.ref, statement_sha256="0" * 64, actor=APPROVER)


def test_a_change_of_figures_voids_the_signature(books, seller):
    settlement = reviewed(books, seller)
    Settlement.objects.filter(pk=settlement.pk).update(payable_minor=99999)
    with pytest.raises(StatementChanged):
        approved(settlement)


def test_large_amounts_need_two_approvers(books, seller):
    books.second_approver_above_minor = 5000
    books.save()
    settlement = reviewed(books, seller)

    assert approved(settlement).state == "in_review"
    assert approved(settlement).state == "in_review"
    assert approved(settlement, SECOND).state == "payable"


@pytest.mark.parametrize("field", ["payable_minor", "closing_minor", "max_seq"])
def test_after_approval_the_database_refuses_other_figures(books, seller, field):
    settlement = approved(reviewed(books, seller))
    with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
        Settlement.objects.filter(pk=settlement.pk).update(**{field: 77})


def test_after_approval_the_database_refuses_other_lines(books, seller):
    settlement = approved(reviewed(books, seller))
    late = funded(books, seller.pk, 5).postings.get(account__code="2110")
    with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
        SettlementLine.objects.create(settlement=settlement, posting=late)
    with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
        SettlementLine.objects.filter(settlement=settlement).delete()


def test_a_movement_is_on_one_statement_only(books, seller):
    reviewed(books, seller)
    line = SettlementLine.objects.get()
    other = Settlement.objects.create(
        entity=books,
        merchant=seller,
        currency="EUR",
        from_at=MONDAY,
        to_at=MONDAY + timedelta(days=1),
        time_zone="UTC",
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementLine.objects.bulk_create([SettlementLine(settlement=other, posting=line.posting)])


def test_a_rejected_statement_is_cut_again_with_its_corrections(books, seller):
    settlement = reviewed(books, seller)
    reject_settlement(settlement.ref, reason="Goodwill is missing", actor=APPROVER)
    with clock.frozen_at(MONDAY + timedelta(hours=1)):
        funded(books, seller.pk, 500)
        again = recalculate_settlement(settlement.ref, actor=PREPARER)

    assert (again.state, again.payable_minor, again.n_lines) == ("in_review", 10500, 2)
    assert again.statement_sha256 != settlement.statement_sha256


def test_a_stranger_does_not_find_the_settlement(books, seller):
    settlement = reviewed(books, seller)
    with pytest.raises(NotFound):
        get_settlement(settlement.ref, actor=merchant_actor(seller.pk + 1))
    assert get_settlement(settlement.ref, actor=merchant_actor(seller.pk)) == settlement


def test_a_payout_given_up_is_paid_with_the_next_statement_once(books, seller):
    payout = paid_out(books, seller)
    cancel_payout(payout.ref, reason="A refund came in between", actor=PREPARER)
    with clock.frozen_at(MONDAY):
        funded(books, seller.pk, 500)
    settle(books, MONDAY + timedelta(days=7))
    assert Settlement.objects.latest("to_at").payable_minor == 10500
    with pytest.raises(StateRefused):
        retry_payout(payout.settlement.ref, actor=PREPARER)


def test_what_an_earlier_statement_paid_after_the_cut_is_not_paid_again(books, seller):
    execute_payout(batch_of(paid_out(books, seller)).payouts.get().ref, actor=PREPARER)
    with clock.frozen_at(MONDAY):
        funded(books, seller.pk, 500)
    # Executed long after the moment of this cut, which is made late.
    settle(books, MONDAY + timedelta(days=7))
    assert Settlement.objects.latest("to_at").payable_minor == 500
