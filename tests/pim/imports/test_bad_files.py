"""Whatever is sent to the upload page of products: refused at the field, or told at the import; never an error page."""

import pytest
from django.test import Client

from backoffice.kernel import work
from pim.models import Card, ImportRun, Offer
from tests import pages
from tests.bad_files import FILES
from tests.factories import mas, mms

pytestmark = pytest.mark.django_db
UPLOAD = "/portal/imports/new/"
# What only the whole reading shows is told at the import, with the line.
LATER = {
    "header only": "",
    "broken quotation mark": "near line 3",
    "open quotation mark": "near line",
    "huge cell": "near line 3",
}


@pytest.fixture
def clerk():
    return mms.sign_in(Client(), mms.merchant_user(mas.merchant(), "merchant-admin"))


@pytest.mark.parametrize("what", FILES)
def test_a_bad_product_file_is_told_where_it_was_given_and_leaves_the_catalogue_alone(clerk, what):
    name, data = FILES[what]
    answer = pages.upload(clerk, UPLOAD, data, name)
    if what not in LATER:
        assert answer.status_code == 422, what
        assert len(pages.errors_at(answer)["file"]) > 15
        assert ImportRun.objects.count() == 0
        return
    assert answer.status_code == 302, pages.errors_at(answer)
    work.drain()
    page = pages.words(clerk.get(answer.url))
    assert LATER[what] in page
    assert ("Failed" if LATER[what] else "This file changes nothing") in page
    assert (Card.objects.count(), Offer.objects.count()) == (0, 0)
