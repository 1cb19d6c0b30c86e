"""Fees and splits over all amounts: sums are exact, limits hold, raising a rate never pays the merchant more."""

from hypothesis import given
from hypothesis import strategies as st

from backoffice.kernel.money import allocate
from billing.fees.compute import Amount, compute_fee
from billing.fees.returns import Charged, credit_gross, fee_return, gross_of, in_base_terms
from billing.fees.rules import RefundPolicy
from tests.billing.test_fee_vectors import rule, vat

MINOR = st.integers(0, 10_000_000)
RATES = st.integers(0, 10_000)


@given(MINOR, RATES, st.integers(0, 500), st.integers(0, 2500))
def test_a_fee_lies_between_nothing_and_what_the_line_brings(paid, rate, per_line, tax):
    result = compute_fee(
        rule(rate, amounts={"EUR": {"per_line_minor": per_line}}), Amount(paid, "EUR"), vat(tax)
    )

    assert 0 <= result.fee_minor <= paid
    assert 0 <= result.percent_minor <= result.fee_minor


@given(MINOR, RATES, RATES, st.integers(0, 2500))
def test_raising_the_rate_never_raises_what_the_merchant_keeps(paid, one, other, tax):
    low, high = sorted((one, other))
    kept = [paid - compute_fee(rule(rate), Amount(paid, "EUR"), vat(tax)).total_minor for rate in (low, high)]

    assert kept[1] <= kept[0]


@given(st.integers(1, 1_000_000), st.integers(0, 200_000), st.lists(st.integers(1, 10_000), max_size=20))
def test_part_refunds_return_exactly_the_fee_when_everything_is_refunded(base, fee, parts):
    refunded = returned = tax_returned = 0
    for part in [*parts, base]:
        part = min(part, base - refunded)
        charged = Charged(base, fee, fee, fee // 5, refunded, returned, tax_returned)
        back = fee_return(charged, part, RefundPolicy.RETURN)
        assert back.fee_minor >= 0
        refunded, returned = refunded + part, returned + back.fee_minor
        tax_returned += back.tax_minor

    assert (returned, tax_returned) == (fee, fee // 5)


@given(
    st.integers(1, 1_000_000),
    st.integers(0, 200_000),
    st.integers(0, 200_000),
    st.lists(st.tuples(st.integers(1, 10_000), st.sampled_from(list(RefundPolicy))), max_size=20),
)
def test_refunds_under_several_policies_never_return_less_than_nothing_or_more_than_was_charged(
    base, percent, fixed, parts
):
    fee = percent + fixed
    refunded = returned = tax_returned = 0
    for part, policy in [*parts, (base, RefundPolicy.RETURN)]:
        charged = Charged(base, fee, percent, fee // 5, refunded, returned, tax_returned)
        back = fee_return(charged, min(part, base - refunded), policy)
        assert back.fee_minor >= 0
        assert back.tax_minor >= 0
        if policy == RefundPolicy.KEEP:
            assert back.fee_minor == 0
        refunded = min(base, refunded + part)
        returned, tax_returned = returned + back.fee_minor, tax_returned + back.tax_minor

    assert returned <= fee
    assert tax_returned <= fee // 5


def test_what_an_earlier_refund_kept_stays_kept_and_what_it_returned_stays_returned():
    first = Charged(10000, 1300, 1000, 0, refunded_minor=5000)
    assert fee_return(first, 5000, RefundPolicy.RETURN).fee_minor == 650
    whole_back = Charged(10000, 1300, 1000, 0, refunded_minor=5000, returned_fee_minor=650)
    assert fee_return(whole_back, 1000, RefundPolicy.RETURN_PERCENT).fee_minor == 100


@given(st.integers(1, 500_000), st.integers(1, 500_000), st.lists(st.integers(1, 3000), max_size=30))
def test_refunds_of_what_was_paid_are_the_whole_base_in_however_many_parts(base, paid, parts):
    before = in_base = 0
    for part in [*parts, paid]:
        amount = min(part, paid - before)
        in_base += in_base_terms(base, paid, before, amount)
        before += amount

    assert in_base == base


@given(MINOR, RATES, st.integers(0, 500), st.integers(0, 2500))
def test_the_fixed_part_of_a_fee_that_contains_its_tax_is_no_percentage(paid, rate, per_line, tax):
    """What a refund of the percentage gives back is the net of the percentage, not the fixed part too."""
    chosen = rule(rate, amounts={"EUR": {"per_line_minor": per_line}}, includes_tax=True)
    result = compute_fee(chosen, Amount(paid, "EUR"), vat(tax))
    percent_alone = compute_fee(rule(rate, includes_tax=True), Amount(paid, "EUR"), vat(tax)).fee_minor

    assert 0 <= result.percent_minor <= result.fee_minor
    if "cap" not in result.flags:
        assert abs(result.percent_minor - percent_alone) <= 1


@given(st.integers(-1_000_000, 1_000_000), st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_splits_sum_to_the_total_and_stay_within_one_unit(total, weights):
    shares = allocate(total, weights)
    whole = sum(weights)

    assert sum(shares) == total
    if whole:
        assert all(
            abs(share * whole - total * weight) < whole for share, weight in zip(shares, weights, strict=True)
        )


@given(st.lists(MINOR, min_size=1, max_size=10), st.integers(0, 2700))
def test_credit_notes_in_any_number_sum_to_the_invoice(nets, rate):
    credited, total = 0, 0
    for net in nets:
        total += credit_gross(credited, net, rate)
        credited += net

    assert total == gross_of(sum(nets), rate)
