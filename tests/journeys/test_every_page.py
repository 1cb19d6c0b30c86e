"""Every kind of page opens, fits a phone and a desk, and hides nothing from people who cannot see or use a mouse."""

import gc
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import override_settings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from backoffice.kernel.actors import system_actor
from mas.operations.invitations import MerchantInvite, invite_merchant
from mms.models import Mail
from oms.models import CartLine, Order, Voucher
from tests import databases
from tests.factories import oms as factory
from tests.journeys.browsing import Desk, Watch, fill, press
from tests.journeys.walking import Walk, axe_source
from tests.journeys.worlds import open_town

pytestmark = pytest.mark.long


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


def test_a_cart_with_a_voucher_that_counts_and_one_that_does_not(desk: Desk):
    """What no link leads to: a code taken, the same cart once it counts no more, and a code that is refused."""
    axe = axe_source()
    with desk.visitor() as page:
        page.goto("/en/")
        page.locator("main a[href*='/p/']").first.click()
        press(page, "Add to cart")
        page.goto("/en/cart/")
        line = CartLine.objects.select_related("cart", "offer__merchant").latest("pk")
        voucher = factory.voucher(
            line.offer.merchant, code="WALKED", title="For the walk", website_id=line.cart.website_id
        )
        fill(page, voucher="WALKED")
        press(page, "Use voucher")
        expect(page.locator("main")).to_contain_text("For the walk")
        looked_at = Walk(page, "/en/", axe, "backoffice.storefront.root", "/en/")
        looked_at.visit("/en/cart/")
        looked_at.visit("/en/checkout/")
        Voucher.objects.filter(pk=voucher.pk).update(minimum_minor=10_000_000)
        looked_at.visit("/en/cart/")
        expect(page.locator("main")).to_contain_text("WALKED:")
        looked_at.check()


def test_every_page_of_the_entrance(desk: Desk):
    axe = axe_source()
    with desk.visitor() as page:
        walk = Walk(page, "/accounts/", axe)
        walk.everything(["/accounts/login/", "/accounts/password/reset/"])
    walk.check()


def test_registering_and_the_second_factor(desk: Desk):
    axe = axe_source()
    invited = invite_merchant(
        MerchantInvite("Newcomer", "new@demo.test", "DE", "EUR"), actor=system_actor("walk")
    )
    mail = Mail.objects.get(about_ref=invited.ref)
    registration = re.search(r"/portal/register/\S+/", mail.body)
    assert registration is not None
    with desk.visitor() as page:
        walk = Walk(page, "/portal/", axe)
        walk.visit(registration.group())
        walk.check()
    for email, with_code, start in (
        ("operator@demo.test", True, ["/accounts/2fa/", "/accounts/password/change/"]),
        ("merchant@demo.test", False, ["/accounts/2fa/totp/activate/", "/accounts/sessions/"]),
    ):
        with desk.signed_in(email, with_code=with_code) as page:
            walk = Walk(page, "/accounts/", axe)
            walk.everything(start)
            walk.check()
            assert len(walk.seen) >= len(start), walk.seen


def test_pages_of_errors_tell_unknown_from_forbidden_and_from_broken(desk: Desk, monkeypatch):
    axe = axe_source()
    with desk.signed_in("finance@demo.test", with_code=True) as page:
        walk = Walk(page, "/console/", axe)
        walk.visit("/console/nothing/here/", status=404)
        walk.visit("/console/pages/", status=403)
        monkeypatch.setattr("backoffice.welcome.WelcomeView.get", _break)
        walk.visit("/welcome/", status=500)
    walk.check()
    # The broken page was asked for; nothing else may have gone wrong.
    assert [problem for problem in desk.watch.problems if "/welcome/" not in problem] == []
    desk.watch.problems.clear()


def _break(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("broken on purpose")


@pytest.mark.parametrize(
    ("email", "with_code", "start"),
    [("operator@demo.test", True, "/console/"), ("merchant@demo.test", False, "/portal/")],
)
def test_pages_in_german_and_dark(desk: Desk, email: str, with_code: bool, start: str):
    """Long words and the other colours: the pages nearest to the home, in German and dark."""
    axe = axe_source()
    with desk.signed_in(email, with_code=with_code, locale="de-DE", dark=True) as page:
        walk = Walk(page, start, axe)
        walk.everything([start], most=25)
        page.goto(start)
        assert page.locator("html").get_attribute("lang") == "de"
    walk.check()


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
