"""The golden vectors G1-G32: fees, limits, tiers, discounts, refunds, splits, rounding, currencies, credit notes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from backoffice.kernel.money import allocate, round_half_up
from billing.fees.compute import Amount, compute_fee
from billing.fees.matching import find_candidates, find_tie, find_winner, specificity
from billing.fees.returns import Charged, credit_gross, fee_return, gross_of
from billing.fees.rules import (
    Amounts,
    BaseMode,
    FeeKind,
    Formula,
    Priority,
    RefundPolicy,
    Rule,
    Scope,
    Subject,
    Tier,
    TierMode,
)
from billing.fees.tax import Parties, TaxDecision, taxing_country

START = datetime(2026, 1, 1, tzinfo=UTC)
PLACED = datetime(2026, 6, 15, 12, tzinfo=UTC)


def rule(rate_bps=0, *, id=1, priority=Priority.STANDARD, scope=None, start=START, end=None, **formula):
    amounts = {currency: Amounts(**values) for currency, values in formula.pop("amounts", {}).items()}
    return Rule(
        id=id,
        ref=f"FEE-{id}",
        name=f"Rule {id}",
        version=1,
        fee_kind=FeeKind.COMMISSION,
        priority=priority,
        scope=scope or Scope(),
        formula=Formula(rate_bps=rate_bps, amounts=amounts, **formula),
        valid_from=start,
        valid_to=end,
    )


def vat(rate_bps):
    return TaxDecision("S", "DE", rate_bps)


def fee(chosen, minor, currency="EUR", *, tax=2000, **amount):
    return compute_fee(chosen, Amount(minor, currency, **amount), vat(tax))


EUR = "EUR"
TIERS = (Tier(10000, 1500), Tier(50000, 1000), Tier(None, 500))


@pytest.mark.parametrize(
    ("name", "chosen", "amount", "tax", "expected_fee", "expected_tax", "flags"),
    [
        ("G1", rule(1200), Amount(10000, EUR), 2000, 1200, 240, ()),
        ("G2", rule(1500), Amount(4550, EUR), 2000, 683, 137, ()),
        ("G3", rule(800, amounts={EUR: {"per_line_minor": 35}}), Amount(1999, EUR), 2100, 195, 41, ()),
        ("G4", rule(500, amounts={EUR: {"min_minor": 50}}), Amount(400, EUR), 0, 50, 0, ("min",)),
        ("G5", rule(1000, amounts={EUR: {"max_minor": 15000}}), Amount(250000, EUR), 0, 15000, 0, ("max",)),
        ("G6", rule(tiers=TIERS, tier_mode=TierMode.GRADUATED), Amount(75000, EUR), 0, 6750, 0, ()),
        ("G7", rule(tiers=TIERS, tier_mode=TierMode.VOLUME), Amount(75000, EUR), 0, 3750, 0, ()),
        (
            "G8",
            rule(1000, amounts={EUR: {"per_unit_minor": 25}}),
            Amount(2997, EUR, quantity=3),
            0,
            375,
            0,
            (),
        ),
        ("G9", rule(1250), Amount(1980, "JPY"), 1000, 248, 25, ()),
        ("G10", rule(750), Amount(12345, "KWD"), 0, 926, 0, ()),
        ("G11", rule(1200, base=BaseMode.NET), Amount(11900, EUR, item_tax_bps=1900), 1900, 1200, 228, ()),
        ("G13", rule(1200), Amount(8000, EUR), 0, 960, 0, ()),
        ("G14", rule(1200), Amount(8000, EUR, operator_discount_minor=2000), 0, 1200, 0, ()),
        ("G15", rule(1200), Amount(8000, EUR, operator_discount_minor=1000), 0, 1080, 0, ()),
        ("G24", rule(1000, amounts={EUR: {"min_minor": 50}}), Amount(0, EUR), 0, 0, 0, ()),
        ("G25", rule(1000, amounts={EUR: {"per_line_minor": 50}}), Amount(40, EUR), 0, 40, 0, ("cap",)),
        ("G26", rule(1200, includes_tax=True), Amount(10000, EUR), 2000, 1000, 200, ()),
        (
            "G28",
            rule(1000),
            Amount(9000, "GBP", fx_rate=Decimal("1.17"), owed_currency=EUR),
            2000,
            1053,
            211,
            (),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fee_and_its_tax(name, chosen, amount, tax, expected_fee, expected_tax, flags):
    result = compute_fee(chosen, amount, vat(tax))

    assert (result.fee_minor, result.tax_minor, result.flags) == (expected_fee, expected_tax, flags)


def test_g1_the_merchant_keeps_the_rest():
    result = fee(rule(1200), 10000)

    assert 10000 - result.total_minor == 8560


def test_g10_fils_are_thousandths():
    result = fee(rule(750), 12345, "KWD", tax=0)

    assert 12345 - result.total_minor == 11419


def test_g12_shipping_has_its_own_commission():
    goods, shipping = fee(rule(1000), 4000, tax=0), fee(rule(1000), 590, tax=0)

    assert (goods.fee_minor, shipping.fee_minor, goods.fee_minor + shipping.fee_minor) == (400, 59, 459)


@pytest.mark.parametrize(
    ("paid", "subsidy", "keeps"), [(8000, 0, 7040), (8000, 2000, 8800), (8000, 1000, 7920)]
)
def test_g13_to_g15_who_funds_a_discount_decides_what_the_merchant_keeps(paid, subsidy, keeps):
    result = fee(rule(1200), paid, tax=0, operator_discount_minor=subsidy)

    assert paid + subsidy - result.fee_minor == keeps


def test_g16_a_full_refund_returns_the_commission():
    charged = Charged(10000, 1200, 1200, 240)

    back = fee_return(charged, 10000, RefundPolicy.RETURN)

    assert (back.fee_minor, back.tax_minor) == (1200, 240)
    assert -10000 + back.fee_minor + back.tax_minor == -8560


def test_g17_a_full_refund_with_the_commission_kept():
    back = fee_return(Charged(10000, 1200, 1200, 240), 10000, RefundPolicy.KEEP)

    assert (back.fee_minor, back.tax_minor) == (0, 0)


def test_g18_refunding_unit_by_unit_returns_exactly_the_fee():
    refunded = returned = 0
    parts = []
    for _unit in range(3):
        charged = Charged(3000, 1000, 1000, 0, refunded_minor=refunded, returned_fee_minor=returned)
        back = fee_return(charged, 1000, RefundPolicy.RETURN)
        parts.append(back.fee_minor)
        refunded, returned = refunded + 1000, returned + back.fee_minor

    assert parts == [333, 334, 333]


def test_g19_part_of_a_line():
    back = fee_return(Charged(4550, 683, 683, 137), 1750, RefundPolicy.RETURN)

    assert (back.fee_minor, back.tax_minor) == (263, 53)


def test_the_fixed_part_stays_when_only_the_percentage_goes_back():
    back = fee_return(Charged(10000, 1230, 1200, 246), 5000, RefundPolicy.RETURN_PERCENT)

    assert (back.fee_minor, back.tax_minor) == (600, 120)


@pytest.mark.parametrize(
    ("name", "total", "weights", "shares"),
    [
        ("G20", 1000, [3333, 3333, 3334], [333, 333, 334]),
        ("G21", 100, [1, 1, 1], [34, 33, 33]),
        ("G22", -5, [1, 1], [-3, -2]),
        ("G23", 590, [10600, 5000], [401, 189]),
    ],
)
def test_splits(name, total, weights, shares):
    assert allocate(total, weights) == shares


def test_g27_reverse_charge_needs_its_note():
    category, country = taxing_country(Parties("DE", "FR", True))
    result = compute_fee(rule(1200), Amount(10000, EUR), TaxDecision(category, country))

    assert (result.fee_minor, result.tax_minor, result.tax.category) == (1200, 0, "AE")
    assert result.tax.needs_reverse_charge_note


@pytest.mark.parametrize(
    ("parties", "expected"),
    [
        (Parties("DE", "DE", True), ("S", "DE")),
        (Parties("DE", "FR", False), ("S", "DE")),
        (Parties("DE", "US", False), ("O", "US")),
        (Parties("US", "US", False), ("S", "US")),
        (Parties("US", "DE", True), ("O", "DE")),
    ],
)
def test_the_place_of_supply_decides_the_tax(parties, expected):
    assert taxing_country(parties) == expected


def test_g28_the_base_is_converted_at_the_locked_rate():
    result = compute_fee(
        rule(1000), Amount(9000, "GBP", fx_rate=Decimal("1.17"), owed_currency=EUR), vat(2000)
    )

    assert (result.currency, result.base_minor) == (EUR, 10530)


def subject(**fields):
    fields = {"placed_at": PLACED, "currency": EUR, "merchant_id": 7, "category_ids": (9, 3), **fields}
    return Subject(fee_kind=FeeKind.COMMISSION, **fields)


def test_g29_a_rate_changes_at_local_midnight():
    midnight = datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Paris"))
    rules = [rule(1200, id=1, end=midnight), rule(1000, id=2, start=midnight)]
    placed = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)

    winner = find_winner(rules, subject(placed_at=placed))
    assert winner is not None
    assert fee(winner, 10000).fee_minor == 1000
    assert find_winner(rules, subject(placed_at=placed - timedelta(hours=1))).id == 1


def test_g30_promo_beats_merchant_beats_category():
    end = PLACED + timedelta(days=1)
    rules = [
        rule(1200, id=1, scope=Scope(category_id=3, category_depth=1)),
        rule(900, id=2, scope=Scope(merchant_id=7)),
        rule(500, id=3, priority=Priority.PROMO, scope=Scope(merchant_id=7, category_id=3), end=end),
    ]

    assert [found.id for found in find_candidates(rules, subject())] == [3, 2, 1]
    assert fee(find_winner(rules, subject()), 10000).fee_minor == 500
    assert fee(find_winner(rules, subject(placed_at=end)), 10000).fee_minor == 900


def test_g31_rounding_is_symmetric():
    assert round_half_up(Decimal("-2.345"), 2) == Decimal("-2.35")
    assert round_half_up(Decimal("2.345"), 2) == Decimal("2.35")


def test_g32_credit_notes_sum_to_the_invoice():
    nets = [6833, 6833, 5750, 8500]
    credited, credits = 0, []
    for index in (0, 2, 3, 1):
        credits.append(credit_gross(credited, nets[index], 2000))
        credited += nets[index]

    assert gross_of(sum(nets), 2000) == 33499
    assert credits == [8200, 6900, 10200, 8199]
    assert sum(credits) == 33499


def test_no_rule_means_no_winner():
    assert find_winner([], subject()) is None


def test_a_deeper_category_is_more_specific():
    assert specificity(Scope(category_id=9, category_depth=2)) > specificity(
        Scope(category_id=3, category_depth=1)
    )


@pytest.mark.parametrize(
    ("one", "other", "ties"),
    [
        (Scope(country="DE"), Scope(currency="EUR"), True),
        (Scope(merchant_id=1), Scope(merchant_id=2), False),
        (Scope(merchant_id=1), Scope(merchant_id=1), True),
        (Scope(category_id=1, category_depth=2), Scope(category_id=2, category_depth=2), False),
        (Scope(brand="Oak"), Scope(brand="OAK"), True),
        (Scope(), Scope(merchant_id=1), False),
    ],
)
def test_rules_tie_only_when_one_sale_can_meet_both(one, other, ties):
    found = find_tie(rule(id=1, scope=one), [rule(id=2, scope=other)])

    assert (found is not None) is ties


def test_rules_that_never_overlap_in_time_do_not_tie():
    later = rule(id=2, start=PLACED)
    assert find_tie(rule(id=1, end=PLACED), [later]) is None
