"""Whatever a merchant sends as a paper or as its logo: refused at the field, nothing is kept."""

import pytest
from django.test import Client
from django.urls import reverse

from mas.models import MerchantDocument
from tests import pages
from tests.bad_files import FILES
from tests.factories import mas, mms

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant():
    return mas.merchant()


@pytest.fixture
def clerk(merchant):
    return mms.sign_in(Client(), mms.merchant_user(merchant))


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("ending", ["", "pdf", "jpg"])
def test_a_bad_paper_is_refused_at_its_field_whatever_it_calls_itself(clerk, what, ending):
    paper = mas.document_type()
    name, data = FILES[what]
    name = f"extract.{ending}" if ending else name
    url = reverse("portal:mas-document-upload", args=[paper.code])
    pages.assert_refused(pages.upload(clerk, url, data, name), "file")
    assert MerchantDocument.objects.count() == 0


@pytest.mark.parametrize("what", FILES)
def test_a_bad_logo_is_refused_at_its_field(clerk, merchant, what):
    name, data = FILES[what]
    url = reverse("portal:mas-logo-edit")
    pages.assert_refused(pages.upload(clerk, url, data, name, field="logo"), "logo")
    merchant.refresh_from_db()
    assert merchant.logo_asset_uuid is None
