"""Papers: taken in by type, decided with a reason, replaced by newer ones, running out by date."""

from datetime import date, timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from dam.models import Asset
from mas.errors import DocumentStateRefused, ReasonMissing
from mas.models import MerchantDocument
from mas.operations.documents import (
    DocumentUpload,
    accept_document,
    expire_documents,
    reject_document,
    upload_document,
    warn_of_expiring_documents,
)
from mas.permissions import REVIEW_MERCHANT, UPLOAD_DOCUMENTS
from mms.models import Mail, Task
from tests.factories import mas as make
from tests.factories.actors import merchant_actor, operator_actor, stranger_actor
from tests.factories.dam import picture_bytes

pytestmark = pytest.mark.django_db
OPERATOR = operator_actor(REVIEW_MERCHANT)
SCAN = picture_bytes()


@pytest.fixture
def paper():
    return make.document_type(code="extract")


@pytest.fixture
def merchant(paper):
    merchant = make.merchant("registering")
    make.checklist_item(merchant, make.checklist_rule("document", code="extract", document_type=paper))
    return merchant


@pytest.fixture
def owner(merchant):
    return merchant_actor(merchant.pk, UPLOAD_DOCUMENTS)


def upload(merchant, owner, data=SCAN, **values):
    known = {"type_code": "extract", "filename": "extract.jpg"}
    return upload_document(merchant.ref, DocumentUpload(data=data, **(known | values)), actor=owner)


def line(merchant):
    return merchant.checklist_items.get()


def test_an_uploaded_paper_is_a_private_asset_and_settles_its_line(merchant, owner):
    document = upload(merchant, owner)
    asset = Asset.objects.get(uuid=document.asset_uuid)
    assert asset.is_private
    assert asset.owner_merchant_id == merchant.pk
    assert (document.state, document.filename, document.bytes) == ("pending", "extract.jpg", len(SCAN))
    assert line(merchant).state == "done"


def test_the_same_file_again_changes_nothing(merchant, owner):
    assert upload(merchant, owner) == upload(merchant, owner)
    assert MerchantDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"data": b""}, "file"),
        ({"filename": "extract.exe"}, "file"),
        ({"data": b"<html>not a picture</html>"}, "file"),
        ({"data": b"x" * (1024 * 1024 + 1), "filename": "big.pdf"}, "file"),
        ({"expires_on": date(2020, 1, 1)}, "expires_on"),
    ],
)
def test_a_wrong_file_is_refused_at_its_field_and_nothing_is_kept(merchant, owner, paper, values, field):
    paper.max_megabytes = 1
    paper.save()
    with pytest.raises(InvalidInput) as refusal:
        upload(merchant, owner, **values)
    assert list(refusal.value.fields) == [field]
    assert not MerchantDocument.objects.exists()
    assert line(merchant).state == "open"


def test_a_paper_that_expires_needs_its_last_day(merchant, owner, paper):
    paper.has_expiry = True
    paper.save()
    with pytest.raises(InvalidInput) as refusal:
        upload(merchant, owner)
    assert list(refusal.value.fields) == ["expires_on"]
    assert upload(merchant, owner, expires_on=clock.today()).expires_on == clock.today()


def test_rejecting_opens_the_line_again_and_tells_why(merchant, owner):
    document = upload(merchant, owner)
    with pytest.raises(ReasonMissing):
        reject_document(document.ref, actor=OPERATOR, reason=" ")
    reject_document(document.ref, actor=OPERATOR, reason="The stamp is missing.")
    reject_document(document.ref, actor=OPERATOR, reason="The stamp is missing.")
    item = line(merchant)
    assert (item.state, item.note) == ("open", "The stamp is missing.")
    [mail] = Mail.objects.all()
    assert "The stamp is missing." in mail.body


def test_a_newer_paper_replaces_a_pending_one_but_an_accepted_one_only_when_accepted(merchant, owner):
    first = upload(merchant, owner)
    accept_document(first.ref, actor=OPERATOR)
    second = upload(merchant, owner, data=picture_bytes((1, 2, 3)))
    third = upload(merchant, owner, data=picture_bytes((3, 2, 1)))
    states = dict(MerchantDocument.objects.values_list("ref", "state"))
    assert states == {first.ref: "accepted", second.ref: "replaced", third.ref: "pending"}
    accept_document(third.ref, actor=OPERATOR)
    states = dict(MerchantDocument.objects.values_list("ref", "state"))
    assert states == {first.ref: "replaced", second.ref: "replaced", third.ref: "accepted"}


@pytest.mark.parametrize("state", ["rejected", "expired", "replaced"])
def test_what_is_decided_is_not_accepted_any_more(state):
    document = make.document(make.merchant(), state)
    with pytest.raises(DocumentStateRefused):
        accept_document(document.ref, actor=OPERATOR)
    document.refresh_from_db()
    assert document.state == state


def test_after_approval_a_new_paper_opens_a_task_that_deciding_closes(paper):
    merchant = make.merchant("approved")
    document = upload(merchant, merchant_actor(merchant.pk, UPLOAD_DOCUMENTS))
    [task] = Task.objects.filter(closed_at=None)
    assert (task.kind, task.subject_ref) == ("mas.review_document", document.ref)
    accept_document(document.ref, actor=OPERATOR)
    assert not Task.objects.filter(closed_at=None).exists()


def test_rights_and_strangers(merchant, owner):
    document = upload(merchant, owner)
    with pytest.raises(PermissionRefused):
        accept_document(document.ref, actor=owner)
    with pytest.raises(PermissionRefused):
        upload(merchant, merchant_actor(merchant.pk))
    with pytest.raises(NotFound):
        accept_document(document.ref, actor=stranger_actor(REVIEW_MERCHANT))
    with pytest.raises(NotFound):
        upload(merchant, stranger_actor(UPLOAD_DOCUMENTS))
    document.refresh_from_db()
    assert document.state == "pending"


def test_papers_run_out_by_themselves_once():
    document = make.document(make.merchant(), "accepted", expires_on=clock.today())
    assert expire_documents() == 0
    with clock.shifted(timedelta(days=1)):
        assert (expire_documents(), expire_documents()) == (1, 0)
    document.refresh_from_db()
    assert document.state == "expired"
    assert Mail.objects.count() == 1


def test_merchants_hear_once_that_a_paper_runs_out_soon():
    make.document(make.merchant(), "accepted", expires_on=clock.today() + timedelta(days=20))
    make.document(make.merchant(), "accepted", expires_on=clock.today() + timedelta(days=90))
    assert (warn_of_expiring_documents(), warn_of_expiring_documents()) == (1, 0)
    assert Mail.objects.count() == 1
