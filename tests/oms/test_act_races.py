"""Two people, or a person and a clock, act on the same order in two processes: one of them wins, the books agree."""

import multiprocessing
import os

import pytest
from django.db import OperationalError, connections

from backoffice.kernel import clock
from backoffice.kernel.actors import timer_actor
from backoffice.kernel.errors import DomainError
from oms import invariants
from oms.models import MerchantOrder, Shipment
from oms.operations.acceptance import accept_merchant_order, refuse_merchant_order
from oms.operations.cancellation import cancel_merchant_order
from oms.operations.shipments import Parcel, ship_parcel
from oms.permissions import ACCEPT_ORDERS, CANCEL_ORDERS, SHIP_ORDERS
from tests.factories import oms
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db(transaction=True)
DESK = operator_actor(ACCEPT_ORDERS, SHIP_ORDERS, CANCEL_ORDERS)
DONE, REFUSED, BUSY = 10, 11, 12


def accept(ref):
    accept_merchant_order(ref, actor=DESK)


def refuse_by_timer(ref):
    refuse_merchant_order(ref, reason="too late", actor=timer_actor("auto-refused"))


def ship(ref):
    ship_parcel(ref, Parcel(key=f"parcel-{os.getpid()}"), actor=DESK)


def cancel(ref):
    cancel_merchant_order(ref, reason="sold out", actor=DESK)


def _act(act, ref, gate):
    connections.close_all()
    gate.wait()
    code = BUSY
    for _try in range(20):
        try:
            act(ref)
            code = DONE
        except DomainError:
            code = REFUSED
        except OperationalError:
            # The embedded database says "busy" to one of two writers; people press again.
            continue
        break
    connections.close_all()
    os._exit(code)


def race(ref, *acts):
    """Each act in a process of its own, started at the same moment; how each ended."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(len(acts))
    processes = [context.Process(target=_act, args=(act, ref, gate)) for act in acts]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    return [process.exitcode for process in processes]


def assert_books_agree():
    for check in (
        invariants.stock_counters,
        invariants.orders_add_up,
        invariants.payment_shares,
        invariants.withdrawn_adds_up,
        invariants.refunds_add_up,
    ):
        assert list(check()) == []


def test_two_processes_accept_once():
    part = oms.merchant_order()
    assert race(part.ref, accept, accept, accept) == [DONE] * 3
    part = MerchantOrder.objects.get()
    assert part.state == "in_preparation"
    assert part.history.filter(what="accepted").count() == 1
    assert_books_agree()


def test_accepting_and_the_clock_that_refuses_never_both_win():
    part = oms.merchant_order()
    oms.time_limit(part, "accept", clock.now())
    codes = race(part.ref, accept, refuse_by_timer)
    part = MerchantOrder.objects.get()
    assert sorted(codes) == [DONE, REFUSED]
    assert part.state == ("in_preparation" if codes[0] == DONE else "refused")
    assert part.history.filter(what__in=["accepted", "refused"]).count() == 1
    assert_books_agree()


def test_shipping_and_cancelling_never_both_win():
    part = oms.merchant_order(state="in_preparation", lines=((2, 1000),))
    codes = race(part.ref, ship, cancel)
    part = MerchantOrder.objects.get()
    assert sorted(codes) == [DONE, REFUSED]
    if codes[0] == DONE:
        assert (part.state, Shipment.objects.count(), part.refunds.count()) == ("shipped", 1, 0)
    else:
        assert (part.state, Shipment.objects.count()) == ("cancelled", 0)
        assert part.refunds.get().amount_minor == part.total_minor
    assert_books_agree()
