"""What every test may rely on: a migrated database of its own, the Celery application, empty caches."""

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

import backoffice.celery  # noqa: F401  tasks are sent through the configured application
from mms.selectors import versions
from tests import databases

# Playwright's synchronous API runs an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def _copy_instead_of_flush(self: TransactionTestCase) -> None:
    databases.restore()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        databases.set_up()
    TransactionTestCase._fixture_teardown = _copy_instead_of_flush  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    yield
    cache.clear()
    versions.forget()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Long ones first, so that in the end no worker is left alone with one.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if connection.vendor == "postgresql":
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL; set DATABASE_URL=postgres://…"))
