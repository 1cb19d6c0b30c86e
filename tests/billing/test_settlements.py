"""From available money to a paid statement: cutting, reviewing, holding, paying, and what must be impossible."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xmlschema
from django.db import DatabaseError, IntegrityError, transaction

from backoffice.kernel import clock
from backoffice.kernel.errors import NotFound, PermissionRefused, StateRefused
from billing.bankfiles.plain import safe_cell
from billing.cycles import last_cut, midnight, next_cut
from billing.entries.drafts import Line, merchant
from billing.errors import (
    EntityIncomplete,
    FileMismatch,
    NotEnoughAvailable,
    PayoutHeld,
    PayoutNotSendable,
    SamePerson,
    StatementChanged,
)
from billing.models import Payout, PayoutBatch, Settlement, SettlementLine
from billing.operations.holds import change_payout_terms, hold_payouts, release_hold
from billing.operations.payout_files import control_of, create_batch, download_batch, write_file
from billing.operations.payouts import (
    cancel_payout,
    claim_payout,
    execute_batch,
    execute_payout,
    lose_track_of_payout,
    reject_payout,
    retry_payout,
    return_payout,
)
from billing.operations.settlement_review import (
    approve_settlement,
    reject_settlement,
    release_held_settlements,
)
from billing.operations.settlement_run import recalculate_settlement, run_settlements
from billing.permissions import APPROVE_SETTLEMENT, HOLD_PAYOUTS, PREPARE_SETTLEMENT, SEND_PAYOUTS
from billing.selectors.settlements import get_settlement
from tests.factories import mas, mms
from tests.factories.actors import merchant_actor, operator_actor
from tests.factories.billing import balance_of, entity, funded, posted

pytestmark = pytest.mark.django_db

PREPARER = operator_actor(PREPARE_SETTLEMENT, SEND_PAYOUTS, HOLD_PAYOUTS, label="Paula Preparer", user_id=1)
APPROVER = operator_actor(APPROVE_SETTLEMENT, SEND_PAYOUTS, label="Anna Approver", user_id=2)
SECOND = operator_actor(APPROVE_SETTLEMENT, label="Sven Second", user_id=3)
# A Wednesday; the weekly cut after it is Monday 22 June 2026, 00:00 in Berlin.
WEDNESDAY = datetime(2026, 6, 17, 10, tzinfo=UTC)
MONDAY = datetime(2026, 6, 22, 6, tzinfo=UTC)


@pytest.fixture
def books():
    return entity()


@pytest.fixture
def seller():
    shop = mas.merchant()
    long_ago = datetime(2025, 1, 1, tzinfo=UTC)
    mas.bank_account(shop, state="verified", changed_at=long_ago, verified_at=long_ago)
    return shop


def settle(books, at=MONDAY):
    with clock.frozen_at(at):
        return run_settlements(books.code, actor=PREPARER)


def reviewed(books, seller, amount=10000):
    with clock.frozen_at(WEDNESDAY):
        funded(books, seller.pk, amount)
    settle(books)
    return Settlement.objects.get(merchant=seller)


def approved(settlement, actor=APPROVER):
    return approve_settlement(settlement.ref, statement_sha256=settlement.statement_sha256, actor=actor)


def paid_out(books, seller, amount=10000):
    approved(reviewed(books, seller, amount))
    return Payout.objects.get(merchant=seller)


def batch_of(*payouts, file_format="pain.001.001.09"):
    return create_batch(
        [payout.ref for payout in payouts],
        file_format=file_format,
        execution_on=date(2026, 6, 24),
        actor=PREPARER,
    )


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


# ---- holds


def test_a_held_merchant_waits_until_the_hold_is_lifted(books, seller):
    hold = hold_payouts(seller.ref, reason="Documents missing", actor=PREPARER)
    settlement = approved(reviewed(books, seller))
    assert (settlement.state, Payout.objects.count()) == ("on_hold", 0)

    assert release_held_settlements() == 0
    release_hold(hold.pk, actor=PREPARER)
    assert release_held_settlements() == 1
    assert Payout.objects.get().amount_minor == 10000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "suspended", "suspension_type": "manual"}, "merchant_not_active"),
        ({"kyc_status": "refused"}, "kyc_not_approved"),
    ],
)
def test_a_merchant_blocked_after_approval_is_not_claimed(books, seller, change, code):
    payout = paid_out(books, seller)
    type(seller).objects.filter(pk=seller.pk).update(**change)

    with pytest.raises(PayoutHeld) as refused:
        claim_payout(payout.ref, actor=PREPARER)

    assert refused.value.params["reasons"] == [code]
    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000


def test_an_unverified_account_is_not_paid(books, seller):
    payout = paid_out(books, seller)
    seller.bank_accounts.update(state="unverified", verified_at=None)
    with pytest.raises(PayoutHeld):
        claim_payout(payout.ref, actor=PREPARER)


def test_a_merchant_blocked_between_claim_and_export_is_not_exported(books, seller):
    payout = paid_out(books, seller)
    claim_payout(payout.ref, actor=PREPARER)
    hold_payouts(seller.ref, reason="Suspicion", actor=PREPARER)

    with pytest.raises(PayoutHeld):
        batch_of(payout)

    payout.refresh_from_db()
    assert (payout.state, PayoutBatch.objects.count()) == ("claimed", 0)


def test_an_account_changed_between_claim_and_export_is_not_paid(books, seller):
    payout = paid_out(books, seller)
    claim_payout(payout.ref, actor=PREPARER)
    seller.bank_accounts.update(account_number="FR1420041010050500013M02606")

    with pytest.raises(PayoutHeld):
        batch_of(payout)


# ---- payouts


def test_the_whole_way_to_the_bank(books, seller):
    payout = paid_out(books, seller)
    batch = batch_of(payout)
    assert balance_of(books, "2200") == -10000
    assert execute_batch(batch.ref, actor=PREPARER) == 1
    assert execute_batch(batch.ref, actor=PREPARER) == 0

    payout.refresh_from_db()
    assert (payout.state, payout.settlement.state) == ("executed", "paid")
    assert {code: balance_of(books, code) for code in ("2110", "2200", "1010")} == {
        "2110": 0,
        "2200": 0,
        "1010": -10000,
    }


def test_a_payout_is_claimed_once(books, seller):
    payout = paid_out(books, seller)
    for _attempt in range(2):
        claim_payout(payout.ref, actor=PREPARER)

    assert balance_of(books, "2200") == -10000


def test_the_approver_does_not_send_the_money(books, seller):
    payout = paid_out(books, seller)
    with pytest.raises(SamePerson):
        claim_payout(payout.ref, actor=APPROVER)


def test_a_payout_above_what_is_available_is_not_claimed(books, seller):
    payout = paid_out(books, seller)
    posted(books.pk, Line("2110", 1, "EUR", merchant(seller.pk), "refund"), Line("2300", -1, "EUR"))

    with pytest.raises(NotEnoughAvailable):
        claim_payout(payout.ref, actor=PREPARER)

    payout.refresh_from_db()
    assert (payout.state, balance_of(books, "2200")) == ("created", 0)


def test_two_live_payouts_of_one_statement_are_impossible(books, seller):
    payout = paid_out(books, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.create(
            settlement=payout.settlement,
            merchant=seller,
            entity=books,
            currency="EUR",
            amount_minor=1,
            attempt=2,
            statement_sha256=payout.statement_sha256,
        )
    with pytest.raises(PayoutNotSendable):
        retry_payout(payout.settlement.ref, actor=PREPARER)


@pytest.mark.parametrize("amount", [0, -5])
def test_a_payout_of_nothing_or_less_is_impossible(books, seller, amount):
    payout = paid_out(books, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(amount_minor=amount)


def test_an_export_without_a_claim_is_impossible(books, seller):
    payout = paid_out(books, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state="exported")


def test_an_altered_amount_is_never_sent(books, seller):
    payout = paid_out(books, seller)
    Payout.objects.filter(pk=payout.pk).update(amount_minor=9999)
    with pytest.raises(StatementChanged):
        claim_payout(payout.ref, actor=PREPARER)


def test_a_rejected_payout_is_available_again_and_can_be_sent_anew(books, seller):
    payout = paid_out(books, seller)
    batch_of(payout)
    reject_payout(payout.ref, reason="AC04 closed account", actor=PREPARER)
    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000

    again = retry_payout(payout.settlement.ref, actor=PREPARER)
    claim_payout(again.ref, actor=PREPARER)
    assert (again.attempt, balance_of(books, "2110", merchant_id=seller.pk)) == (2, 0)


def test_a_returned_payout_restores_the_balance_once(books, seller):
    payout = paid_out(books, seller)
    execute_batch(batch_of(payout).ref, actor=PREPARER)
    for _attempt in range(2):
        return_payout(payout.ref, bank_fee_minor=300, reason="AC01", actor=PREPARER)

    assert balance_of(books, "2110", merchant_id=seller.pk) == -10000
    assert (balance_of(books, "1010"), balance_of(books, "5020")) == (-300, 300)


def test_the_unknown_keeps_the_money_in_transit_and_nothing_sends_it_again(books, seller):
    payout = paid_out(books, seller)
    batch_of(payout)
    lose_track_of_payout(payout.ref, actor=PREPARER)

    with pytest.raises(PayoutNotSendable):
        retry_payout(payout.settlement.ref, actor=PREPARER)
    with pytest.raises(PayoutNotSendable):
        batch_of(payout)
    assert balance_of(books, "2200") == -10000
    assert execute_payout(payout.ref, actor=PREPARER).state == "executed"


def test_a_claimed_payout_cannot_be_cancelled(books, seller):
    payout = paid_out(books, seller)
    claim_payout(payout.ref, actor=PREPARER)
    with pytest.raises(PayoutNotSendable):
        cancel_payout(payout.ref, reason="Changed our mind", actor=PREPARER)


# ---- files


def test_the_bank_file_is_valid_and_adds_up(books, seller):
    batch = batch_of(paid_out(books, seller))
    control = control_of(batch)

    assert (control.count, control.total_minor) == (1, 10000)
    assert f"<MsgId>{batch.ref}</MsgId>" in batch.content
    outside = Path(__file__).resolve().parents[3] / "shared" / "data" / "iso20022" / "pain.001.001.09.xsd"
    if outside.exists():
        xmlschema.XMLSchema(str(outside)).validate(batch.content)


def test_writing_the_file_again_gives_the_same_bytes(books, seller):
    batch = batch_of(paid_out(books, seller))

    assert write_file(batch, list(batch.payouts.all())) == batch.content


def test_a_tampered_file_is_not_handed_out(books, seller):
    batch = batch_of(paid_out(books, seller))
    PayoutBatch.objects.filter(pk=batch.pk).update(content=batch.content.replace("100.00", "900.00"))
    with pytest.raises(FileMismatch):
        download_batch(batch.ref, actor=PREPARER)


def test_a_file_is_not_handed_to_an_approver(books, seller):
    batch = batch_of(paid_out(books, seller))
    with pytest.raises(SamePerson):
        download_batch(batch.ref, actor=APPROVER)
    assert download_batch(batch.ref, actor=PREPARER).downloaded_at is not None


def test_a_csv_file_carries_the_same_figures(books, seller):
    batch = batch_of(paid_out(books, seller), file_format="csv")

    assert control_of(batch).total_minor == 10000
    assert "100.00,EUR" in batch.content


@pytest.mark.parametrize("text", ["=1+1", "+49", "-5", "@cmd", "\tx"])
def test_no_cell_is_a_formula(text):
    assert safe_cell(text) == f"'{text}"


def test_without_a_bank_account_of_its_own_the_entity_sends_nothing(books, seller):
    payout = paid_out(books, seller)
    type(books).objects.filter(pk=books.pk).update(iban="")
    with pytest.raises(EntityIncomplete):
        batch_of(payout)
    assert balance_of(books, "2200") == 0


# ---- cycles

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_days_have_23_24_or_25_hours(day, hours):
    length = midnight(day + timedelta(days=1), BERLIN) - midnight(day, BERLIN)

    assert length == timedelta(hours=hours)


@pytest.mark.parametrize("cycle", ["daily", "weekly", "half_monthly", "monthly"])
def test_cycles_tile_the_year_without_gap_or_overlap(cycle):
    at = midnight(date(2026, 1, 1), BERLIN)
    cuts = [last_cut(cycle, BERLIN, at)]
    while cuts[-1] < midnight(date(2027, 1, 1), BERLIN):
        cuts.append(next_cut(cycle, BERLIN, cuts[-1]))

    for earlier, later in pairwise(cuts):
        assert last_cut(cycle, BERLIN, later - timedelta(microseconds=1)) == earlier
        assert last_cut(cycle, BERLIN, later) == later


def test_a_merchant_on_demand_has_no_cut():
    assert last_cut("on_demand", BERLIN, MONDAY) is None
    assert next_cut("on_demand", BERLIN, MONDAY) is None
