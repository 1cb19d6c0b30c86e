"""The books follow the debit moment: captures come when buyers are charged, nothing is paid out before."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from billing import invariants as promises
from billing.chart import Code
from billing.models import Balance, Earning, JournalEntry, Posting
from billing.operations.maturity import mature_due
from mms.operations.preferences import state_preference
from mms.selectors.scopes import get_scope
from oms.operations.acceptance import accept_merchant_order
from oms.operations.cancellation import cancel_lines, cancel_merchant_order
from oms.operations.captures import mark_paid
from oms.operations.payments import process_due_attempts
from oms.operations.receipt import receive_merchant_order
from oms.operations.shipments import Parcel, ship_parcel
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS, MARK_PAID, SHIP_ORDERS
from oms.preferences import debit_key, offered_key
from tests.factories import billing as make
from tests.factories.actors import operator_actor
from tests.oms.conftest import make_shop, shop  # noqa: F401

pytestmark = pytest.mark.django_db
DESK = operator_actor(ACCEPT_ORDERS, CANCEL_ORDERS, MARK_PAID, SHIP_ORDERS, "mms.manage_preferences")
WORKER = system_actor("payments")
PROVIDERS = {"4242424242424242": "test_card", "transfer": "bank_transfer", "cash": "cash_on_delivery"}


def send():
    while process_due_attempts(actor=WORKER):
        pass


@pytest.mark.parametrize(
    ("number", "moment", "paid_after"),
    [
        ("4242424242424242", "order", "placed"),
        ("4242424242424242", "acceptance", "accepted"),
        ("4242424242424242", "shipment", "shipped"),
        ("4242424242424242", "parcel", "shipped"),
        ("cash", "delivery", "received"),
        ("transfer", "order", "placed"),
        ("transfer", "due_date", "invoice"),
    ],
)
def test_a_merchant_earns_when_the_buyer_was_charged_and_is_paid_out_after(
    shop,  # noqa: F811
    number,
    moment,
    paid_after,
):
    make.entity(website_id=shop.store.website_id)
    scope = get_scope(f"store:{shop.store.store_code}")
    state_preference(debit_key(PROVIDERS[number]), moment, scope=scope, actor=DESK)
    order = shop.order((shop.offer(price=10_000), 1), number=number)
    part = order.merchant_orders.get()
    paid = {}

    def look(step):
        send()
        paid[step] = Earning.objects.get(merchant_order_id=part.pk).captured_minor
        for promise in (promises.zero_sum, promises.entries_balance, promises.balances_equal_postings):
            assert list(promise()) == []

    if paid_after == "placed" and number == "transfer":
        mark_paid(order.ref, reference="statement 1", actor=DESK)
    look("placed")
    accept_merchant_order(part.ref, actor=DESK)
    look("accepted")
    ship_parcel(part.ref, Parcel(), actor=DESK)
    look("shipped")
    receive_merchant_order(part.ref, actor=DESK)
    look("received")
    with clock.shifted(timedelta(days=40)):
        if paid_after == "invoice":
            assert mature_due() == 0
            mark_paid(order.ref, reference="statement 1", actor=DESK)
        look("invoice")
        assert mature_due() == 1
    steps = list(paid)
    first = next(step for step in steps if paid[step])
    assert first == paid_after
    assert paid["invoice"] == order.total_minor
    assert JournalEntry.objects.filter(event_type="capture").count() == 1


def assert_books_hold():
    for promise in (promises.zero_sum, promises.entries_balance, promises.balances_equal_postings):
        assert list(promise()) == []


def fees_kept(part):
    """Fee and tax that the marketplace keeps of a merchant order, as its accounts say."""
    rows = Posting.objects.filter(
        merchant_order_id=part.pk, account__code__in=[Code.COMMISSION, Code.FEE_VAT]
    )
    return -sum(rows.values_list("amount_minor", flat=True))


def test_parcels_are_booked_as_they_are_charged_and_sum_to_the_order(shop):  # noqa: F811
    make.entity(website_id=shop.store.website_id)
    scope = get_scope(f"store:{shop.store.store_code}")
    state_preference(debit_key("test_card"), "parcel", scope=scope, actor=DESK)
    order = shop.order((shop.offer(price=333), 3))
    part = order.merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    booked = []
    for _number in range(3):
        ship_parcel(part.ref, Parcel(pieces={1: 1}), actor=DESK)
        send()
        booked.append(Earning.objects.get(merchant_order_id=part.pk).captured_minor)
    assert booked == [823, 1156, order.total_minor] == [823, 1156, 1489]
    assert JournalEntry.objects.filter(event_type="capture").count() == 3
    assert_books_hold()


@pytest.mark.parametrize(("number", "moment"), [("4242424242424242", "parcel"), ("cash", "delivery")])
def test_the_fee_of_pieces_that_will_never_be_charged_goes_back(shop, number, moment):  # noqa: F811
    make.entity(website_id=shop.store.website_id)
    scope = get_scope(f"store:{shop.store.store_code}")
    state_preference(debit_key(PROVIDERS[number]), moment, scope=scope, actor=DESK)
    whole, some, none = (
        shop.order((shop.offer(price=1001), 3), number=number).merchant_orders.get() for _order in range(3)
    )
    for part in (whole, some, none):
        accept_merchant_order(part.ref, actor=DESK)
    full = fees_kept(whole)
    assert full > 0
    ship_parcel(some.ref, Parcel(pieces={1: 1}), actor=DESK)
    for _piece in range(2):
        cancel_lines(some.ref, {1: 1}, reason="broken", actor=DESK)
    cancel_merchant_order(none.ref, reason="broken", actor=DESK)
    send()
    assert 0 < fees_kept(some) < full
    assert fees_kept(none) == 0
    assert fees_kept(whole) == full
    assert JournalEntry.objects.filter(event_type="commission_returned").count() == 3
    assert_books_hold()


def test_of_an_order_paid_outside_the_marketplace_books_its_fee_and_nothing_else(shop):  # noqa: F811
    make.entity(website_id=shop.store.website_id)
    scope = get_scope(f"store:{shop.store.store_code}")
    state_preference(offered_key("pay_merchant"), True, scope=scope, actor=DESK)
    part = shop.order((shop.offer(price=10_000), 1), number="outside").merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    ship_parcel(part.ref, Parcel(), actor=DESK)
    receive_merchant_order(part.ref, actor=DESK)
    fee = fees_kept(part)
    assert fee > 0
    with clock.shifted(timedelta(days=40)):
        assert mature_due() == 1
        assert mature_due() == 0
    balances = {
        row.account.code: row.posted_minor
        for row in Balance.objects.filter(account__owner_type="merchant", account__owner_id=part.merchant_id)
        if row.posted_minor
    }
    # The merchant owes it: a debit on what would be available to it.
    assert balances == {Code.AVAILABLE: fee}
    assert Earning.objects.get(merchant_order_id=part.pk).captured_minor == 0
    assert not JournalEntry.objects.filter(event_type="capture").exists()
    assert_books_hold()
