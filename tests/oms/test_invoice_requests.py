"""The buyer asks for the merchant's invoice; the merchant uploads it in time; the buyer opens it."""

from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.actors import buyer_actor
from backoffice.kernel.errors import InvalidInput, NotFound
from backoffice.kernel.work import drain
from mms.models import Mail, Task
from oms.errors import MerchantOrderStateRefused
from oms.models import InvoiceRequest, TimeLimit
from oms.operations.invoice_requests import request_invoice, request_invoice_as_buyer, upload_invoice
from oms.operations.timeouts import run_due_time_limits
from oms.permissions import REFUND_ORDERS, SHIP_ORDERS
from tests.factories import oms
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
DESK = operator_actor(REFUND_ORDERS, SHIP_ORDERS)


@pytest.fixture
def pdf():
    from oms.exports.packing_slip import packing_slip_pdf

    return packing_slip_pdf([])


def test_the_buyer_asks_once_and_the_merchant_hears_of_it():
    part = oms.merchant_order(state="shipped")
    for _time in range(2):
        request_invoice_as_buyer(part.order_id, part.position, actor=buyer_actor("Berta"))
    drain()
    row = InvoiceRequest.objects.get()
    assert row.due_at - row.requested_at == pytest.approx(timedelta(hours=72), abs=timedelta(minutes=1))
    assert Mail.objects.filter(template="oms.invoice_requested", to=part.merchant.email).count() == 1


@pytest.mark.parametrize("state", ["staged", "waiting_acceptance", "refused", "cancelled"])
def test_nobody_asks_before_the_merchant_accepted(state):
    part = oms.merchant_order(state=state)
    with pytest.raises(MerchantOrderStateRefused):
        request_invoice(part.ref, actor=DESK)
    assert not InvoiceRequest.objects.exists()


def test_uploading_sends_it_to_the_buyer_and_stops_the_clock(pdf):
    part = oms.merchant_order(state="shipped")
    request_invoice(part.ref, actor=DESK)
    clerk = merchant_actor(part.merchant_id, SHIP_ORDERS)
    for _time in range(2):
        upload_invoice(part.ref, pdf, "R-1.pdf", actor=clerk)
    drain()
    assert InvoiceRequest.objects.get().filename == "R-1.pdf"
    assert not TimeLimit.objects.filter(kind="invoice", settled_at=None).exists()
    assert Mail.objects.filter(template="oms.invoice_ready", to=part.order.buyer_email).count() == 1
    assert part.history.filter(what="invoice_uploaded").count() == 1


def test_a_late_invoice_becomes_a_task_that_the_upload_closes(pdf):
    part = oms.merchant_order(state="shipped")
    request_invoice(part.ref, actor=DESK)
    with clock.shifted(timedelta(hours=80)):
        run_due_time_limits()
    assert Task.objects.filter(kind="oms.invoice_late", closed_at=None, subject_ref=part.ref).count() == 1
    upload_invoice(part.ref, pdf, "R-1.pdf", actor=DESK)
    assert not Task.objects.filter(kind="oms.invoice_late", closed_at=None).exists()


def test_only_a_pdf_that_was_asked_for_is_taken(pdf):
    part = oms.merchant_order(state="shipped")
    with pytest.raises(MerchantOrderStateRefused):
        upload_invoice(part.ref, pdf, "R-1.pdf", actor=DESK)
    request_invoice(part.ref, actor=DESK)
    with pytest.raises(InvalidInput) as refused:
        upload_invoice(part.ref, b"MZ not a pdf", "R-1.pdf", actor=DESK)
    assert set(refused.value.fields) == {"file"}
    with pytest.raises(NotFound):
        upload_invoice(part.ref, pdf, "R-1.pdf", actor=stranger_actor(SHIP_ORDERS))
