"""The books follow the debit moment: captures come when buyers are charged, nothing is paid out before."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import system_actor
from billing import invariants as promises
from billing.models import Earning, JournalEntry
from billing.operations.maturity import mature_due
from mms.operations.preferences import state_preference
from mms.selectors.scopes import get_scope
from oms.operations.acceptance import accept_merchant_order
from oms.operations.captures import mark_paid
from oms.operations.payments import process_due_attempts
from oms.operations.receipt import receive_merchant_order
from oms.operations.shipments import Parcel, ship_parcel
from oms.permissions import ACCEPT_ORDERS, MARK_PAID, SHIP_ORDERS
from oms.preferences import debit_key
from tests.factories import billing as make
from tests.factories.actors import operator_actor
from tests.oms.conftest import make_shop, shop  # noqa: F401

pytestmark = pytest.mark.django_db
DESK = operator_actor(ACCEPT_ORDERS, MARK_PAID, SHIP_ORDERS, "mms.manage_preferences")
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
