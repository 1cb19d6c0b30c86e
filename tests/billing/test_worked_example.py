"""The worked example E1-E17 of the ledger, number by number, with its closing balances."""

from datetime import timedelta

import pytest

from billing.chart import Kind
from billing.entries import adjustments, payouts, reversals, sales
from billing.entries.drafts import Draft
from billing.models import Posting
from billing.operations.ledger import post_entry
from tests.factories.billing import ACTOR, NOON, balance_of, entity

pytestmark = pytest.mark.django_db

A, B, C, D, X = 1, 2, 3, 4, 5
ORDER_A, ORDER_B, ORDER_C = 11, 12, 13


def moves(draft: Draft) -> dict[tuple[str, int, str], int]:
    """Post, then read back what each account got (debit > 0)."""
    entry = post_entry(draft, actor=ACTOR)
    found: dict[tuple[str, int, str], int] = {}
    for posting in Posting.objects.filter(entry=entry).select_related("account"):
        key = (posting.account.code, posting.account.owner_id, posting.currency)
        found[key] = found.get(key, 0) + posting.amount_minor
    return {key: amount for key, amount in found.items() if amount}


def eur(**codes: int) -> dict[tuple[str, int, str], int]:
    """`eur(_1100=15799, _2100_1=-10600)`: code and owner to signed cents."""
    result = {}
    for name, amount in codes.items():
        code, _sep, owner = name.removeprefix("_").partition("_")
        result[(code, int(owner or 0), "EUR")] = amount
    return result


@pytest.fixture
def books():
    return entity()


def captured(books, **changes):
    fields = {
        "entity_id": books.pk,
        "psp": "card",
        "capture_id": "cap-1",
        "currency": "EUR",
        "amount_minor": 15799,
        "shares": (sales.SaleShare(A, ORDER_A, 10000, 600), sales.SaleShare(B, ORDER_B, 4550, 450)),
        "service_fee_minor": 166,
        "service_fee_tax_minor": 33,
        "occurred_at": NOON,
    }
    return sales.Captured(**{**fields, **changes})


MATURING_A = sales.Maturing(
    A,
    ORDER_A,
    ((Kind.SALE, 10000), (Kind.SHIPPING, 600), (Kind.COMMISSION, -1290), (Kind.FEE_TAX, -258)),
    reserve_minor=905,
)
MATURING_B = sales.Maturing(
    B, ORDER_B, ((Kind.SALE, 4550), (Kind.SHIPPING, 450), (Kind.COMMISSION, -728), (Kind.FEE_TAX, -146))
)


def until_payout(books):
    """E1 to E6b."""
    assert moves(sales.capture(captured(books))) == eur(
        _1100=15799, _2100_1=-10600, _2100_2=-5000, _4010=-166, _2400=-33
    )
    charges = [
        moves(
            sales.commission(
                books.pk,
                "EUR",
                sales.Charge(merchant, order, fee, tax),
                occurred_at=NOON + timedelta(hours=1),
            )
        )
        for merchant, order, fee, tax in ((A, ORDER_A, 1290, 258), (B, ORDER_B, 728, 146))
    ]
    assert charges == [
        eur(_2100_1=1548, _4000=-1290, _2400=-258),
        eur(_2100_2=874, _4000=-728, _2400=-146),
    ]
    assert moves(
        sales.provider_payout(sales.ProviderPayout(books.pk, "card", "po-1", "EUR", 15799, 246, NOON))
    ) == eur(_1010=15553, _5000=246, _1100=-15799)
    assert moves(sales.maturity(books.pk, "EUR", MATURING_A, occurred_at=NOON)) == eur(
        _2100_1=9052, _2110_1=-8147, _2120_1=-905
    )
    assert moves(sales.maturity(books.pk, "EUR", MATURING_B, occurred_at=NOON)) == eur(
        _2100_2=4126, _2110_2=-4126
    )
    refund = reversals.RefundShare(A, ORDER_A, 5000, fee_return_minor=600, tax_return_minor=120)
    assert moves(reversals.refund(books.pk, "EUR", "ref-1", refund, occurred_at=NOON)) == eur(
        _2110_1=4280, _4000=600, _2400=120, _2300=-5000
    )
    assert moves(
        reversals.refund_paid(reversals.PaidBack(books.pk, "EUR", "ref-1", 5000, "card"), occurred_at=NOON)
    ) == eur(_2300=5000, _1100=-5000)
    for ref, merchant, amount in (("PO-A", A, 3867), ("PO-B", B, 4126)):
        move = payouts.PayoutMove(books.pk, ref, merchant, "EUR", amount)
        assert moves(payouts.claimed(move, occurred_at=NOON)) == {
            ("2110", merchant, "EUR"): amount,
            ("2200", 0, "EUR"): -amount,
        }
        assert moves(payouts.executed(move, occurred_at=NOON)) == eur(_2200=amount, _1010=-amount)


def dispute(books):
    return reversals.Dispute(books.pk, "dp-1", "card", A, ORDER_A, "EUR", 5000, 1500, NOON)


def after_payout(books):
    """E7, E8, E11 and E12."""
    full = reversals.RefundShare(B, ORDER_B, 5000, fee_return_minor=728, tax_return_minor=146)
    assert moves(reversals.refund(books.pk, "EUR", "ref-2", full, occurred_at=NOON)) == eur(
        _2110_2=4126, _4000=728, _2400=146, _2300=-5000
    )
    moves(reversals.refund_paid(reversals.PaidBack(books.pk, "EUR", "ref-2", 5000, "card"), occurred_at=NOON))
    assert balance_of(books, "2110", merchant_id=B) == 4126
    assert moves(reversals.dispute_opened(dispute(books))) == eur(_1150=5000, _5010=1500, _1100=-6500)
    assert moves(reversals.dispute_held(dispute(books), reserve_minor=905)) == eur(
        _2120_1=905, _2110_1=4095, _2130_1=-5000
    )


def convert(books):
    share = (sales.SaleShare(C, ORDER_C, 10530),)
    draft = sales.converted_capture(
        captured(books, capture_id="cap-gbp", shares=share), sales.Conversion(9000, "GBP", 10530, "EUR")
    )
    assert moves(draft) == {
        ("1100", 0, "GBP"): 9000,
        ("3900", 0, "EUR"): 10530,
        ("3900", 0, "GBP"): -9000,
        ("2100", C, "EUR"): -10530,
    }
    charge = sales.Charge(C, ORDER_C, 1053, 211)
    assert moves(sales.commission(books.pk, "EUR", charge, occurred_at=NOON)) == eur(
        _2100_3=1264, _4000=-1053, _2400=-211
    )
    converted = sales.ProviderPayout(books.pk, "card", "po-gbp", "GBP", 9000, 0, NOON)
    assert moves(sales.provider_conversion(converted, 10485, "EUR")) == {
        ("3900", 0, "GBP"): 9000,
        ("1010", 0, "EUR"): 10485,
        ("1100", 0, "GBP"): -9000,
        ("3900", 0, "EUR"): -10485,
    }
    assert moves(adjustments.realised_fx(books.pk, "EUR", 45, ref="po-gbp", occurred_at=NOON)) == eur(
        _5900=45, _3900=-45
    )


def test_from_capture_to_the_bank_number_by_number(books):
    until_payout(books)

    assert {code: balance_of(books, code) for code in ("2100", "2110", "2200", "2300", "1100", "1010")} == {
        "2100": 0,
        "2110": 0,
        "2200": 0,
        "2300": 0,
        "1100": -5000,
        "1010": 15553 - 7993,
    }
    assert balance_of(books, "2120", merchant_id=A) == -905


def test_the_closing_balances_of_the_whole_example(books):
    until_payout(books)
    after_payout(books)
    assert moves(reversals.dispute_lost(dispute(books), occurred_at=NOON)) == eur(
        _2130_1=5000, _2110_1=1500, _1150=-5000, _5010=-1500
    )
    assert balance_of(books, "2110", merchant_id=A) == 5595
    goodwill = adjustments.Decision(books.pk, "ADJ-1", A, "EUR", 500)
    assert moves(adjustments.goodwill(goodwill, occurred_at=NOON)) == eur(_5110=500, _2110_1=-500)
    convert(books)

    assert {merchant: balance_of(books, "2110", merchant_id=merchant) for merchant in (A, B)} == {
        A: 5095,
        B: 4126,
    }
    assert balance_of(books, "2100", merchant_id=C) == -9266
    codes = ("2400", "4000", "1100", "1010", "2200", "2300", "1150", "2130", "3900")
    assert {code: balance_of(books, code) for code in codes} == {
        "2400": -382,
        "4000": -1743,
        "1100": -16500,
        "1010": 18045,
        "2200": 0,
        "2300": 0,
        "1150": 0,
        "2130": 0,
        "3900": 0,
    }
    assert balance_of(books, "3900", currency="GBP") == 0

    written_off = adjustments.Decision(books.pk, "ADJ-2", A, "EUR", 5095)
    assert moves(adjustments.write_off(written_off, occurred_at=NOON)) == eur(_5120=5095, _2110_1=-5095)
    assert balance_of(books, "2110", merchant_id=A) == 0


def test_a_dispute_won_gives_the_merchant_back_what_was_held(books):
    until_payout(books)
    after_payout(books)

    assert moves(reversals.dispute_won(dispute(books), occurred_at=NOON)) == eur(
        _1100=5000, _2130_1=5000, _1150=-5000, _2110_1=-5000
    )


def test_a_reserve_is_released_once(books):
    until_payout(books)
    release = reversals.reserve_released(
        reversals.ReserveRelease(books.pk, "EUR", A, 905, "1"), occurred_at=NOON
    )

    assert moves(release) == eur(_2120_1=905, _2110_1=-905)
    assert moves(release) == eur(_2120_1=905, _2110_1=-905)
    assert balance_of(books, "2120", merchant_id=A) == 0


def test_a_rejected_payout_is_available_again(books):
    until_payout(books)
    move = payouts.PayoutMove(books.pk, "PO-B2", B, "EUR", 4126)

    assert moves(payouts.rejected(move, occurred_at=NOON)) == eur(_2200=4126, _2110_2=-4126)


def test_a_returned_payout_restores_the_balance_and_the_bank_fee_is_ours(books):
    until_payout(books)
    move = payouts.PayoutMove(books.pk, "PO-B", B, "EUR", 4126)

    assert moves(payouts.returned(move, bank_fee_minor=300, occurred_at=NOON)) == eur(
        _1010=3826, _5020=300, _2110_2=-4126
    )


def test_a_facilitator_owes_the_sales_tax_itself(books):
    draft = sales.capture(
        captured(
            books,
            capture_id="us",
            currency="USD",
            amount_minor=8660,
            shares=(sales.SaleShare(D, 14, 8000),),
            service_fee_minor=0,
            service_fee_tax_minor=0,
            facilitator_tax_minor=660,
        )
    )

    assert moves(draft) == {("1100", 0, "USD"): 8660, ("2100", D, "USD"): -8000, ("2410", 0, "USD"): -660}


def test_a_deemed_supplier_owes_the_vat_itself(books):
    draft = sales.capture(
        captured(
            books,
            capture_id="oss",
            amount_minor=12000,
            shares=(sales.SaleShare(X, 15, 10000),),
            service_fee_minor=0,
            service_fee_tax_minor=0,
            deemed_vat_minor=2000,
        )
    )

    assert moves(draft) == eur(_1100=12000, _2100_5=-10000, _2420=-2000)


def test_the_operator_pays_its_coupon_to_the_merchant(books):
    paid = captured(
        books,
        capture_id="coupon",
        amount_minor=8000,
        shares=(sales.SaleShare(A, 16, 8000),),
        service_fee_minor=0,
        service_fee_tax_minor=0,
    )
    moves(sales.capture(paid))

    assert moves(sales.subsidy(books.pk, "EUR", sales.SaleShare(A, 16, 2000), occurred_at=NOON)) == eur(
        _5100=2000, _2100_1=-2000
    )
    assert balance_of(books, "2100", merchant_id=A) == -10000


def test_a_first_party_line_costs_its_moving_average(books):
    draft = adjustments.cost_of_goods(books.pk, "EUR", 1840, ref="line-1", occurred_at=NOON)

    assert moves(draft) == eur(_5200=1840, _1200=-1840)


def test_the_first_statement_of_a_adds_up(books):
    until_payout(books)
    on_statement = Posting.objects.filter(account__code="2110", account__owner_id=A).exclude(kind=Kind.PAYOUT)

    assert {posting.kind: -posting.amount_minor for posting in on_statement} == {
        Kind.SALE: 10000,
        Kind.SHIPPING: 600,
        Kind.COMMISSION: -1290,
        Kind.FEE_TAX: -258,
        Kind.REFUND: -5000,
        Kind.COMMISSION_RETURN: 600,
        Kind.FEE_TAX_RETURN: 120,
        Kind.RESERVE: -905,
    }
    assert -sum(posting.amount_minor for posting in on_statement) == 3867
