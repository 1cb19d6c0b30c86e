"""The cast of settlement stories: who prepares, who approves, whose money it is."""

from datetime import UTC, datetime

import pytest

from tests.factories import mas
from tests.factories.billing import entity


@pytest.fixture
def books():
    return entity()


@pytest.fixture
def seller():
    shop = mas.merchant()
    long_ago = datetime(2025, 1, 1, tzinfo=UTC)
    mas.bank_account(shop, state="verified", changed_at=long_ago, verified_at=long_ago)
    return shop
