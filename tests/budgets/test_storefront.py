"""What the buyer's pages cost, shell included: bounded, the same for one thing and for three."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from backoffice.kernel.actors import system_actor
from backoffice.storefront.models import StoreContentPage, StoreHomePage
from pim.operations.assets import link_assets
from tests.factories import dam, mas
from tests.pim import catalogue

pytestmark = pytest.mark.django_db
# The product has a gallery and similar ones; a cart adds its session, its count and nothing else to any page.
BUDGETS = {"home": 8, "category": 8, "search": 8, "product": 8, "cart": 12}


def _shop(number: int) -> tuple[catalogue.Catalogue, list[Any]]:
    shop = catalogue.build()
    offers = []
    for place in range(number):
        card = shop.add_card(f"Chair {place}")
        link_assets([(card.pk, dam.stored_picture(colour=(place, 9, 9)).uuid)], actor=system_actor())
        offers += [shop.sell(card, 1000 + place), shop.sell(card, 1100, merchant=mas.merchant())]
    catalogue.refresh()
    return shop, offers


@pytest.mark.parametrize("number", [1, 3])
def test_pages_of_the_storefront_cost_what_they_may(settings: Any, number: int) -> None:
    settings.REFERENCE_CHECK_SECONDS = 3600
    shop, offers = _shop(number)
    base, client = shop.store.base_path, Client()
    paths = {
        "home": base,
        "category": f"{base}c/furniture/chairs/",
        "search": f"{base}search/?q=chair",
        "product": f"{base}p/chair-0/",
    }
    found = {name: _statements(client, path) for name, path in paths.items()}
    for offer in offers:
        client.post(f"{base}cart/add/", {"offer": offer.offer_ref, "quantity": 1})
    found["cart"] = _statements(client, f"{base}cart/")
    over = {name: number for name, number in found.items() if number > BUDGETS[name]}
    assert over == {}


def _statements(client: Client, path: str) -> int:
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as statements:
        client.get(path)
    return len(statements)


def test_the_footer_follows_its_pages_at_once() -> None:
    shop, _offers = _shop(1)
    client, base, code = Client(), shop.store.base_path, shop.store.view_code
    root = Page.objects.get(depth=1)
    # Editors choose the addresses of their pages; the view's code alone says which home page it is.
    home = root.add_child(instance=StoreHomePage(title="Home", slug="welcome-to-us", view_code=code))
    assert "Imprint of ours" not in client.get(base).content.decode()
    page = home.add_child(
        instance=StoreContentPage(title="Imprint of ours", slug="imprint", body="<p>Us</p>")
    )
    assert "Imprint of ours" in client.get(base).content.decode()
    assert client.get(f"{base}info/imprint/").status_code == 200
    page.unpublish()
    assert "Imprint of ours" not in client.get(base).content.decode()
