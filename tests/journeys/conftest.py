"""A real browser, a served marketplace, a clock that the story can turn."""

import gc
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.signals import request_started
from playwright.sync_api import Browser, sync_playwright

from backoffice.kernel import clock
from tests.journeys.browsing import CHROMIUM, FLAGS, Desk, Watch

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            # Wagtail leaves the files of a picture's rendition to the garbage collector.
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"{CHROMIUM} is missing and REQUIRE_BROWSER=1")
        pytest.skip(f"{CHROMIUM} is missing; install chromium to run the journeys")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def desk(browser, live_server, transactional_db, settings) -> Iterator[Desk]:
    """Browsers against the live server; at the end nothing may have gone wrong in any of them."""
    settings.BASE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    settings.STAFF_SECOND_FACTOR = True
    # Weeks of the story pass in a minute: nobody is to sign in again for that.
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = settings.STAFF_IDLE_SECONDS = 90 * 24 * 3600
    watch = Watch(urlsplit(live_server.url).netloc)
    yield Desk(browser, live_server.url, watch)
    gc.collect()
    assert watch.problems == []


@pytest.fixture
def let_time_pass() -> Iterator[Callable[[timedelta], None]]:
    """Moves the clock of the server's requests and of the test's own thread."""
    ahead = timedelta()

    def follow(**kwargs: object) -> None:
        clock._offset.set(ahead)

    def move(by: timedelta) -> None:
        nonlocal ahead
        ahead += by
        follow()

    request_started.connect(follow)
    yield move
    request_started.disconnect(follow)
    ahead = timedelta()
    follow()
