"""Doctor names what is wrong: each promise holds on sound books and is broken by a forged row."""

from contextlib import contextmanager

import pytest
from django.db import connection

from backoffice.kernel import clock
from backoffice.kernel.money import Money
from billing import fee_invariants as promises
from billing.entries.drafts import Line, Owner, merchant
from billing.invariants import disputes_match
from billing.models import Adjustment, Dispute, MonthVolume, Payout, PeriodicFee, Posting, Settlement
from billing.operations.adjustments import approve_adjustment, propose_adjustment
from billing.operations.ledger import reverse_entry
from billing.operations.month_volumes import lock_month_volumes, volume_key
from billing.permissions import ADJUST_BALANCE, APPROVE_ADJUSTMENT
from tests.billing.payout_stories import MONDAY, batch_of, paid_out, reviewed
from tests.factories import mas
from tests.factories.actors import operator_actor
from tests.factories.billing import (
    ACTOR,
    NOON,
    dispute,
    earning,
    entity,
    funded,
    periodic_fee,
    posted,
)

pytestmark = pytest.mark.django_db


@contextmanager
def without(table, *, trigger="", check=""):
    """The table without its guard, as for somebody with the database in his hands; the transaction brings it back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            if check:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
            cursor.execute("SET LOCAL session_replication_role = replica")
        elif check:
            cursor.execute("PRAGMA ignore_check_constraints=ON")
        else:
            cursor.execute(f"DROP TRIGGER {trigger}")
        yield
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
        else:
            cursor.execute("PRAGMA ignore_check_constraints=OFF")


def test_a_statement_that_is_not_the_ledgers(books, seller):
    row = reviewed(books, seller)
    assert list(promises.statements_equal_ledger()) == []
    Settlement.objects.filter(pk=row.pk).update(closing_minor=9_999)
    assert row.ref in "".join(promises.statements_equal_ledger())


def test_more_paid_than_was_ever_available(books, seller):
    payout = paid_out(books, seller)
    with clock.frozen_at(MONDAY):
        batch_of(payout)
    assert list(promises.payouts_are_covered()) == []
    forged = reviewed(entity(), mas.merchant())
    Payout.objects.create(
        settlement=forged,
        merchant=forged.merchant,
        entity=forged.entity,
        currency="EUR",
        amount_minor=10_001,
        statement_sha256="0" * 64,
        state="claimed",
        claimed_at=MONDAY,
    )
    assert len(list(promises.payouts_are_covered())) == 1


def test_a_fee_the_ledger_does_not_know(books, seller):
    assert list(promises.merchant_fees_match()) == []
    periodic_fee(seller, entity=books)
    assert len(list(promises.merchant_fees_match())) == 1
    assert PeriodicFee.objects.count() == 1


def test_a_month_counted_wrongly(books, seller):
    earning(seller, entity=books, goods_minor=500)
    key = volume_key(books, seller.pk, "EUR", NOON)
    assert lock_month_volumes([key], {books.pk: books.time_zone})[key] == 500
    assert list(promises.month_volumes_match()) == []
    MonthVolume.objects.update(sold_minor=499)
    assert len(list(promises.month_volumes_match())) == 1


def test_an_adjustment_of_another_amount_than_was_booked(books, seller):
    asked = propose_adjustment(
        seller.ref,
        entity=books,
        kind="goodwill",
        amount=Money(500, "EUR"),
        reason="Late payout",
        actor=operator_actor(ADJUST_BALANCE, user_id=1),
    )
    approve_adjustment(asked.ref, actor=operator_actor(APPROVE_ADJUSTMENT, user_id=2))
    assert list(promises.adjustments_match()) == []
    Adjustment.objects.update(amount_minor=501)
    assert len(list(promises.adjustments_match())) == 1


def test_an_adjustment_of_one_person_alone(books, seller):
    asked = propose_adjustment(
        seller.ref,
        entity=books,
        kind="goodwill",
        amount=Money(500, "EUR"),
        reason="Late payout",
        actor=operator_actor(ADJUST_BALANCE, user_id=1),
    )
    approve_adjustment(asked.ref, actor=operator_actor(APPROVE_ADJUSTMENT, user_id=2))
    with without("billing_adjustment", check="adjustment_four_eyes"):
        Adjustment.objects.update(decided_by_user_id=1)
    assert list(promises.adjustments_match()) == [f"{asked.ref} was proposed and approved by the same person"]


def test_a_line_of_an_adjustment_changed_behind_the_triggers(books, seller):
    asked = propose_adjustment(
        seller.ref,
        entity=books,
        kind="penalty",
        amount=Money(500, "EUR"),
        reason="Late",
        actor=operator_actor(ADJUST_BALANCE, user_id=1),
    )
    approve_adjustment(asked.ref, actor=operator_actor(APPROVE_ADJUSTMENT, user_id=2))
    assert list(promises.adjustments_match()) == []
    with without("billing_posting", trigger="ledger_posting_no_update"):
        Posting.objects.filter(account__code="2110").update(amount_minor=400)
    assert list(promises.adjustments_match()) == [f"{asked.ref} says 500, the ledger moved 400"]


class TestReversals:
    @pytest.fixture
    def reversal(self, books, seller):
        made = reverse_entry(funded(books, seller.pk, 500).pk, reason="Booked by mistake", actor=ACTOR)
        assert list(promises.reversals_undo()) == []
        return made

    def test_another_amount_than_it_undoes(self, reversal):
        with without("billing_posting", trigger="ledger_posting_no_update"):
            Posting.objects.filter(entry=reversal).update(amount_minor=499)
        assert list(promises.reversals_undo()) == [f"entry {reversal.pk} does not undo what it reverses"]

    def test_another_account_than_it_undoes(self, books, seller):
        entry = funded(books, seller.pk, 500)
        forged = posted(
            books.pk,
            Line("1100", -500, "EUR", Owner("psp:card", 0)),
            Line("2110", 500, "EUR", merchant(mas.merchant().pk), "sale"),
            reverses_id=entry.pk,
        )
        assert list(promises.reversals_undo()) == [f"entry {forged.pk} does not undo what it reverses"]

    def test_only_a_part(self, books, seller):
        card = Owner("psp:card", 0)
        entry = posted(
            books.pk,
            Line("1100", 500, "EUR", card),
            Line("2110", -500, "EUR", merchant(seller.pk), "sale"),
            Line("1100", 70, "USD", card),
            Line("4000", -70, "USD"),
        )
        forged = posted(
            books.pk,
            Line("1100", -500, "EUR", card),
            Line("2110", 500, "EUR", merchant(seller.pk), "sale"),
            reverses_id=entry.pk,
        )
        assert list(promises.reversals_undo()) == [
            f"entry {forged.pk} undoes only a part of what it reverses"
        ]

    def test_a_reversal_of_a_reversal(self, books, seller, reversal):
        with without("billing_journalentry", trigger="ledger_reversal_once"):
            again = posted(
                books.pk,
                Line("1100", 500, "EUR", Owner("psp:card", 0)),
                Line("2110", -500, "EUR", merchant(seller.pk), "sale"),
                reverses_id=reversal.pk,
            )
        assert list(promises.reversals_undo()) == [f"entry {again.pk} reverses a reversal"]


class TestDisputes:
    @pytest.fixture
    def held(self, books, seller):
        """10.00 in dispute, held from the merchant: the row and what it booked."""
        posted(books.pk, Line("1150", 1000, "EUR"), Line("1100", -1000, "EUR", Owner("psp:card", 0)))
        posted(
            books.pk,
            Line("2110", 1000, "EUR", merchant(seller.pk)),
            Line("2130", -1000, "EUR", merchant(seller.pk)),
        )
        row = dispute(earning(seller, entity=books))
        assert list(disputes_match()) == []
        return row

    def test_an_open_case_that_nobody_booked(self, held):
        dispute(held.earning)
        assert list(disputes_match()) == [
            "account 1150: open chargebacks are 2000 EUR, the ledger says 1000",
            "account 2130: open chargebacks are 2000 EUR, the ledger says 1000",
        ]

    def test_a_case_decided_without_booking(self, held):
        Dispute.objects.filter(pk=held.pk).update(state="won")
        assert len(list(disputes_match())) == 2

    def test_money_held_behind_the_triggers(self, held):
        with without("billing_posting", trigger="ledger_posting_no_update"):
            Posting.objects.filter(account__code="2130").update(amount_minor=-1)
        assert list(disputes_match()) == ["account 2130: open chargebacks are 1000 EUR, the ledger says 1"]
