"""Amounts are whole minor units: nothing is lost in a split, rounding is half-up and symmetric."""

from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.money import (
    CurrencyMismatch,
    Money,
    UnknownCurrency,
    allocate,
    exponent,
    round_half_up,
    total,
)

amounts = st.integers(min_value=-(10**15), max_value=10**15)
whole_weights = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30)
exact_weights = st.lists(
    st.decimals(min_value=0, max_value=10**6, places=6, allow_nan=False, allow_infinity=False),
    min_size=1,
    max_size=12,
)


@given(amounts, whole_weights | exact_weights)
def test_shares_add_up_to_the_amount(amount, weights):
    assert sum(allocate(amount, weights)) == amount


@given(amounts, whole_weights | exact_weights)
def test_each_share_is_within_one_unit_of_the_exact_one(amount, weights):
    whole = sum(weights)
    for share, weight in zip(allocate(amount, weights), weights, strict=True):
        if whole:
            # |share − amount·weight/whole| < 1, compared in whole numbers.
            assert abs(share * whole - amount * weight) < whole
        else:
            assert abs(share * len(weights) - amount) < len(weights)


@given(amounts, whole_weights)
def test_a_negative_amount_splits_like_its_opposite(amount, weights):
    assert allocate(-amount, weights) == [-share for share in allocate(amount, weights)]


@given(st.integers(min_value=0, max_value=10**12), whole_weights)
def test_a_heavier_weight_never_gets_less(amount, weights):
    pairs = sorted(zip(weights, allocate(amount, weights), strict=True))
    for (light, less), (heavy, more) in pairwise(pairs):
        assert light == heavy or less <= more


@pytest.mark.parametrize(
    ("name", "amount", "weights", "shares"),
    [
        ("G20: discount 10.00 over 33.33, 33.33, 33.34", 1000, [3333, 3333, 3334], [333, 333, 334]),
        ("G21: JPY 100 in three", 100, [1, 1, 1], [34, 33, 33]),
        ("G22: -0.05 in two", -5, [1, 1], [-3, -2]),
        ("G23: shipping 5.90 by 106.00 : 50.00", 590, [10600, 5000], [401, 189]),
        ("nothing among many", 0, [3, 4], [0, 0]),
        ("less than one unit each", 2, [1, 1, 1], [1, 1, 0]),
        ("a zero weight gets nothing", 100, [0, 1], [0, 100]),
        ("only zero weights share equally", 5, [0, 0], [3, 2]),
        ("weights with decimals", 100, [Decimal("0.1"), Decimal("0.2")], [33, 67]),
    ],
)
def test_split_by_largest_remainder(name, amount, weights, shares):
    assert allocate(amount, weights) == shares


def test_an_amount_cannot_be_split_over_nobody():
    assert allocate(0, []) == []
    with pytest.raises(ValueError, match="over nothing"):
        allocate(1, [])


def test_negative_weights_are_refused():
    with pytest.raises(ValueError, match="negative"):
        allocate(10, [1, -1])


@pytest.mark.parametrize(
    ("amount", "digits", "rounded"),
    [
        ("-2.345", 2, "-2.35"),  # G31: symmetric
        ("2.345", 2, "2.35"),
        ("2.344999", 2, "2.34"),
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        ("1.0005", 3, "1.001"),
    ],
)
def test_rounding_is_half_away_from_zero(amount, digits, rounded):
    assert round_half_up(Decimal(amount), digits) == Decimal(rounded)


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("USD", 2), ("CLP", 0)])
def test_the_exponent_is_that_of_iso_4217(currency, digits):
    assert exponent(currency) == digits


@pytest.mark.parametrize("code", ["XXY", "eur", "", "EURO", "€"])
def test_an_unknown_currency_is_refused(code):
    with pytest.raises(UnknownCurrency):
        Money(1, code)


@pytest.mark.parametrize("minor", [1.0, Decimal(1), "1", True, None])
def test_minor_units_are_integers_only(minor):
    with pytest.raises(TypeError):
        Money(minor, "EUR")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        (" 12.5 ", "EUR", 1250),
        ("-0.01", "EUR", -1),
        ("100", "JPY", 100),
        ("1.001", "KWD", 1001),
        ("0", "KWD", 0),
    ],
)
def test_amounts_are_read_exactly(text, currency, minor):
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12.505", "EUR"),
        ("1.5", "JPY"),
        ("1.0001", "KWD"),
        ("12,50", "EUR"),
        ("", "EUR"),
        ("ten", "EUR"),
        ("NaN", "EUR"),
        ("Infinity", "EUR"),
        ("1e13", "EUR"),
        ("9" * 40, "EUR"),
    ],
)
def test_what_is_no_amount_of_the_currency_is_refused(text, currency):
    with pytest.raises(InvalidInput):
        Money.parse(text, currency)


@given(amounts, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_the_plain_text_of_an_amount_reads_back_as_the_same(minor, currency):
    text, code = str(Money(minor, currency)).split(" ")
    assert code == currency
    assert Money.from_decimal(Decimal(text), currency) == Money(minor, currency)


def test_rates_round_once_and_half_up():
    assert Money(1005, "EUR").times(Decimal("0.1")) == Money(101, "EUR")
    assert Money(-1005, "EUR").times(Decimal("0.1")) == Money(-101, "EUR")
    assert Money(333, "JPY").times(Decimal("1.5")) == Money(500, "JPY")


def test_currencies_never_mix():
    for mixed in (
        lambda: Money(1, "EUR") + Money(1, "USD"),
        lambda: Money(1, "EUR") - Money(1, "USD"),
        lambda: Money(1, "EUR") < Money(1, "USD"),
        lambda: total([Money(1, "USD")], "EUR"),
    ):
        with pytest.raises(CurrencyMismatch):
            mixed()
    assert Money(1, "EUR") != Money(1, "USD")


def test_arithmetic_is_that_of_whole_numbers():
    assert Money(150, "EUR") + Money(50, "EUR") == Money(200, "EUR")
    assert 3 * Money(50, "EUR") == Money(150, "EUR")
    assert -Money(50, "EUR") == Money(-50, "EUR")
    assert total([Money(1, "EUR"), Money(2, "EUR")], "EUR") == Money(3, "EUR")
    assert total([], "KWD") == Money.zero("KWD")
    assert not Money.zero("EUR")
    assert Money(100, "EUR").allocate([1, 1, 1]) == [Money(34, "EUR"), Money(33, "EUR"), Money(33, "EUR")]


@pytest.mark.parametrize(
    ("money", "locale", "shown"),
    [
        (Money(123456, "EUR"), "en", "€1,234.56"),
        (Money(123456, "EUR"), "de", "1.234,56\xa0€"),
        (Money(1234, "JPY"), "en", "¥1,234"),
        (Money(1234567, "KWD"), "en", "KWD\xa01,234.567"),
        (Money(-50, "USD"), "en-us", "-$0.50"),
    ],
)
def test_people_read_amounts_in_their_own_way(money, locale, shown):
    assert money.display(locale) == shown
    with translation.override(locale):
        assert money.display() == shown
