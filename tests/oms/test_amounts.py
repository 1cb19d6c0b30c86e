"""Amounts are split without losing or inventing a cent."""

from hypothesis import given
from hypothesis import strategies as st

from oms.amounts import share_of_pieces, spread_tax, tax_on_top, tax_within

AMOUNTS = st.integers(min_value=0, max_value=10**9)
RATES = st.sampled_from([0, 500, 700, 1900, 2000, 2550])


def test_tax_is_rounded_half_up():
    assert (tax_within(1190, 1900), tax_within(3, 1900), tax_on_top(1000, 1900), tax_on_top(50, 500)) == (
        190,
        0,
        190,
        3,
    )


@given(st.lists(st.tuples(AMOUNTS, RATES), max_size=30), st.booleans())
def test_taxes_of_parts_add_up_to_the_tax_of_their_sum_per_rate(parts, included):
    taxes = spread_tax(parts, included=included)
    for rate in {rate for _amount, rate in parts}:
        total = sum(amount for amount, own in parts if own == rate)
        whole = tax_within(total, rate) if included else tax_on_top(total, rate)
        assert sum(tax for tax, (_amount, own) in zip(taxes, parts, strict=True) if own == rate) == whole


@given(AMOUNTS, st.lists(st.integers(min_value=0, max_value=20), min_size=1, max_size=10))
def test_taking_all_pieces_in_any_portions_takes_exactly_the_total(total, portions):
    quantity = sum(portions) or 1
    gone, taken = 0, 0
    for pieces in portions if sum(portions) else [1]:
        taken += share_of_pieces(total, quantity, gone, pieces)
        gone += pieces
    assert taken == total
