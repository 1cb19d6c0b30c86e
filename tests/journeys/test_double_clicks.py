"""A second click of the same button does nothing more, and the person sees the same result."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backoffice.kernel import clock, work
from backoffice.kernel.models import Job
from billing.models import Payout, PayoutBatch, Settlement
from mas.models import Invitation
from oms.models import Refund
from pim.models import ImportRun, Offer, Rate
from tests import pages
from tests.factories import billing, mas, mms, oms
from tests.factories.imports import template_csv, template_row

pytestmark = pytest.mark.django_db


def twice(client: Client, url: str, sent: dict) -> list[str]:
    """Click twice; where each click led."""
    answers = []
    for _click in range(2):
        for value in sent.values():
            if isinstance(value, SimpleUploadedFile):
                value.seek(0)
        answers.append(client.post(url, sent))
    assert [answer.status_code for answer in answers] == [302, 302], [pages.errors_at(a) for a in answers]
    return [answer.url for answer in answers]


def clerk_of(merchant) -> Client:
    return mms.sign_in(Client(), mms.merchant_user(merchant))


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_refund_is_asked_for_once_even_when_nothing_is_left_for_a_second(pieces):
    merchant = mas.merchant()
    part = oms.merchant_order(merchant, state="shipped", lines=((2, 1000),))
    clerk, url = clerk_of(merchant), reverse("portal:oms-order-refund", args=[part.ref])
    first, second = twice(clerk, url, pages.filled(clerk.get(url), line_1=pieces, reason="damaged"))
    assert first == second
    assert Refund.objects.get().amount_minor == pieces * 1000


def test_an_import_is_sent_checked_and_applied_once():
    merchant = mas.merchant()
    clerk, url = clerk_of(merchant), reverse("portal:pim-import-upload")
    file = SimpleUploadedFile("feed.csv", template_csv(template_row("A"), template_row("B")))
    first, second = twice(clerk, url, pages.filled(clerk.get(url), file=file))
    assert first == second
    run = ImportRun.objects.get()
    work.drain()
    twice(clerk, reverse("portal:pim-import-apply", args=[run.ref]), {})
    work.drain()
    twice(clerk, reverse("portal:pim-import-apply", args=[run.ref]), {})
    work.drain()
    assert Offer.objects.count() == 2
    assert Job.objects.filter(kind="pim.import_apply").count() == 1


def test_a_payout_is_approved_exported_and_executed_once():
    seller = mas.merchant()
    mas.bank_account(seller)
    books = billing.entity()
    billing.funded(books, seller.pk, 10_000)
    finance = mms.sign_in(Client(), mms.operator_user("finance"))
    approver = mms.sign_in(Client(), mms.operator_user("finance-approver"))
    with clock.shifted(timedelta(days=8)):
        url = reverse("console:billing-settlement-run")
        twice(finance, url, pages.filled(finance.get(url), entity=books.code))
    settlement = Settlement.objects.get()
    approve = reverse("console:billing-settlement-approve", args=[settlement.ref])
    twice(approver, approve, {"statement_sha256": settlement.statement_sha256})
    payout = Payout.objects.get()
    assert payout.state == "created"
    url = reverse("console:billing-batch-create")
    terms = {"payouts": [payout.ref], "file_format": "pain.001.001.09", "execution_on": "2026-11-30"}
    first, second = twice(finance, url, pages.filled(finance.get(url), **terms))
    assert first == second
    batch = PayoutBatch.objects.get()
    twice(finance, reverse("console:billing-batch-execute", args=[batch.ref]), {})
    payout.refresh_from_db()
    assert payout.state == "executed"
    assert Payout.objects.count() == 1


def test_a_merchant_is_invited_once():
    staff, url = mms.sign_in(Client(), mms.operator_user()), reverse("console:mas-merchant-invite")
    terms = {"name": "Nordlicht", "email": "anna@nordlicht.test", "country": "DE", "currency": "EUR"}
    first, second = twice(staff, url, pages.filled(staff.get(url), **terms))
    assert first == second
    assert Invitation.objects.count() == 1


def test_a_rate_is_entered_once():
    staff, url = mms.sign_in(Client(), mms.operator_user()), reverse("console:pim-rate-create")
    terms = {"base": "EUR", "quote": "SAR", "value": "4.2", "on": clock.today().isoformat()}
    twice(staff, url, pages.filled(staff.get(url), **terms))
    assert Rate.objects.count() == 1
