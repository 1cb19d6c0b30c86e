"""Every kind of page opens, fits a phone and a desk, and hides nothing from people who cannot see or use a mouse."""

import gc
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import override_settings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from oms.models import Order
from tests import databases
from tests.journeys.browsing import Desk, Watch, press
from tests.journeys.walking import Walk, axe_source
from tests.journeys.worlds import open_town

# One worker builds the town once.
pytestmark = pytest.mark.xdist_group("town")


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, browser) -> Iterator[LiveServer]:
    """A trading marketplace, built once and only looked at; the next test starts from an empty one again."""
    with django_db_blocker.unblock():
        databases.restore()
        open_town()
        server = LiveServer("localhost")
        with override_settings(
            BASE_URL=server.url, WAGTAILADMIN_BASE_URL=server.url, STAFF_SECOND_FACTOR=True
        ):
            yield server
        server.stop()
        gc.collect()
        databases.restore()


@pytest.fixture
def desk(browser, town) -> Iterator[Desk]:
    watch = Watch(urlsplit(town.url).netloc)
    yield Desk(browser, town.url, watch)
    assert watch.problems == []


def test_every_page_of_the_console(desk: Desk):
    axe = axe_source()
    with desk.signed_in("operator@demo.test", with_code=True) as page:
        walk = Walk(page, "/console/", axe)
        walk.everything(["/console/"])
    walk.check()
    assert len(walk.seen) > 90, sorted(walk.seen)


def test_every_page_of_the_portal(desk: Desk):
    axe = axe_source()
    with desk.signed_in("merchant@demo.test") as page:
        walk = Walk(page, "/portal/", axe)
        walk.everything(["/portal/"])
    walk.check()
    assert len(walk.seen) > 40, sorted(walk.seen)


def test_every_page_of_the_storefronts(desk: Desk):
    axe = axe_source()
    with desk.visitor() as page:
        page.goto("/en/")
        card = page.locator("main a[href*='/p/']").first.get_attribute("href")
        for view in ("en", "de", "us"):
            walk = Walk(page, f"/{view}/", axe, "backoffice.storefront.root", f"/{view}/")
            walk.everything(
                [f"/{view}/", f"/{view}/search/?q=zzzz", f"/{view}/order/find/", f"/{view}/cart/"]
            )
            walk.check()
        page.goto(card or "")
        press(page, "Add to cart")
        walk = Walk(page, "/en/", axe, "backoffice.storefront.root", "/en/")
        walk.everything(["/en/cart/", "/en/checkout/"])
        walk.check()


def test_every_page_of_the_entrance(desk: Desk):
    axe = axe_source()
    with desk.visitor() as page:
        walk = Walk(page, "/accounts/", axe)
        walk.everything(["/accounts/login/", "/accounts/password/reset/"])
    walk.check()


def test_unknown_addresses_are_told_apart_from_forbidden_ones(desk: Desk):
    with desk.signed_in("finance@demo.test", with_code=True) as page:
        unknown = page.goto("/console/nothing/here/")
        assert unknown is not None
        assert unknown.status == 404
        forbidden = page.goto("/console/pages/")
        assert forbidden is not None
        assert forbidden.status == 403


def test_buying_works_without_scripts(desk: Desk):
    before = Order.objects.count()
    with desk.visitor(width=360, scripts=False) as page:
        page.goto("/en/")
        page.locator("main a[href*='/p/']").first.click()
        press(page, "Add to cart")
        page.goto("/en/cart/")
        press(page, "Go to checkout")
        fill_names = {"email": "noscript@example.test", "name": "Nora Skript", "street": "Stille Gasse 1"}
        for name, value in {**fill_names, "postcode": "50667", "city": "Köln"}.items():
            page.locator(f"[name={name}]").fill(value)
        page.locator("[name=country]").select_option("DE")
        press(page, "Continue to delivery and payment")
        page.locator("[name=provider][value=test_card]").check()
        page.locator("[name=card_number]").fill("4242424242424242")
        press(page, "Order and pay")
        expect(page.get_by_role("heading", name="Thank you for your order")).to_be_visible()
    assert Order.objects.count() == before + 1
