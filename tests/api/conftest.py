from collections.abc import Callable

import pytest
from django.test import Client

from backoffice.kernel.actors import system_actor
from mms.models import StoreView
from mms.operations.api_keys import create_api_key

Caller = Callable[..., Client]


def _client(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def operator_client() -> Caller:
    """A program of the operator with the grants named."""

    def make(*grants: str) -> Client:
        return _client(create_api_key(name="Operator program", grants=grants, actor=system_actor())[1])

    return make


@pytest.fixture
def merchant_client() -> Caller:
    """A program of one merchant with the grants named."""

    def make(merchant_id: int, *grants: str) -> Client:
        key = create_api_key(
            name="Merchant program", grants=grants, merchant_id=merchant_id, actor=system_actor()
        )
        return _client(key[1])

    return make


@pytest.fixture
def storefront_client() -> Caller:
    """A shop front bound to one store view."""

    def make(view_code: str) -> Client:
        view = StoreView.objects.get(code=view_code)
        return _client(create_api_key(name="Shop front", view=view, actor=system_actor())[1])

    return make
