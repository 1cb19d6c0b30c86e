"""Any order of independent news, with repeats and crashes in between, ends in the same books."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.entries import reversals, sales
from billing.invariants import balances_equal_postings, zero_sum
from billing.models import JournalEntry, Posting
from billing.operations.ledger import post_entries, post_entry
from billing.selectors.balances import get_trial_balance
from tests.factories.billing import ACTOR, NOON, entity

ORDERS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(100, 9999), st.integers(0, 99)), min_size=1, max_size=4
)


class Crash(Exception):
    """A worker that is killed before its transaction commits."""


@transaction.atomic
def post_and_die(draft):
    post_entry(draft, actor=ACTOR)
    raise Crash


def news(books, orders):
    """Capture, commission, maturity and a refund of each order: none needs another one to be booked."""
    drafts = []
    for number, (merchant_id, amount, fee) in enumerate(orders, start=1):
        share = (sales.SaleShare(merchant_id, number, amount),)
        captured = sales.Captured(books.pk, "card", str(number), "EUR", amount, share, NOON)
        drafts.append(sales.capture(captured))
        charge = sales.Charge(merchant_id, number, fee, fee // 5)
        if fee:
            drafts.append(sales.commission(books.pk, "EUR", charge, occurred_at=NOON))
        maturing = sales.Maturing(merchant_id, number, (("sale", amount),))
        drafts.append(sales.maturity(books.pk, "EUR", maturing, occurred_at=NOON))
        back = reversals.RefundShare(merchant_id, number, amount // 2, fee // 2, fee // 10)
        drafts.append(reversals.refund(books.pk, "EUR", str(number), back, occurred_at=NOON))
    return drafts


def closing(books):
    figures = defaultdict(int)
    rows = Posting.objects.filter(entry__entity=books).values_list(
        "account__code", "account__owner_id", "currency", "amount_minor"
    )
    for code, owner, currency, amount in rows:
        figures[(code, owner, currency)] += amount
    return {key: amount for key, amount in figures.items() if amount}


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(orders=ORDERS, data=st.data())
def test_any_order_with_repeats_and_crashes_ends_in_the_same_balances(orders, data):
    straight, shaken = entity(), entity()
    post_entries(news(straight, orders), actor=ACTOR)

    drafts = data.draw(st.permutations(news(shaken, orders)))
    repeats = data.draw(st.lists(st.sampled_from(range(len(drafts))), max_size=6))
    crashes = set(data.draw(st.lists(st.sampled_from(range(len(drafts))), max_size=4)))
    for number, draft in enumerate([*drafts, *(drafts[index] for index in repeats)]):
        if number in crashes:
            with pytest.raises(Crash):
                post_and_die(draft)
        post_entry(draft, actor=ACTOR)

    assert closing(shaken) == closing(straight)
    assert JournalEntry.objects.filter(entity=shaken).count() == len(drafts)
    assert [*zero_sum(), *balances_equal_postings()] == []


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(days=st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_day_movements_add_up_to_the_trial_balance(days):
    """What one day moved, account by account, is the difference of two trial balances; the days sum to the last."""
    books = entity()
    for number, day in enumerate(days, start=1):
        share = (sales.SaleShare(1, number, 100 * number),)
        moment = NOON + timedelta(days=day)
        captured = sales.Captured(books.pk, "card", str(number), "EUR", 100 * number, share, moment)
        post_entry(sales.capture(captured), actor=ACTOR)

    def balance(day):
        moment = NOON + timedelta(days=day)
        rows = get_trial_balance(books.pk, at=moment, axis="effective")
        return {row.code: row.minor for row in rows}

    summed = defaultdict(int)
    for day in range(6):
        before, after = balance(day - 1), balance(day)
        for code in before.keys() | after.keys():
            moved = after.get(code, 0) - before.get(code, 0)
            booked = Posting.objects.filter(
                entry__entity=books, account__code=code, entry__occurred_at=NOON + timedelta(days=day)
            )
            assert moved == abs(sum(row.amount_minor for row in booked))
            summed[code] += moved
    assert dict(summed) == balance(5)
