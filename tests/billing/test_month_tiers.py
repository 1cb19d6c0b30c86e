"""Tiers by the merchant's month: counted when the order is placed, frozen on the line, never counted twice."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.events import publish
from billing.fees.compute import Amount, compute_fee
from billing.fees.rules import TierMeasure, TierMode
from billing.models import FeeRule, FeeSnapshot, MonthVolume
from billing.operations.fee_rehearsal import rehearse_fee_rule
from billing.operations.fee_rules import draft_fee_rule
from billing.operations.month_volumes import lock_month_volumes, volume_key
from billing.permissions import EDIT_FEES, VIEW_FINANCE
from billing.selectors.snapshots import explain_snapshot
from billing.selectors.terms import TERMS
from mms.selectors import versions
from oms.events import OrderPlaced
from tests.billing.test_fee_vectors import TIERS, rule, vat
from tests.factories import billing as make
from tests.factories import mas, mms, oms
from tests.factories.actors import operator_actor

EDITOR = operator_actor(EDIT_FEES, VIEW_FINANCE, user_id=1)
MONTHLY = {"tiers": [[10000, 1500], [50000, 1000], [None, 500]], "tier_measure": "month"}


@pytest.mark.parametrize(
    ("mode", "before", "sold", "fee"),
    [
        # 100.00 of room at 15 %, 200.00 more at 10 %.
        (TierMode.GRADUATED, 0, 30000, 1500 + 2000),
        (TierMode.GRADUATED, 5000, 10000, 750 + 500),
        (TierMode.GRADUATED, 50000, 10000, 500),
        (TierMode.VOLUME, 0, 10000, 1500),
        (TierMode.VOLUME, 1, 10000, 1000),
        (TierMode.VOLUME, 45000, 10000, 500),
    ],
)
def test_the_month_decides_where_the_tiers_start(mode, before, sold, fee):
    chosen = rule(tiers=TIERS, tier_mode=mode, tier_measure=TierMeasure.MONTH)
    assert compute_fee(chosen, Amount(sold, "EUR", month_before_minor=before), vat(0)).fee_minor == fee


def test_slices_of_a_month_cost_what_the_whole_costs():
    chosen = rule(tiers=TIERS, tier_mode=TierMode.GRADUATED, tier_measure=TierMeasure.MONTH)
    parts = [compute_fee(chosen, Amount(7500, "EUR", month_before_minor=7500 * n), vat(0)) for n in range(10)]
    assert sum(part.raw for part in parts) == compute_fee(chosen, Amount(75000, "EUR"), vat(0)).raw == 6750


def climb_by_month(mode="graduated"):
    FeeRule.objects.filter(fee_kind="commission").update(tier_mode=mode, **MONTHLY)
    versions.forget(TERMS)


@pytest.fixture
def seller(db):
    mms.tax_rate("DE", rate_bps=2000)
    make.entity(website_id=1)
    return mas.merchant()


@transaction.atomic
def place(seller, *lines, at=None):
    part = oms.merchant_order(seller, lines=lines or ((1, 6000),), shipping=0, captured=False)
    placed_at = at or clock.now()
    part.order.__class__.objects.filter(pk=part.order_id).update(placed_at=placed_at)
    publish(OrderPlaced(part.order_id, part.order.ref, "EUR", part.order.website_id, placed_at))
    return list(FeeSnapshot.objects.filter(merchant_order_id=part.pk).order_by("order_line_id"))


def test_each_order_starts_where_the_month_stands_and_says_so(seller):
    climb_by_month()
    (first,) = place(seller)
    (second,) = place(seller)

    assert (first.month_before_minor, first.fee_minor) == (0, 900)
    assert (second.month_before_minor, second.fee_minor) == (6000, 4000 * 15 // 100 + 2000 // 10)
    assert any("60.00" in sentence for sentence in explain_snapshot(second))


def test_lines_of_one_order_climb_one_after_the_other(seller):
    climb_by_month()
    one, two = place(seller, (1, 6000), (1, 6000))
    assert (one.month_before_minor, two.month_before_minor) == (0, 6000)


def test_announcing_an_order_again_counts_it_once(seller):
    climb_by_month()
    place(seller)
    part_id = FeeSnapshot.objects.get().merchant_order_id
    place(seller)
    assert FeeSnapshot.objects.get(merchant_order_id=part_id).fee_minor == 900
    (third,) = place(seller)
    assert third.month_before_minor == 12000


def test_orders_placed_before_the_rule_climbed_by_month_count_too(seller):
    place(seller)
    assert not MonthVolume.objects.exists()
    climb_by_month()
    (second,) = place(seller)
    assert second.month_before_minor == 6000


def test_a_new_month_starts_at_zero_in_the_zone_of_the_company(seller):
    climb_by_month()
    # 30 June 21:59 UTC is still June in Berlin, a minute later it is July.
    place(seller, at=datetime(2026, 6, 30, 21, 59, tzinfo=UTC))
    (july,) = place(seller, at=datetime(2026, 6, 30, 22, 0, tzinfo=UTC))
    (june,) = place(seller, at=datetime(2026, 6, 30, 21, 59, 30, tzinfo=UTC))
    assert (july.month_before_minor, june.month_before_minor) == (0, 6000)


def test_other_merchants_do_not_climb_along(seller):
    climb_by_month()
    place(seller)
    (other,) = place(mas.merchant())
    assert other.month_before_minor == 0


def test_without_such_a_rule_nobody_counts(seller, django_assert_max_num_queries):
    place(seller)
    assert FeeSnapshot.objects.get().month_before_minor is None


def test_a_draft_that_climbs_by_month_is_rehearsed_over_the_months_of_the_past(seller):
    for _order in range(2):
        place(seller)
    draft = draft_fee_rule(
        values={"name": "Climbing", "priority": 2, "tier_mode": "graduated", **MONTHLY}, actor=EDITOR
    )
    told = rehearse_fee_rule(draft.ref, since=clock.now() - timedelta(days=1), actor=EDITOR)
    (row,) = told.merchants
    # As placed: 10 % of 120.00. With the draft: 15 % of the first 100.00, 10 % of the rest.
    assert (row.lines, row.before_minor, row.after_minor) == (2, 1200, 1500 + 200)


@pytest.mark.parametrize(
    "values",
    [
        {"tiers": [[10000, 1500], [None, 500]], "tier_mode": ""},
        {"tiers": [], "tier_mode": "volume"},
        {"tiers": [[10000, 1500], [5000, 1000], [None, 500]], "tier_mode": "volume"},
        {"tiers": [[10000, 1500], [20000, 1000]], "tier_mode": "volume"},
        {"tiers": [[None, 1500], [None, 1000]], "tier_mode": "volume"},
    ],
)
def test_tiers_that_make_no_sense_are_refused(db, values):
    with pytest.raises(InvalidInput) as refused:
        draft_fee_rule(values={"name": "Odd", **values}, actor=EDITOR)
    assert "tiers" in refused.value.fields


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_orders_placed_at_the_same_moment_never_start_from_the_same_place():
    mms.tax_rate("DE", rate_bps=2000)
    books = make.entity(website_id=1)
    shop = mas.merchant()
    now = clock.now()
    key = volume_key(books, shop.pk, "EUR", now)
    seen = []

    def one() -> None:
        for _round in range(10):
            with transaction.atomic():
                before = lock_month_volumes([key], {books.pk: books.time_zone})[key]
                make.earning(shop, entity=books, goods_minor=100, placed_at=now)
            seen.append(before)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == [100 * number for number in range(40)]
