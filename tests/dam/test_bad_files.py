"""Whatever is sent to the upload pages and the endpoint of pictures is refused with a sentence; nothing is kept."""

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.kernel import work
from dam.models import Archive, Asset, Original
from dam.storage import list_names, private_storage
from tests import pages
from tests.bad_files import FILES
from tests.factories import mas, mms

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return mms.sign_in(Client(), mms.merchant_user(mas.merchant(), "merchant-admin"))


def kept() -> tuple[object, ...]:
    files = {name for folder in ("orig", "inbox") for name in list_names(private_storage(), folder)}
    return (Asset.objects.count(), Original.objects.count(), Archive.objects.count(), files)


# A ZIP that is whole is unpacked; what is in it is told file by file.
WHOLE = (
    "XLSX without sheets", "XLSX with a broken sheet", "XLSX with a broken workbook", "XLSX with an entity bomb",
    "ZIP, not XLSX",
)  # fmt: skip
PLACES = [("asset-upload", "uploads", what) for what in FILES]
PLACES += [("archive-upload", "file", what) for what in FILES if what not in WHOLE]


@pytest.mark.parametrize(("page", "field", "what"), PLACES)
def test_a_bad_file_is_refused_at_its_field(clerk, page, field, what):
    name, data = FILES[what]
    before = kept()
    answer = pages.upload(clerk, reverse(f"portal:dam-{page}"), data, name, field=field)
    pages.assert_refused(answer, field)
    assert kept() == before


@pytest.mark.parametrize("what", WHOLE)
def test_a_whole_zip_without_pictures_names_every_file_it_refuses(clerk, what):
    name, data = FILES[what]
    answer = pages.upload(clerk, reverse("portal:dam-archive-upload"), data, name)
    assert answer.status_code == 302
    work.drain()
    page = pages.words(clerk.get(answer.url))
    assert "is not a kind of file that is accepted" in page or "is a web page" in page
    assert Asset.objects.count() == 0


@pytest.mark.parametrize("what", FILES)
def test_operators_are_told_the_same(what):
    staff = mms.sign_in(Client(), mms.operator_user())
    name, data = FILES[what]
    answer = pages.upload(staff, reverse("console:dam-asset-upload"), data, name, field="uploads")
    pages.assert_refused(answer, "uploads")
    assert Asset.objects.count() == 0


@pytest.mark.parametrize("what", FILES)
def test_a_bad_file_among_good_ones_is_named_and_the_good_ones_stay(clerk, what):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.factories.dam import picture_bytes

    url = reverse("portal:dam-asset-upload")
    name, data = FILES[what]
    files = [SimpleUploadedFile("good.jpg", picture_bytes()), SimpleUploadedFile(name, data)]
    answer = clerk.post(url, pages.filled(clerk.get(url), uploads=files), follow=True)
    assert f"“{name}”" in pages.words(answer)
    assert "1 file was stored." in pages.words(answer)
    assert list(Asset.objects.values_list("filename", flat=True)) == ["good.jpg"]
