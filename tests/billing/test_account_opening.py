"""A merchant's accounts are there before its money moves, so that no posting waits for another's new account."""

import threading
import time

import pytest
from django.db import OperationalError, connection, connections, transaction

from backoffice.kernel import events
from billing.chart import MERCHANT_CODES
from billing.entries.drafts import Line, Owner, merchant
from billing.models import Account, Balance
from billing.operations.accounts import ensure_accounts, open_merchant_accounts
from mas.events import MerchantApproved
from tests.factories import mas
from tests.factories.billing import balance_of, entity, posted


def codes_of(books, seller, currency="EUR"):
    rows = Account.objects.filter(entity=books, owner_type="merchant", owner_id=seller.pk, currency=currency)
    return set(rows.values_list("code", flat=True))


@pytest.mark.django_db
def test_approval_opens_the_accounts_of_companies_that_trade_in_the_merchants_currency():
    euro, franc, seller = entity(), entity(currency="CHF"), mas.merchant(currency="EUR")
    events.publish(MerchantApproved(merchant_id=seller.pk, merchant_ref=seller.ref))
    assert codes_of(euro, seller) == {str(code) for code in MERCHANT_CODES}
    assert codes_of(franc, seller, "CHF") == set()
    assert Balance.objects.filter(account__entity=euro, posted_minor=0).count() == len(MERCHANT_CODES)


@pytest.mark.django_db
def test_opening_again_opens_nothing_and_asks_once(django_assert_num_queries):
    books, seller = entity(), mas.merchant()
    open_merchant_accounts([(books.pk, seller.pk, "EUR")])
    before = Account.objects.count()
    with django_assert_num_queries(1):
        ensure_accounts([(books.pk, "2110", "merchant", seller.pk, "EUR")])
    open_merchant_accounts([(books.pk, seller.pk, "EUR")])
    assert Account.objects.count() == before


@pytest.mark.django_db
def test_missing_accounts_are_inserted_in_one_order_whoever_asks():
    books, first, second = entity(), mas.merchant(), mas.merchant()
    open_merchant_accounts([(books.pk, second.pk, "EUR"), (books.pk, first.pk, "EUR")])
    rows = Account.objects.filter(entity=books).order_by("pk")
    keys = list(rows.values_list("code", "owner_type", "owner_id", "currency"))
    assert keys == sorted(keys)


WAITING = """
    SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (
        SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database()
    )
"""


def wait_until_somebody_waits() -> None:
    for _time in range(200):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def race(books, seller) -> list[str]:
    """One holds the merchant's balance and then needs an account that another one needs before that balance."""
    held, results = threading.Event(), []
    refund = (Line("2300", -1, "EUR"), Line("2100", 1, "EUR", merchant(seller.pk), "refund"))

    def capture_then_refund() -> None:
        with transaction.atomic():
            posted(
                books.pk,
                Line("1100", 5, "EUR", Owner("psp:card", 0)),
                Line("2100", -5, "EUR", merchant(seller.pk), "sale"),
            )
            held.set()
            wait_until_somebody_waits()
            posted(books.pk, *refund)

    def refund_alone() -> None:
        held.wait(timeout=10)
        posted(books.pk, *refund)

    def run(act) -> None:
        try:
            act()
            results.append("done")
        except OperationalError as error:
            results.append("deadlock" if "deadlock" in str(error) else str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in (capture_then_refund, refund_alone)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(results)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_connections_that_move_the_same_balance_do_not_wait_in_a_circle():
    books, seller = entity(), mas.merchant()
    open_merchant_accounts([(books.pk, seller.pk, "EUR")])
    assert race(books, seller) == ["done", "done"]
    assert balance_of(books, "2100", merchant_id=seller.pk) == -3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_race_without_accounts_opened_ahead_is_the_circle_this_avoids():
    books, seller = entity(), mas.merchant()
    # Only the balance that one of them holds is there; the clearing account is opened in the race.
    ensure_accounts([(books.pk, "2100", "merchant", seller.pk, "EUR")])
    assert race(books, seller) == ["deadlock", "done"]
