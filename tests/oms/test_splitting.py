"""Parcels add up to their lines, their merchant's part and the order, whatever is ordered."""

import random
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.kernel.actors import system_actor
from oms.operations.reservations import fulfil_line
from oms.selectors.parcels import list_planned_parcels, plan_parcels
from oms.splitting import SplitLine, split_into_parcels
from tests.factories import oms

DAYS = [None, date(2026, 12, 1), date(2026, 12, 24)]


def random_order(dice: random.Random) -> tuple[list[SplitLine], dict[int, int]]:
    lines = []
    for position in range(1, dice.randint(1, 5) + 1):
        places = tuple((place, dice.randint(1, 9)) for place in dice.sample((1, 2, 3), dice.randint(1, 3)))
        total = dice.randint(0, 100_000)
        lines.append(
            SplitLine(
                merchant_id=dice.randint(1, 3),
                position=position,
                quantity=sum(count for _place, count in places),
                total_minor=total,
                tax_minor=dice.randint(0, total),
                discount_minor=dice.randint(0, 5_000),
                promised_on=dice.choice(DAYS),
                places=places,
            )
        )
    return lines, {merchant: dice.randint(0, 2_000) for merchant in {line.merchant_id for line in lines}}


def assert_adds_up(lines: list[SplitLine], shipping: dict[int, int]) -> None:
    parcels = split_into_parcels(lines, shipping)
    for line in lines:
        shares = [(p, share) for p in parcels for share in p.lines if share.position == line.position]
        for name in ("quantity", "total_minor", "tax_minor", "discount_minor"):
            assert sum(getattr(share, name) for _parcel, share in shares) == getattr(line, name)
        assert {(p.merchant_id, p.promised_on) for p, _s in shares} == {(line.merchant_id, line.promised_on)}
        assert {p.location_id: s.quantity for p, s in shares} == dict(line.places)
    costs: Counter[int] = Counter()
    for parcel in parcels:
        assert parcel.shipping_minor >= 0
        costs[parcel.merchant_id] += parcel.shipping_minor
    assert costs == Counter(shipping)
    keys = [(p.merchant_id, p.location_id, p.promised_on) for p in parcels]
    assert len(set(keys)) == len(keys)


def test_children_add_up_to_their_parent_in_10_000_random_orders():
    dice = random.Random(20261124)
    for _number in range(10_000):
        assert_adds_up(*random_order(dice))


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_children_add_up_to_their_parent(dice):
    assert_adds_up(*random_order(dice))


@pytest.mark.django_db
def test_a_merchant_order_is_packed_by_place_and_promise():
    part = oms.merchant_order(state="in_preparation", lines=((3, 1000), (1, 500)))
    first, second = part.lines.order_by("position")
    second.preorder_on = DAYS[1]
    second.save()
    parcels = plan_parcels(part)
    assert [(p.promised_on, [(line.position, line.quantity) for line in p.lines]) for p in parcels] == [
        (None, [(1, 3)]),
        (DAYS[1], [(2, 1)]),
    ]
    assert [p.promised_on for p in list_planned_parcels(part)] == [None, DAYS[1]]
    assert sum(p.goods_minor for p in parcels) == part.goods_minor
    assert sum(p.shipping_minor for p in parcels) == part.shipping_minor
    fulfil_line(first.pk, 2, actor=system_actor("tests"), reference="SHP-1")
    assert [line.quantity for p in plan_parcels(part) for line in p.lines] == [1, 1]
