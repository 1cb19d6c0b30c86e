"""Where finance and merchants meet a debt: pages, a transfer on a bank line, the sentence on the money page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput
from backoffice.ui import formats
from billing.entries.drafts import Line, merchant
from billing.operations.bank_line_undo import ask_to_take_back_bank_line, take_back_bank_line
from billing.operations.bank_lines import place_bank_line
from billing.permissions import APPROVE_REVERSAL, REVERSE_ENTRY
from billing.selectors.balances import get_merchant_balances
from billing.selectors.debts import get_debt
from tests.billing.debt_stories import FINANCE, owes, ref_of
from tests.factories import billing as make
from tests.factories import mas, mms
from tests.factories.actors import operator_actor
from tests.factories.billing import balance_of, entity, posted

pytestmark = pytest.mark.django_db

# Transfers of merchants


def _line(books, amount, text=""):
    line = make.bank_line(books)
    posted(books.pk, Line("1010", amount, "EUR"), Line("2900", -amount, "EUR"))
    type(line).objects.filter(pk=line.pk).update(amount_minor=amount, text=text)
    return line.ref


def _place(ref, seller, *, actor=FINANCE):
    return place_bank_line(ref, place=f"merchant:{seller.ref}", note="Paid its debt", actor=actor)


def test_a_merchants_transfer_settles_its_debt_once(books, seller):
    owes(books, seller, 5000)
    ref = _line(books, 3000)
    for _again in range(2):
        assert _place(ref, seller).state == "resolved"
    assert balance_of(books, "2110", merchant_id=seller.pk) == 2000
    assert balance_of(books, "2900") == 0


def test_a_transfer_taken_for_the_wrong_merchants_is_a_debt_again(books, seller):
    owes(books, seller, 5000)
    ref = _line(books, 5000)
    _place(ref, seller)
    ask_to_take_back_bank_line(ref, reason="Another's", actor=operator_actor(REVERSE_ENTRY, user_id=1))
    take_back_bank_line(ref, actor=operator_actor(APPROVE_REVERSAL, user_id=2))
    assert balance_of(books, "2110", merchant_id=seller.pk) == 5000
    assert get_debt(ref_of(books, seller), actor=FINANCE).posted_minor == 5000
    _place(ref, seller)
    assert balance_of(books, "2110", merchant_id=seller.pk) == 0


def test_more_than_the_debt_is_taken_only_from_who_is_named(books, seller):
    owes(books, seller, 1000)
    with pytest.raises(InvalidInput, match=seller.ref):
        _place(_line(books, 1001), seller)
    named = make.bank_line(entity())
    type(named).objects.filter(pk=named.pk).update(entity=books, amount_minor=1500, text=f"Debt {seller.ref}")
    assert _place(named.ref, seller).state == "resolved"
    [balance] = get_merchant_balances(seller.pk)
    assert balance.available_minor == 500


def test_money_that_left_is_no_transfer_of_a_merchant(books, seller):
    owes(books, seller, 1000)
    with pytest.raises(InvalidInput):
        _place(_line(books, -500, seller.ref), seller)


# Pages


def test_finance_finds_debts_and_pauses_them(books, seller):
    owes(books, seller)
    client = mms.sign_in(Client(), mms.operator_user("finance"))
    page = client.get(reverse("console:billing-debt-list")).content.decode()
    assert seller.name in page
    assert "€50.00" in page
    assert "Over 90 days" in client.get(reverse("console:billing-finance-home")).content.decode()
    exported = client.get(reverse("console:billing-debt-list"), {"export": "csv"})
    assert b"50.00" in b"".join(exported.streaming_content)  # type: ignore[attr-defined]

    url = reverse("console:billing-debt-pause", args=[ref_of(books, seller)])
    assert "€50.00" in client.get(url).content.decode()
    day = (clock.now() + timedelta(days=9)).date()
    answer = client.post(url, {"until": day, "reason": "Pays on Friday"}, follow=True)
    assert f"Paused until {formats.date_text(day)}: Pays on Friday" in answer.content.decode()
    again = client.post(reverse("console:billing-debt-resume", args=[ref_of(books, seller)]), follow=True)
    assert "Pays on Friday" not in again.content.decode()


@pytest.mark.parametrize(
    ("query", "found"), [({"age": "30"}, True), ({"age": "older"}, False), ({"currency": "chf"}, False)]
)
def test_debts_are_filtered(books, seller, query, found):
    posted(books.pk, Line("2110", 1, "EUR", merchant(seller.pk)), Line("2300", -1, "EUR"))
    client = mms.sign_in(Client(), mms.operator_user("finance"))
    page = client.get(reverse("console:billing-debt-list"), query).content.decode()
    assert (seller.ref in page) is found


def test_a_bank_line_offers_who_owes_and_who_is_named(books, seller):
    owes(books, seller)
    other = mas.merchant()
    client = mms.sign_in(Client(), mms.operator_user("finance"))
    page = client.get(
        reverse("console:billing-bank-line-detail", args=[_line(books, 100, other.ref)])
    ).content.decode()
    assert page.index(f"merchant:{other.ref}") < page.index(f"merchant:{seller.ref}")


def test_the_merchant_reads_what_it_owes_and_how_to_pay(books, seller):
    client = mms.sign_in(Client(), mms.merchant_user(seller, "merchant-accounting"))
    url = reverse("portal:billing-money-home")
    assert "You owe the marketplace" not in client.get(url).content.decode()
    owes(books, seller)
    page = client.get(url).content.decode()
    assert "You owe the marketplace €50.00" in page
    assert seller.ref in page
