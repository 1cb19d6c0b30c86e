"""A merchant's pictures from the upload page to the buyer's page: named by SKU, kept once, drawn by the worker."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from backoffice.kernel import work
from dam.models import Asset, Original, Rendition
from dam.presets import PRESETS
from pim.models import AssetLink
from tests import pages
from tests.factories import mas, mms
from tests.factories.dam import picture_bytes, zip_bytes
from tests.pim import catalogue

pytestmark = pytest.mark.django_db
CHAIR = picture_bytes((10, 90, 160), size=(2000, 1500))
BACK = picture_bytes((160, 90, 10), size=(300, 400))


@pytest.fixture
def shop():
    return catalogue.build()


@pytest.fixture
def sold(shop):
    """The SKU of a chair that is on sale."""
    made = shop.sell(shop.add_card("Oak chair"), 1000)
    work.drain()
    return made.merchant_sku


def clerk_of(merchant) -> Client:
    return mms.sign_in(Client(), mms.merchant_user(merchant))


def pictures_on(shop) -> list[dict[str, str]]:
    answer = Client().get(f"{shop.store.base_path}p/oak-chair/")
    assert answer.status_code == 200
    found = html.fromstring(pages.content(answer)).xpath("//*[@class='sf-gallery']//img")
    return [dict(image.attrib) for image in found]


def test_a_zip_named_by_sku_reaches_the_buyers_page_once_the_worker_drew_it(shop, sold):
    clerk = clerk_of(shop.merchant)
    data = zip_bytes({f"{sold}_main.jpg": CHAIR, f"{sold}_2.jpg": BACK, "Nobody-1.jpg": BACK})
    answer = pages.upload(clerk, reverse("portal:dam-archive-upload"), data, "pictures.zip")
    assert answer.status_code == 302
    # The page draws nothing itself: until a worker did there is no picture to show.
    assert (Asset.objects.count(), Rendition.objects.count(), pictures_on(shop)) == (0, 0, [])
    work.drain()
    assert AssetLink.objects.count() == 2
    assert Rendition.objects.filter(original__width=2000).count() == 2 * len(PRESETS)
    main, *thumbs = pictures_on(shop)
    assert (main["width"], main["height"]) == ("960", "720")
    sources = [source.rsplit(" ", 1) for source in main["srcset"].split(", ")]
    assert [width for _url, width in sources] == ["960w", "1600w"]
    assert main["sizes"] == "960px"
    assert [(image["width"], image["height"]) for image in thumbs] == [("96", "72"), ("72", "96")]
    for url in [main["src"], *(url for url, _width in sources), *(image["src"] for image in thumbs)]:
        assert Client().get(url).status_code == 200


def test_the_same_bytes_are_kept_once_whoever_sends_them_and_however(shop, sold):
    first, second = clerk_of(shop.merchant), clerk_of(mas.merchant())
    upload = reverse("portal:dam-asset-upload")
    for clerk in (first, first, second):
        assert pages.upload(clerk, upload, CHAIR, "chair.jpg", field="uploads").status_code == 302
    pages.upload(first, reverse("portal:dam-archive-upload"), zip_bytes({f"{sold}.jpg": CHAIR}), "a.zip")
    work.drain()
    assert (Original.objects.count(), Asset.objects.count()) == (1, 2)
    assert Rendition.objects.count() == 2 * len(PRESETS)


def test_a_web_page_named_png_is_told_in_the_report_and_reaches_nobody(shop, sold):
    clerk = clerk_of(shop.merchant)
    data = zip_bytes({f"{sold}.png": b"<html><script>alert(1)</script></html>"})
    answer = pages.upload(clerk, reverse("portal:dam-archive-upload"), data, "pictures.zip")
    work.drain()
    told = pages.words(clerk.get(answer.url))
    assert f"“{sold}.png” is a web page, not a picture" in told
    assert pictures_on(shop) == []


def test_a_stranger_naming_the_same_sku_puts_no_picture_on_it(shop, sold):
    stranger = clerk_of(mas.merchant())
    pages.upload(stranger, reverse("portal:dam-archive-upload"), zip_bytes({f"{sold}.jpg": CHAIR}), "a.zip")
    work.drain()
    assert (Asset.objects.count(), AssetLink.objects.count(), pictures_on(shop)) == (1, 0, [])
