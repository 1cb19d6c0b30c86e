import pytest
from django.urls import reverse

from backoffice.kernel import work
from pim.models import ImportRun, Offer
from tests.factories import mas, mms
from tests.factories.imports import HEADER, checked, csv_bytes, received, template_csv, template_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant():
    return mas.merchant()


@pytest.fixture
def clerk(client, merchant):
    """A browser in which somebody of the merchant is signed in."""
    return mms.sign_in(client, mms.merchant_user(merchant, "merchant-admin"))


def upload(client, data: bytes, name: str = "feed.csv"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client.post(reverse("portal:pim-import-upload"), {"file": SimpleUploadedFile(name, data)})


def test_from_upload_to_report(clerk, merchant):
    answer = upload(clerk, template_csv(template_row("A"), template_row("B", price="-1")))
    run = ImportRun.objects.get()
    detail = reverse("portal:pim-import-detail", args=[run.ref])
    assert (answer.status_code, answer.url) == (302, detail)
    work.drain()
    page = clerk.get(detail).content.decode()
    assert "Ready to apply" in page
    assert "not above zero" in page
    clerk.post(reverse("portal:pim-import-apply", args=[run.ref]))
    work.drain()
    assert Offer.objects.count() == 1
    failed = clerk.get(reverse("portal:pim-import-failed", args=[run.ref]))
    assert b"negative_price" in b"".join(failed.streaming_content)
    assert 'filename="feed-failed.csv"' in failed["Content-Disposition"]


def test_an_unknown_table_is_mapped_first(clerk, merchant):
    answer = upload(clerk, b"Nummer;Titel;VK\nA;Stuhl;12,50\n")
    run = ImportRun.objects.get()
    mapping = reverse("portal:pim-import-mapping", args=[run.ref])
    assert answer.url == mapping
    page = clerk.get(mapping).content.decode()
    assert "Stuhl" in page
    values = {
        "target_0": "sku", "target_1": "title", "target_2": "price", "steps_2": "number ,", "currency": "EUR",
        "duplicates": "refuse", "empty": "keep",
    }  # fmt: skip
    refused = clerk.post(mapping, values | {"target_0": ""})
    assert refused.status_code == 422
    assert "column that holds your SKU" in refused.content.decode()
    clerk.post(mapping, values)
    work.drain()
    run.refresh_from_db()
    assert run.preview_counts["new"] == 1


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "empty"), (b"<html></html>", "web page"), (b"a\nb\n", "one column")]
)
def test_a_broken_file_is_refused_at_the_form(clerk, merchant, data, words):
    answer = upload(clerk, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert ImportRun.objects.count() == 0


def test_imports_of_others_are_hidden(clerk):
    run = checked(received(template_csv(template_row("A"))))
    for name in ("detail", "mapping", "progress", "failed"):
        assert clerk.get(reverse(f"portal:pim-import-{name}", args=[run.ref])).status_code == 404
    for name in ("check", "apply", "cancel", "undo"):
        assert clerk.post(reverse(f"portal:pim-import-{name}", args=[run.ref])).status_code == 404
    assert run.filename not in clerk.get(reverse("portal:pim-import-list")).content.decode()
    assert Offer.objects.count() == 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_of_a_family_can_be_downloaded_and_sent_back(clerk, merchant, kind):
    answer = clerk.get(reverse("portal:pim-import-template", args=["general", kind]))
    assert answer.status_code == 200
    upload(clerk, answer.content, f"products.{kind}")
    work.drain()
    run = ImportRun.objects.get()
    assert (run.format, run.preview_counts["new"], run.preview_counts["failed"]) == ("template", 1, 0)


def test_the_list_takes_the_same_statements_for_one_and_three(clerk, merchant, django_assert_max_num_queries):
    for count in (1, 2):
        for _number in range(count):
            checked(received(csv_bytes([HEADER, template_row("A")]), merchant=merchant))
        with django_assert_max_num_queries(14):
            assert clerk.get(reverse("portal:pim-import-list")).status_code == 200
