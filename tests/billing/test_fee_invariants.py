"""Doctor names what is wrong: each promise holds on sound books and is broken by a forged row."""

import pytest

from backoffice.kernel import clock
from backoffice.kernel.money import Money
from billing import fee_invariants as promises
from billing.models import Adjustment, MonthVolume, Payout, PeriodicFee, Settlement
from billing.operations.adjustments import approve_adjustment, propose_adjustment
from billing.operations.month_volumes import lock_month_volumes, volume_key
from billing.permissions import ADJUST_BALANCE, APPROVE_ADJUSTMENT
from tests.billing.payout_stories import MONDAY, batch_of, paid_out, reviewed
from tests.factories import mas
from tests.factories.actors import operator_actor
from tests.factories.billing import NOON, earning, entity, periodic_fee

pytestmark = pytest.mark.django_db


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
