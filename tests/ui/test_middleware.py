"""What no database keeps never reaches one."""

import pytest
from django.test import Client

from tests.factories import mas, mms

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/portal/orders/%00/", 404),
        ("/portal/products/offers/a%00b/", 404),
        ("/portal/orders/?q=%00", 400),
        ("/portal/imports/?state=%00&page=%00", 400),
    ],
)
def test_an_address_with_a_null_character_is_an_ordinary_refusal(path, status):
    clerk = mms.sign_in(Client(), mms.merchant_user(mas.merchant()))
    assert clerk.get(path).status_code == status
