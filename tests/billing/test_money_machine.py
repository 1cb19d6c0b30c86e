"""A machine that does what people and providers do, in any order and with repeats, while the promises hold."""

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
from billing import invariants as promises
from billing.entries import reversals, sales
from billing.entries.drafts import Draft
from billing.errors import AlreadyReversed, NotEnoughAvailable, PayloadConflict
from billing.models import JournalEntry, Payout, Posting, Settlement
from billing.operations.ledger import post_entry, reverse_entry
from billing.operations.payout_files import create_batch
from billing.operations.payouts import execute_payout, reject_payout
from billing.operations.settlement_review import approve_settlement
from billing.operations.settlement_run import run_settlements
from tests.factories import billing as make
from tests.factories import mas

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
PROVED = (
    promises.zero_sum,
    promises.entries_balance,
    promises.balances_equal_postings,
    promises.chain_is_intact,
    promises.statements_add_up,
    promises.movements_are_settled,
    promises.payouts_match,
    promises.in_transit_matches,
    promises.open_items_have_their_side,
    promises.trial_balance_is_even,
)
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
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        for shop in self.sellers:
            mas.bank_account(shop, changed_at=long_ago, verified_at=long_ago)
        self.now = START
        self.number = 0
        self.drafts: list[Draft] = []
        self.credited = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    def _post(self, draft: Draft) -> JournalEntry:
        self.drafts.append(draft)
        with clock.frozen_at(self.now):
            return post_entry(draft, actor=make.ACTOR)

    @rule(seller=SELLERS, amount=AMOUNTS, fee=st.integers(0, 20))
    def sell_and_mature(self, seller: int, amount: int, fee: int) -> None:
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
        self._post(
            sales.maturity(
                self.books.pk, "EUR", sales.Maturing(merchant_id, self.number, kinds), occurred_at=self.now
            )
        )

    @rule(seller=SELLERS, amount=AMOUNTS)
    def refund(self, seller: int, amount: int) -> None:
        self.number += 1
        share = reversals.RefundShare(self.sellers[seller].pk, self.number, amount)
        self._post(reversals.refund(self.books.pk, "EUR", str(self.number), share, occurred_at=self.now))

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

    @rule()
    def approve_what_waits(self) -> None:
        with clock.frozen_at(self.now):
            for row in Settlement.objects.filter(state="in_review"):
                approve_settlement(row.ref, statement_sha256=row.statement_sha256, actor=APPROVER)

    @rule(ends=st.sampled_from(["executed", "rejected", "waiting"]))
    def send_a_payout(self, ends: str) -> None:
        payout = Payout.objects.filter(state="created").order_by("pk").first()
        if payout is None:
            return
        with clock.frozen_at(self.now):
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
            if ends == "executed":
                execute_payout(payout.ref, actor=PREPARER)
            elif ends == "rejected":
                reject_payout(payout.ref, reason="AC04", actor=PREPARER)

    @invariant()
    def every_promise_holds(self) -> None:
        for promise in PROVED:
            assert list(promise()) == [], promise.__name__


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
