"""Parcels add up to their lines, their merchant's part and the order, whatever is ordered."""

import random
from collections import Counter
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.kernel.actors import system_actor
from oms.amounts import tax_on_top, tax_within
from oms.operations import order_plan
from oms.operations.reservations import fulfil_line
from oms.selectors.carts import CartGroup, CartItem, CartView
from oms.selectors.delivery import DeliveryOption
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


RATES = {"standard": 1900, "reduced": 700, "zero": 0}


def random_cart(dice: random.Random) -> CartView:
    """One to four merchants with one to four lines each, delivery free or not, prices with tax or without."""
    groups = []
    for merchant in range(1, dice.randint(1, 4) + 1):
        items = []
        for line in range(dice.randint(1, 4)):
            offer = SimpleNamespace(
                unit_price_minor=dice.randint(0, 20_000),
                is_buyable=True,
                tax_class=dice.choice(list(RATES)),
                lead_time_days=1,
            )
            items.append(CartItem(line, "OFR", cast(Any, offer), dice.randint(1, 7), ""))
        option = DeliveryOption(
            1, "DLM", "Parcel", "home", 1, 2, dice.choice(list(RATES)), dice.randint(0, 900), None, None
        )
        goods = sum(item.total_minor for item in items)
        groups.append(CartGroup(merchant, "MER", "Merchant", "m", tuple(items), goods, (option,), option))
    store = SimpleNamespace(currency="EUR", prices_include_tax=dice.random() < 0.5)
    return CartView(None, cast(Any, store), "DE", groups=tuple(groups))


def test_shares_of_one_payment_sum_to_it_in_10_000_random_orders(monkeypatch):
    """Goods, shipping and tax of the merchants' parts are the order's; with discounts they go on into parcels."""
    monkeypatch.setattr(order_plan, "tax_rate_bps", lambda _country, tax_class, _on: RATES[tax_class])
    dice = random.Random(20261125)
    for _number in range(10_000):
        cart = random_cart(dice)
        plan = order_plan.plan_order(cart, DAYS[1])
        shares = [part.total_minor for part in plan.parts]
        assert sum(shares) == plan.total_minor == plan.goods_minor + plan.shipping_minor
        untaxed = cart.goods_minor + cart.shipping_minor
        assert plan.total_minor == untaxed + (0 if cart.store.prices_include_tax else plan.tax_minor)
        for part in plan.parts:
            assert part.total_minor == sum(line.total_minor for line in part.lines) + part.shipping_minor
            assert part.tax_minor == sum(line.tax_minor for line in part.lines) + part.shipping_tax_minor
            # What each rate's tax would be on the part's sum: rounding is spread, never lost.
            _assert_tax_per_rate(part, included=cart.store.prices_include_tax)
        assert_adds_up(*_as_split(plan, dice))


def _assert_tax_per_rate(part: order_plan.PlannedPart, *, included: bool) -> None:
    gross: Counter[int] = Counter()
    tax: Counter[int] = Counter()
    rows = [(line.total_minor, line.tax_minor, line.tax_rate_bps) for line in part.lines]
    rows.append((part.shipping_minor, part.shipping_tax_minor, part.shipping_tax_rate_bps))
    for total, of_it, rate in rows:
        gross[rate] += total
        tax[rate] += of_it
    for rate, total in gross.items():
        expected = tax_within(total, rate) if included else tax_on_top(total - tax[rate], rate)
        assert tax[rate] == expected


def _as_split(plan: order_plan.OrderPlan, dice: random.Random) -> tuple[list[SplitLine], dict[int, int]]:
    lines = []
    for part in plan.parts:
        for position, line in enumerate(part.lines, start=1 + 10 * part.merchant_id):
            first = dice.randint(0, line.quantity)
            places = tuple((place, n) for place, n in ((1, first), (2, line.quantity - first)) if n)
            lines.append(
                SplitLine(
                    merchant_id=part.merchant_id,
                    position=position,
                    quantity=line.quantity,
                    total_minor=line.total_minor,
                    tax_minor=line.tax_minor,
                    discount_minor=dice.randint(0, line.total_minor),
                    promised_on=dice.choice(DAYS),
                    places=places,
                )
            )
    return lines, {part.merchant_id: part.shipping_minor for part in plan.parts}


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
