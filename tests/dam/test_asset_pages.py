import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backoffice.kernel import work
from dam.models import Archive, Asset
from dam.selectors.assets import get_asset_info
from tests.factories import mas, mms
from tests.factories.dam import pdf_bytes, picture_bytes, stored_picture, zip_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant():
    return mas.merchant()


@pytest.fixture
def clerk(client, merchant):
    """A browser in which somebody of the merchant is signed in."""
    return mms.sign_in(client, mms.merchant_user(merchant, "merchant-admin"))


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_many_files_at_once_are_kept_and_the_refused_one_is_named(clerk, merchant):
    files = [file("a.jpg", picture_bytes()), file("b.png", b"<html>"), file("c.pdf", pdf_bytes())]
    answer = clerk.post(reverse("portal:dam-asset-upload"), {"uploads": files}, follow=True)
    page = answer.content.decode()
    assert "2 files were stored." in page
    assert "is a web page" in page
    assert set(Asset.objects.values_list("filename", "owner_merchant_id")) == {
        ("a.jpg", merchant.pk),
        ("c.pdf", merchant.pk),
    }


def test_a_single_refused_file_is_told_at_the_field(clerk):
    answer = clerk.post(reverse("portal:dam-asset-upload"), {"uploads": [file("b.png", b"<html>")]})
    assert answer.status_code == 422
    assert "is a web page" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_grid_takes_the_same_statements_whatever_its_length(
    clerk, merchant, count, django_assert_max_num_queries
):
    for number in range(count):
        stored_picture(merchant.pk, colour=(60 * number, 10, 10))
    work.drain()
    with django_assert_max_num_queries(12):
        page = clerk.get(reverse("portal:dam-asset-list")).content.decode()
    assert page.count("/card-") >= count


def test_pictures_of_others_are_hidden(clerk):
    info = stored_picture(999)
    for name in ("detail", "edit", "delete", "file"):
        assert clerk.get(reverse(f"portal:dam-asset-{name}", args=[info.uuid])).status_code == 404
    assert clerk.post(reverse("portal:dam-asset-delete", args=[info.uuid])).status_code == 404
    assert Asset.objects.count() == 1


def test_the_original_is_delivered_by_its_link_only(clerk, merchant):
    info = stored_picture(merchant.pk)
    page = clerk.get(reverse("portal:dam-asset-detail", args=[info.uuid])).content.decode()
    start = page.index(f"/portal/media/{info.uuid}/file/?signature=")
    link = page[start : page.index('"', start)]
    answer = clerk.get(link)
    assert b"".join(answer.streaming_content) == picture_bytes()
    assert "sandbox" in answer["Content-Security-Policy"]
    assert clerk.get(link[:-4] + "AAAA").status_code == 404


def test_published_files_may_be_kept_for_ever_and_nothing_else_is_reachable(client):
    info = stored_picture()
    work.drain()
    answer = client.get(get_asset_info(info.uuid).renditions["card"].url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "immutable" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    for path in ("/media/../secret_key", "/media/r/", "/media/nothing.webp"):
        assert client.get(path).status_code == 404


def test_a_zip_is_unpacked_and_reported(clerk, merchant):
    data = zip_bytes({"A_1.jpg": picture_bytes(), "B_1.jpg": b"<html>"})
    answer = clerk.post(reverse("portal:dam-archive-upload"), {"file": file("pictures.zip", data)})
    archive = Archive.objects.get()
    assert answer.url == reverse("portal:dam-archive-detail", args=[archive.ref])
    work.drain()
    page = clerk.get(answer.url).content.decode()
    assert "A_1.jpg" in page
    assert "is a web page" in page
    assert Asset.objects.get().owner_merchant_id == merchant.pk
