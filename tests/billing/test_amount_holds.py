"""An amount held on a balance stays there: at the cut, at the claim and when the file is written; the rest is paid."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from billing.entries.drafts import Line, merchant
from billing.errors import NotEnoughAvailable, PayoutHeld
from billing.models import Payout, PayoutBatch
from billing.operations.holds import hold_payouts, release_hold
from billing.operations.payouts import claim_payout
from billing.selectors.merchant_money import get_merchant_money
from billing.selectors.payout_blocks import list_kept_back
from tests.billing.payout_stories import PREPARER, batch_of, paid_out, reviewed
from tests.factories import mas, mms
from tests.factories.billing import balance_of, funded, posted

pytestmark = pytest.mark.django_db


def held(seller, amount=2500, reason="Buyer claims a refund"):
    return hold_payouts(
        seller.ref, reason=reason, amount_minor=amount, currency=seller.currency, actor=PREPARER
    )


def other_seller():
    shop = mas.merchant()
    mas.bank_account(shop, state="verified")
    return shop


def spent(books, seller, amount=1):
    posted(books.pk, Line("2110", amount, "EUR", merchant(seller.pk), "refund"), Line("2300", -amount, "EUR"))


def test_an_amount_held_after_signing_stops_the_claim(books, seller):
    payout = paid_out(books, seller)
    hold = held(seller)
    with pytest.raises(PayoutHeld, match="Buyer claims a refund") as refused:
        claim_payout(payout.ref, actor=PREPARER)
    assert refused.value.params["reasons"] == ["amount_held"]
    assert balance_of(books, "2200") == 0

    release_hold(hold.ref, actor=PREPARER)
    assert claim_payout(payout.ref, actor=PREPARER).state == "claimed"


def test_an_amount_held_after_the_claim_stops_the_file(books, seller):
    payout = paid_out(books, seller)
    claim_payout(payout.ref, actor=PREPARER)
    hold = held(seller)
    with pytest.raises(PayoutHeld, match=payout.ref):
        batch_of(payout)
    assert PayoutBatch.objects.count() == 0

    release_hold(hold.ref, actor=PREPARER)
    assert batch_of(payout).n_payouts == 1


@pytest.mark.parametrize(("more", "is_free"), [(2499, False), (2500, True)])
@pytest.mark.parametrize("moment", ["claim", "export"])
def test_what_is_left_must_cover_what_is_held(books, seller, more, is_free, moment):
    payout = paid_out(books, seller)
    if moment == "export":
        claim_payout(payout.ref, actor=PREPARER)
    held(seller)
    funded(books, seller.pk, more)
    if is_free:
        assert batch_of(payout).n_payouts == 1
    else:
        with pytest.raises(PayoutHeld):
            batch_of(payout)


def test_an_amount_held_in_another_currency_stops_nothing(books, seller):
    payout = paid_out(books, seller)
    hold_payouts(seller.ref, reason="x", amount_minor=1, currency="CHF", actor=PREPARER)
    assert batch_of(payout).n_payouts == 1


def test_one_payout_above_its_balance_is_left_out_by_name_and_the_rest_is_sent(books, seller):
    short, good = paid_out(books, seller), paid_out(books, other_seller(), 700)
    spent(books, seller)
    batch = batch_of(short, good)

    assert (batch.n_payouts, batch.total_minor) == (1, 700)
    [kept] = list_kept_back(batch)
    assert (kept.ref, [block.code for block in kept.blocks]) == (short.ref, ["not_enough_available"])
    assert Payout.objects.get(pk=short.pk).state == "created"
    assert (balance_of(books, "2200"), balance_of(books, "2110", merchant_id=seller.pk)) == (-700, -9999)


def test_a_held_payout_is_left_out_with_its_reason_and_goes_with_a_later_file(books, seller):
    stopped, good = paid_out(books, seller), paid_out(books, other_seller(), 700)
    hold = held(seller)
    batch = batch_of(stopped, good)
    [kept] = list_kept_back(batch)
    assert "Buyer claims a refund" in kept.reasons

    release_hold(hold.ref, actor=PREPARER)
    assert batch_of(stopped).total_minor == 10000


def test_when_nothing_is_left_every_reason_is_told(books, seller):
    other = other_seller()
    first, second = paid_out(books, seller), paid_out(books, other, 700)
    spent(books, seller)
    held(other)
    with pytest.raises(PayoutHeld) as refused:
        batch_of(first, second)
    assert refused.value.params["reasons"] == ["amount_held", "not_enough_available"]
    assert first.ref in str(refused.value)
    assert second.ref in str(refused.value)

    with pytest.raises(NotEnoughAvailable, match=first.ref):
        batch_of(first)


def test_the_file_and_the_payout_say_why_it_was_kept_back(books, seller):
    short, good = paid_out(books, seller), paid_out(books, other_seller(), 700)
    spent(books, seller)
    client = mms.sign_in(Client(), mms.operator_user("finance"))
    choices = client.get(reverse("console:billing-batch-create")).content.decode()
    assert f"€100.00 · {short.ref}" in choices
    assert "&lt;" not in choices
    answer = client.post(
        reverse("console:billing-batch-create"),
        {"payouts": [short.ref, good.ref], "file_format": "csv", "execution_on": date(2026, 6, 24)},
        follow=True,
    )
    assert "The file is written: 1 payout. 1 payout was kept back" in answer.content.decode()
    assert "The balance is smaller than this payout. €99.99" in answer.content.decode()
    page = client.get(reverse("console:billing-payout-detail", args=[short.ref])).content.decode()
    assert "The balance is smaller than this payout." in page
    assert "Kept out of a bank file" in page


def test_finance_sees_a_held_amount_on_the_statement_and_the_merchant_on_its_money(books, seller):
    held(seller)
    settlement = reviewed(books, seller)
    assert settlement.payable_minor == 7500
    client = mms.sign_in(Client(), mms.operator_user("finance"))
    page = client.get(reverse("console:billing-settlement-detail", args=[settlement.ref])).content.decode()
    assert "Part of the balance is held back" in page
    assert "€25.00: Buyer claims a refund" in page

    client = mms.sign_in(Client(), mms.merchant_user(seller, "merchant-accounting"))
    page = client.get(reverse("portal:billing-money-home")).content.decode()
    assert "Buyer claims a refund" in page
    assert "Contact the marketplace" in page
    # What is held is promised to nobody.
    assert sum(row.amount_minor for row in get_merchant_money(seller.pk).next_payouts) == 7500
