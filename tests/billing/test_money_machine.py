"""A machine that does what people and providers do, in any order and with repeats, while the promises hold.

Which of the eighteen promises of the books it proves stands in `test_promises`.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backoffice.kernel import clock
from backoffice.kernel.actors import Actor, ActorKind
from backoffice.kernel.errors import StateRefused
from backoffice.kernel.money import Money
from billing.entries import reversals, sales
from billing.entries.drafts import Draft
from billing.errors import (
    AlreadyReversed,
    DisputeAboveCapture,
    NotEnoughAvailable,
    PayloadConflict,
    PeriodNotClosable,
    WriteOffAboveDebt,
)
from billing.models import (
    Account,
    Earning,
    JournalEntry,
    Payout,
    PayoutTerms,
    Period,
    Posting,
    Settlement,
)
from billing.operations.adjustments import approve_adjustment, propose_adjustment
from billing.operations.chain import chain_entries
from billing.operations.disputes import (
    Case,
    absorb_dispute,
    ask_to_absorb_dispute,
    lose_dispute,
    open_dispute,
    win_dispute,
)
from billing.operations.ledger import post_entry, reverse_entry
from billing.operations.payout_files import create_batch
from billing.operations.payouts import (
    cancel_payout,
    execute_payout,
    lose_track_of_payout,
    reject_payout,
    retry_payout,
    return_payout,
)
from billing.operations.periods import explain_clearing, hard_close_period
from billing.operations.reserves import release_due_reserves
from billing.operations.settlement_review import approve_settlement, reject_settlement
from billing.operations.settlement_run import recalculate_settlement, run_settlements
from billing.selectors.balances import get_balance_as_of, get_merchant_balances
from billing.selectors.closing import ends_at, list_clearing, list_unpaid_statements
from billing.selectors.disputes import sum_disputed
from tests.billing.machine_endings import PROVED, close_everything, pay_out_the_rest, settle_the_rest
from tests.factories import billing as make
from tests.factories import mas

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
START = datetime(2026, 5, 4, 9, tzinfo=UTC)
AMOUNTS = st.integers(1, 50_000)
SELLERS = st.integers(0, 1)


def person(user_id: int) -> Actor:
    return Actor(
        kind=ActorKind.USER,
        id=str(user_id),
        label=f"Person {user_id}",
        grants=make.ACTOR.grants,
        user_id=user_id,
    )


PREPARER, APPROVER = person(1), person(2)


class MoneyMachine(RuleBasedStateMachine):
    """Each run is a transaction of its own that is rolled back at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.books = make.entity()
        self.sellers = [mas.merchant(), mas.merchant()]
        self.preparer, self.approver = PREPARER, APPROVER
        for shop in self.sellers:
            mas.bank_account(shop, changed_at=LONG_AGO, verified_at=LONG_AGO)
        # The first is settled by the calendar, the second only when somebody asks.
        PayoutTerms.objects.create(merchant=self.sellers[1], cycle="on_demand")
        self.now = START
        self.number = 0
        self.drafts: list[Draft] = []
        self.earnings: list[Earning] = []
        self.refunds: list[tuple[str, int]] = []
        self.steps = 0
        # What each merchant has in all, by a count of our own: pending, available, reserve and held together.
        self.owed = {shop.pk: 0 for shop in self.sellers}
        self.closed: list[tuple[datetime, int]] = []

    def teardown(self) -> None:
        try:
            close_everything(self)
            settle_the_rest(self)
            pay_out_the_rest(self)
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    def _post(self, draft: Draft) -> JournalEntry:
        self.drafts.append(draft)
        with clock.frozen_at(self.now):
            return post_entry(draft, actor=make.ACTOR)

    @rule(seller=SELLERS, amount=AMOUNTS, fee=st.integers(0, 20), kept=st.sampled_from([0, 0, 25]))
    def sell_and_mature(self, seller: int, amount: int, fee: int, kept: int) -> None:
        self.number += 1
        merchant_id = self.sellers[seller].pk
        share = sales.SaleShare(merchant_id, self.number, amount)
        self._post(
            sales.capture(
                sales.Captured(self.books.pk, "card", str(self.number), "EUR", amount, (share,), self.now)
            )
        )
        charged = amount * fee // 100
        if charged:
            charge = sales.Charge(merchant_id, self.number, charged, 0)
            self._post(sales.commission(self.books.pk, "EUR", charge, occurred_at=self.now))
        kinds = (("sale", amount), ("commission", -charged)) if charged else (("sale", amount),)
        reserve = (amount - charged) * kept // 100
        maturing = sales.Maturing(merchant_id, self.number, kinds, reserve_minor=reserve)
        self._post(sales.maturity(self.books.pk, "EUR", maturing, occurred_at=self.now))
        self.owed[merchant_id] += amount - charged
        earning = make.earning(
            self.sellers[seller],
            entity=self.books,
            merchant_order_id=self.number,
            captured_minor=amount,
            matured_times=1,
            psp="card",
        )
        self.earnings.append(earning)
        if reserve:
            make.reserve(earning, reserve, release_at=self.now + timedelta(days=20))

    @rule()
    def reserves_fall_due(self) -> None:
        with clock.frozen_at(self.now):
            release_due_reserves()

    @rule(again=st.booleans())
    def a_review_rejects(self, again: bool) -> None:
        row = Settlement.objects.filter(state="in_review").order_by("pk").first()
        if row is None:
            return
        with clock.frozen_at(self.now):
            reject_settlement(row.ref, reason="Look again", actor=APPROVER)
            if again:
                try:
                    recalculate_settlement(row.ref, actor=PREPARER)
                except StateRefused:
                    assert Settlement.objects.filter(merchant=row.merchant, from_at__gte=row.to_at).exists()

    @rule(seller=SELLERS, amount=AMOUNTS, days_late=st.sampled_from([0, 0, 20, 60]))
    def refund(self, seller: int, amount: int, days_late: int) -> None:
        self.number += 1
        share = reversals.RefundShare(self.sellers[seller].pk, self.number, amount)
        happened = self.now - timedelta(days=days_late)
        self._post(reversals.refund(self.books.pk, "EUR", str(self.number), share, occurred_at=happened))
        self.owed[self.sellers[seller].pk] -= amount
        self.refunds.append((str(self.number), amount))

    @precondition(lambda self: self.earnings)
    @rule(data=st.data(), ends=st.sampled_from(["won", "lost", "absorbed", "open"]), fee=st.integers(0, 2000))
    def a_chargeback(self, data: st.DataObject, ends: str, fee: int) -> None:
        earning = data.draw(st.sampled_from(self.earnings))
        self.number += 1
        case = Case(str(self.number), Money(data.draw(st.integers(1, 60_000)), "EUR"), fee_minor=fee)
        with clock.frozen_at(self.now):
            try:
                row = open_dispute(earning.merchant_order_ref, case=case, actor=PREPARER)
            except DisputeAboveCapture:
                assert sum_disputed(earning.pk) + case.amount.minor > earning.captured_minor
                return
            if ends == "won":
                win_dispute(row.ref, actor=PREPARER)
            elif ends == "lost":
                lose_dispute(row.ref, actor=PREPARER)
                self.owed[earning.merchant_id] -= case.amount.minor + fee
            elif ends == "absorbed":
                ask_to_absorb_dispute(row.ref, reason="Our carrier", actor=PREPARER)
                absorb_dispute(row.ref, actor=APPROVER)

    @rule(seller=SELLERS, amount=AMOUNTS, kind=st.sampled_from(["goodwill", "penalty", "write_off"]))
    def two_people_adjust(self, seller: int, amount: int, kind: str) -> None:
        shop = self.sellers[seller]
        asked = propose_adjustment(
            shop.ref,
            entity=self.books,
            kind=kind,
            amount=Money(amount, "EUR"),
            reason="Agreed",
            actor=PREPARER,
        )
        with clock.frozen_at(self.now):
            try:
                with transaction.atomic():
                    approve_adjustment(asked.ref, actor=APPROVER)
            except WriteOffAboveDebt:
                assert make.balance_of(self.books, "2110", merchant_id=shop.pk) < amount
                return
        self.owed[shop.pk] += -amount if kind == "penalty" else amount

    @rule()
    def the_oldest_month_is_closed(self) -> None:
        period = (
            Period.objects.filter(entity=self.books)
            .exclude(state="hard_closed")
            .order_by("starts_on")
            .first()
        )
        if period is None or ends_at(period) > self.now:
            return
        with clock.frozen_at(self.now):
            chain_entries()
            for row in list_clearing(period):
                explain_clearing(
                    period.pk, code=row.code, currency=row.currency, text="Known", actor=PREPARER
                )
            try:
                hard_close_period(period.pk, actor=PREPARER)
            except PeriodNotClosable:
                assert list_unpaid_statements(period)
                return
        end = ends_at(period) - timedelta(seconds=1)
        self.closed.append((end, self._revenue_at(end)))

    def _revenue_at(self, moment: datetime) -> int:
        account = Account.objects.filter(entity=self.books, code="1100").first()
        return get_balance_as_of(account.pk, moment, axis="effective") if account else 0

    @precondition(lambda self: self.drafts)
    @rule(data=st.data())
    def repeat_something(self, data: st.DataObject) -> None:
        draft = data.draw(st.sampled_from(self.drafts))
        before = Posting.objects.count()
        post_entry(draft, actor=make.ACTOR)
        assert Posting.objects.count() == before

    @precondition(lambda self: self.drafts)
    @rule(data=st.data())
    def reuse_a_key_with_other_amounts(self, data: st.DataObject) -> None:
        draft = data.draw(st.sampled_from(self.drafts))
        before = Posting.objects.count()
        forged = make.draft(self.books.pk, draft.idem_key)
        with pytest.raises(PayloadConflict):
            post_entry(forged, actor=make.ACTOR)
        assert Posting.objects.count() == before

    @rule(seller=SELLERS, amount=AMOUNTS)
    def book_and_reverse(self, seller: int, amount: int) -> None:
        merchant_id = self.sellers[seller].pk
        before = make.balance_of(self.books, "2110", merchant_id=merchant_id)
        with clock.frozen_at(self.now):
            entry = make.funded(self.books, merchant_id, amount)
            reverse_entry(entry.pk, reason="Booked by mistake", actor=make.ACTOR)
            with pytest.raises(AlreadyReversed):
                reverse_entry(entry.pk, reason="Again", actor=make.ACTOR)
        assert make.balance_of(self.books, "2110", merchant_id=merchant_id) == before

    @rule()
    def a_week_passes_and_statements_are_cut(self) -> None:
        self.now += timedelta(days=7)
        with clock.frozen_at(self.now):
            run_settlements(self.books.code, actor=PREPARER)
            assert run_settlements(self.books.code, actor=PREPARER).created == 0

    @rule(seller=SELLERS)
    def a_merchant_is_settled_at_once(self, seller: int) -> None:
        self.now += timedelta(hours=1)
        with clock.frozen_at(self.now):
            run_settlements(self.books.code, actor=PREPARER, merchant_ids=[self.sellers[seller].pk])

    @rule()
    def approve_what_waits(self) -> None:
        with clock.frozen_at(self.now):
            for row in Settlement.objects.filter(state="in_review"):
                approve_settlement(row.ref, statement_sha256=row.statement_sha256, actor=APPROVER)

    @rule(ends=st.sampled_from(["executed", "rejected", "waiting", "unknown", "returned", "cancelled"]))
    def send_a_payout(self, ends: str) -> None:
        payout = Payout.objects.filter(state="created").order_by("pk").first()
        if payout is None:
            return
        with clock.frozen_at(self.now):
            if ends == "cancelled":
                cancel_payout(payout.ref, reason="Not now", actor=PREPARER)
                return
            try:
                with transaction.atomic():
                    create_batch(
                        [payout.ref], file_format="csv", execution_on=self.now.date(), actor=PREPARER
                    )
            except NotEnoughAvailable:
                # A refund came in between: payouts never overdraw, so this one waits.
                assert (
                    -make.balance_of(self.books, "2110", merchant_id=payout.merchant_id) < payout.amount_minor
                )
                return
            self.owed[payout.merchant_id] -= payout.amount_minor
            if ends == "unknown":
                lose_track_of_payout(payout.ref, actor=PREPARER)
            elif ends in ("executed", "returned"):
                execute_payout(payout.ref, actor=PREPARER)
            if ends == "returned":
                return_payout(payout.ref, bank_fee_minor=0, reason="AC01", actor=PREPARER)
                # The merchant confirmed the account, and it was verified anew.
                payout.merchant.bank_accounts.update(state="verified", verified_at=LONG_AGO)
            elif ends == "rejected":
                reject_payout(payout.ref, reason="AC04", actor=PREPARER)
            if ends in ("returned", "rejected"):
                self.owed[payout.merchant_id] += payout.amount_minor

    @rule()
    def a_failed_payout_is_sent_again(self) -> None:
        for row in Settlement.objects.filter(state="payable").order_by("pk")[:1]:
            try:
                with transaction.atomic():
                    retry_payout(row.ref, actor=PREPARER)
            except StateRefused:
                under_way = row.payouts.exclude(state__in=["cancelled", "rejected", "returned"])
                later = Settlement.objects.filter(merchant=row.merchant, from_at__gte=row.to_at)
                assert under_way.exists() or later.exists()

    @invariant()
    def merchants_have_what_they_earned(self) -> None:
        for merchant_id, owed in self.owed.items():
            assert sum(row.total_minor for row in get_merchant_balances(merchant_id)) == owed

    @invariant()
    def closed_months_never_change(self) -> None:
        for moment, figure in self.closed:
            assert self._revenue_at(moment) == figure

    def prove_everything(self) -> None:
        for promise in PROVED:
            assert list(promise()) == [], promise.__name__

    @invariant()
    def every_promise_holds(self) -> None:
        """After every third step and at the end; a broken promise does not mend itself, so nothing is missed."""
        self.steps += 1
        if self.steps % 3 == 0:
            self.prove_everything()


@pytest.mark.django_db
def test_the_books_keep_their_promises_whatever_happens_in_whatever_order():
    run_state_machine_as_test(
        MoneyMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
