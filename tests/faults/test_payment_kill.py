"""`kill -9` between the claim, the provider's act and our commit: nothing is charged twice, nobody pays for nothing."""

import signal
from datetime import timedelta

import pytest
from django.db import connections

from backoffice.kernel import clock
from backoffice.kernel.models import OutboxEvent
from oms import invariants
from oms.models import Order, PaymentAttempt, PaymentShare, Refund, StockItem, TestCardOperation
from oms.operations.acceptance import accept_merchant_order
from oms.operations.cancellation import cancel_merchant_order
from oms.operations.payments import process_due_attempts
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS
from tests.factories.actors import operator_actor
from tests.oms.conftest import make_shop  # noqa: F401

DESK = operator_actor(ACCEPT_ORDERS, CANCEL_ORDERS)


@pytest.fixture(autouse=True)
def nobody_is_woken(monkeypatch):
    """Only the processes of the test send commands."""
    monkeypatch.setattr("backoffice.kernel.wake._send", lambda *_args: None)


def send_all():
    while process_due_attempts(actor=DESK):
        pass


# What a buyer's request does, in a process that can be killed.
CHECKOUT = """
from backoffice.kernel.actors import buyer_actor
from mms.selectors.scopes import list_store_contexts
from oms.models import Cart
from oms.operations.checkout import place_order
from tests.oms.conftest import BUYER, CARD, choice

place_order(Cart.objects.get(), BUYER, choice(CARD), store=list_store_contexts()[0], actor=buyer_actor("Berta"))
"""


def killed(processes, *command, at):
    connections.close_all()
    with processes.running("manage.py", *command, DIE_AT=at) as process:
        assert process.wait(timeout=120) == -signal.SIGKILL, processes.log.read_text()[-3000:]


def drain(processes):
    connections.close_all()
    with processes.running("manage.py", "drain") as process:
        assert process.wait(timeout=120) == 0, processes.log.read_text()[-3000:]


def lease_ends():
    PaymentAttempt.objects.filter(state__in=["claimed", "unknown", "waiting"]).update(
        due_at=clock.now() - timedelta(seconds=1)
    )


def assert_sound():
    for check in (
        invariants.stock_counters,
        invariants.payment_shares,
        invariants.payments_add_up,
        invariants.refunds_add_up,
        invariants.no_payment_without_order,
    ):
        assert list(check()) == []


def kinds():
    return list(TestCardOperation.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_checkout_that_dies_around_the_provider_is_placed_once_or_not_at_all(
    processes,
    make_shop,  # noqa: F811
    moment,
):
    shop = make_shop()
    shop.cart((shop.offer(on_hand=1), 1))
    killed(processes, "shell", "-c", CHECKOUT, at=f"authorise:{moment}")
    order = Order.objects.get()
    attempt = PaymentAttempt.objects.get()
    assert attempt.state == "claimed"
    lease_ends()
    drain(processes)
    order.refresh_from_db()
    assert order.is_placed is (moment == "after")
    assert (order.abandoned_at is not None) is (moment == "before")
    assert kinds() == (["authorise"] if moment == "after" else [])
    assert StockItem.objects.get().reserved == (1 if moment == "after" else 0)
    assert OutboxEvent.objects.filter(name="oms.order_placed.v1").count() == (moment == "after")
    assert_sound()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", ["capture", "refund"])
def test_a_worker_that_dies_around_the_provider_is_replaced_and_the_command_done_once(
    processes,
    make_shop,  # noqa: F811
    kind,
    moment,
):
    shop = make_shop()
    part = shop.order((shop.offer(), 1)).merchant_orders.get()
    accept_merchant_order(part.ref, actor=DESK)
    if kind == "refund":
        send_all()
        cancel_merchant_order(part.ref, reason="changed my mind", actor=DESK)
    killed(processes, "drain", at=f"{kind}:{moment}")
    assert PaymentAttempt.objects.get(kind=kind).state == "claimed"
    assert kinds().count(kind) == (moment == "after")
    lease_ends()
    drain(processes)
    assert PaymentAttempt.objects.get(kind=kind).state == "done"
    assert kinds().count(kind) == 1
    assert Order.objects.get().is_placed
    share = PaymentShare.objects.get()
    expected = {"capture": (1490, 0), "refund": (1490, 1490)}[kind]
    assert (share.captured_minor, share.refunded_minor) == expected
    assert set(Refund.objects.values_list("state", flat=True)) <= {"done"}
    assert_sound()
