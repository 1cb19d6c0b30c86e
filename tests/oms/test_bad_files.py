"""Whatever is sent as a file of tracking numbers or as an invoice: refused at the field, nothing is shipped or sent."""

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.kernel import work
from backoffice.kernel.actors import system_actor
from mms.models import Mail
from oms.models import Shipment, TrackingFile
from oms.operations.invoice_requests import request_invoice
from tests import pages
from tests.bad_files import FILES
from tests.factories import mas, mms, oms

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant():
    return mas.merchant()


@pytest.fixture
def clerk(merchant):
    return mms.sign_in(Client(), mms.merchant_user(merchant))


@pytest.mark.parametrize("what", FILES)
def test_a_bad_file_of_tracking_numbers_is_refused_at_its_field(clerk, merchant, what):
    oms.merchant_order(merchant, state="in_preparation")
    name, data = FILES[what]
    pages.assert_refused(pages.upload(clerk, reverse("portal:oms-tracking-upload"), data, name), "file")
    assert (TrackingFile.objects.count(), Shipment.objects.count()) == (0, 0)


@pytest.mark.parametrize("what", FILES)
def test_a_bad_invoice_is_refused_at_its_field(clerk, merchant, what):
    part = oms.merchant_order(merchant, state="in_preparation")
    request_invoice(part.ref, actor=system_actor("tests"))
    work.drain()
    name, data = FILES[what]
    answer = pages.upload(clerk, reverse("portal:oms-order-invoice", args=[part.ref]), data, name)
    pages.assert_refused(answer, "file")
    assert not Mail.objects.filter(template="oms.invoice_ready").exists()
