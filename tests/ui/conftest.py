import pytest
from django.test import Client

from backoffice.kernel.models import Job
from tests.factories import mas, mms


@pytest.fixture
def merchant(db):
    return mas.merchant()


@pytest.fixture
def operator(db) -> Client:
    return mms.sign_in(Client(), mms.operator_user())


@pytest.fixture
def clerk(merchant) -> Client:
    """Signed in for one merchant, as its administrator."""
    return mms.sign_in(Client(), mms.merchant_user(merchant))


@pytest.fixture
def job(db) -> Job:
    return make_job("Import prices")


def make_job(title: str, **fields) -> Job:
    return Job.objects.create(kind="EUR", title=title, **fields)
