"""Incidents, refunds, statements and payouts in any order: never more is held than is there, and all is paid once."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backoffice.kernel import clock
from billing.errors import NotEnoughAvailable, PayoutHeld
from billing.hold_invariants import incidents_hold_their_lines
from billing.models import Payout, Settlement
from billing.operations.payouts import cancel_payout, execute_payout
from billing.selectors.payout_holds import BalanceKey, list_held_amounts, sum_held
from oms.models import Incident
from oms.operations.incidents import close_incident, reopen_incident
from tests.billing.incident_stories import DESK, commission_of, complain, earned, give_back
from tests.billing.payout_stories import PREPARER, WEDNESDAY, approved, batch_of, settle
from tests.factories import mms
from tests.factories.billing import balance_of, entity

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    mms.tax_rate("DE", valid_from=date(2020, 1, 1))
    commission_of(0)
    return entity(website_id=1)


def key(books, seller):
    return BalanceKey(books.pk, seller.pk, "EUR")


def close(incident):
    close_incident(incident.ref, reason="Agreed.", actor=DESK)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "complain", "close", "reopen", "refund", "cut", "send"]), st.integers(0, 9)
    ),
    min_size=4,
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("sell", 0), ("cut", 0), ("complain", 0), ("send", 0)])
@example(steps=[("sell", 0), ("complain", 0), ("cut", 0), ("send", 0), ("close", 0), ("cut", 0), ("send", 0)])
@example(steps=[("sell", 0), ("cut", 0), ("refund", 2), ("complain", 0), ("cut", 0), ("send", 0)])
def test_never_more_is_held_than_is_there_and_in_the_end_everything_is_paid(books, seller, steps):
    with transaction.atomic():
        _play(books, seller, steps)
        transaction.set_rollback(True)


def _play(books, seller, steps):
    world = _World(books, seller)
    for what, number in steps:
        with clock.frozen_at(world.now):
            getattr(world, what)(number)
        world.check()
    with clock.frozen_at(world.now):
        for incident in Incident.objects.live():
            close(incident)
    for what in ("cut", "send", "give_up", "cut", "send"):
        with clock.frozen_at(world.now):
            getattr(world, what)(0)
    left = -balance_of(books, "2110", merchant_id=seller.pk)
    assert left == world.earned - world.refunded - world.paid
    assert left <= 0


class _World:
    """One merchant; every order has two lines and is matured at once."""

    def __init__(self, books, seller):
        self.books, self.seller, self.now = books, seller, WEDNESDAY
        self.parts = []
        self.earned = self.refunded = self.paid = 0

    def check(self):
        held = list_held_amounts(key(self.books, self.seller))
        # Never more of an order than it earned and did not give back, and exactly the lines that are open.
        worth = self.earned - self.refunded
        assert 0 <= sum(row.amount_minor for row in held) <= worth
        live = set(Incident.objects.live().values_list("ref", flat=True))
        assert {row.hold.incident_ref for row in held} <= live
        assert list(incidents_hold_their_lines()) == []
        # What left never touched what is held: the balance still covers it, short only of refunds after a payout.
        left = -balance_of(self.books, "2110", merchant_id=self.seller.pk)
        assert left >= sum(row.amount_minor for row in held) - self.refunded

    def sell(self, number):
        self.parts.append(earned(self.seller, 1000 + number, 500, at=self.now))
        self.earned += 1500 + number

    def _incidents(self, *states):
        return list(Incident.objects.filter(state__in=states).order_by("pk"))

    def complain(self, number):
        if self.parts:
            part = self.parts[number % len(self.parts)]
            line = part.lines.get(position=1 + number % 2)
            if not hasattr(line, "incident") and line.refundable_minor:
                complain(part, line.position)

    def close(self, number):
        rows = self._incidents("open")
        if rows:
            close(rows[number % len(rows)])

    def reopen(self, number):
        rows = [row for row in self._incidents("closed") if row.line.refundable_minor]
        if rows:
            reopen_incident(rows[number % len(rows)].ref, reason="Again.", actor=DESK)

    def refund(self, number):
        if self.parts:
            part = self.parts[number % len(self.parts)]
            line = part.lines.get(position=1 + number % 2)
            amount = min(line.refundable_minor, 100 * (number + 1))
            if amount:
                give_back(part, line.position, amount)
                self.refunded += amount

    def cut(self, number):
        self.now += timedelta(days=7)
        settle(self.books, self.now)
        for row in Settlement.objects.filter(state="in_review"):
            approved(row)

    def give_up(self, number):
        """What is above its balance, because a refund came after the signature, is paid with the next statement."""
        for payout in Payout.objects.filter(state="created"):
            cancel_payout(payout.ref, reason="A refund came in between", actor=PREPARER)

    def send(self, number):
        for payout in Payout.objects.filter(state="created").order_by("pk"):
            left = -balance_of(self.books, "2110", merchant_id=self.seller.pk) - payout.amount_minor
            held = sum_held(key(self.books, self.seller))
            try:
                with transaction.atomic():
                    batch_of(payout, file_format="csv")
            except (PayoutHeld, NotEnoughAvailable):
                assert left < held or left < 0
                continue
            assert left >= held
            execute_payout(payout.ref, actor=PREPARER)
            self.paid += payout.amount_minor
