"""The operator's pages by HTTP: lists, detail, review and every named step; reasons, bulk acts, query counts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from backoffice.kernel import clock
from mas.models import ChecklistRule, DocumentType, Invitation, Merchant, OnboardingPolicy, TermsVersion
from mms.models import Mail, Role
from tests.factories import mas as make
from tests.factories import mms

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"console:mas-{name}", args=args)


@pytest.fixture
def staff(client):
    return mms.sign_in(client, mms.operator_user())


def text_of(answer) -> str:
    return answer.content.decode()


LIST_QUERIES = {"merchant-list": 6, "invitation-list": 5, "document-list": 7, "terms-list": 5}
LISTS = list(LIST_QUERIES)
PLAIN = [
    *LISTS,
    "merchant-invite",
    "onboarding-detail",
    "policy-edit",
    "rule-create",
    "document_type-create",
    "terms-create",
]


@pytest.mark.parametrize("name", PLAIN)
def test_every_page_opens_even_when_there_is_nothing_yet(staff, name):
    assert staff.get(url(name)).status_code == 200


@pytest.mark.parametrize("name", PLAIN)
def test_merchant_people_do_not_enter(client, name):
    mms.sign_in(client, mms.merchant_user(make.merchant()))
    assert client.get(url(name)).status_code in {302, 403}
    client.logout()
    assert client.get(url(name)).status_code == 302


def fill(name):
    merchant = make.merchant("in_review")
    make.checklist_item(merchant, make.checklist_rule())
    if name == "invitation-list":
        make.invitation(merchant)
    if name == "document-list":
        make.document(merchant)
    if name == "terms-list":
        make.terms_version(number=TermsVersion.objects.count() + 1)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_whatever_their_length(staff, name, rows, django_assert_num_queries):
    for _row in range(rows):
        fill(name)
    staff.get(url(name))
    with django_assert_num_queries(LIST_QUERIES[name]):
        staff.get(url(name))


def test_merchants_are_found_by_name_status_and_legal_name(staff):
    nord = make.merchant("in_review", name="Nordlicht")
    berg = make.merchant("approved", name="Bergmann")
    make.counterparty(berg, legal_name="Hammer und Nagel KG")
    for query, shown, hidden in (
        ("?q=nord", nord, berg),
        ("?status=approved", berg, nord),
        ("?q=Nagel", berg, nord),
        ("?kyc_status=to_approve", nord, berg),
    ):
        text = text_of(staff.get(url("merchant-list") + query))
        assert shown.name in text, query
        assert hidden.name not in text, query


def test_the_list_is_exported_as_shown(staff):
    make.merchant("in_review", name="Nordlicht")
    make.merchant("approved", name="Bergmann")
    answer = staff.get(url("merchant-list") + "?status=approved&export=csv")
    text = b"".join(answer).decode("utf-8-sig") if answer.streaming else answer.content.decode("utf-8-sig")
    assert "Bergmann" in text
    assert "Nordlicht" not in text


def test_the_detail_page_shows_the_account_masked_and_greys_what_is_not_possible(staff):
    merchant = make.merchant("approved")
    make.counterparty(merchant)
    make.bank_account(merchant)
    make.document(merchant)
    make.checklist_item(merchant, make.checklist_rule())
    text = text_of(staff.get(url("merchant-detail", merchant.ref)))
    assert "DE •••• 3000" in text
    assert "DE89370400440532013000" not in text
    closed = make.merchant("closed")
    assert "Only an approved merchant can be suspended." in text_of(
        staff.get(url("merchant-detail", closed.ref))
    )


def test_the_people_of_a_merchant_are_shown_with_the_names_of_their_roles(staff):
    merchant = make.merchant("approved")
    mms.merchant_user(merchant, email="mara@example.com")
    text = text_of(staff.get(url("merchant-detail", merchant.ref)))
    assert f"mara@example.com · {Role.objects.get(code='merchant-admin').name}" in text


def test_an_unknown_merchant_is_not_found(staff):
    assert staff.get(url("merchant-detail", "MER-NOTHING")).status_code == 404


def test_inviting_by_form_sends_the_mail(staff):
    data = {"name": "Nordlicht", "email": "a@b.test", "country": "DE", "currency": "EUR", "language": "de"}
    assert staff.post(url("merchant-invite"), data).status_code == 302
    assert Invitation.objects.get().merchant.name == "Nordlicht"
    assert Mail.objects.get().to == "a@b.test"


def test_a_wrong_invitation_keeps_the_input(staff):
    make.invitation(make.merchant("invited"), email="a@b.test")
    data = {"name": "Nordlicht", "email": "a@b.test", "country": "DE", "currency": "EUR", "language": "de"}
    page = staff.post(url("merchant-invite"), data)
    assert page.status_code == 422
    assert 'value="Nordlicht"' in text_of(page)
    assert "was invited before" in text_of(page)


def test_a_double_click_invites_once(staff):
    data = {
        "name": "N",
        "email": "a@b.test",
        "country": "DE",
        "currency": "EUR",
        "language": "de",
        "form_token": "t",
    }
    for _click in range(2):
        assert staff.post(url("merchant-invite"), data).status_code == 302
    assert Merchant.objects.count() == 1
    assert Mail.objects.count() == 1


def test_invitations_are_sent_again_and_taken_back_in_bulk(staff):
    first, second = (make.invitation(make.merchant("invited")) for _n in range(2))
    staff.post(url("invitation-list"), {"bulk": "resend", "selected": [first.ref, second.ref]})
    assert list(Invitation.objects.values_list("sent_count", flat=True)) == [2, 2]
    staff.post(url("invitation-list"), {"bulk": "revoke", "selected": [first.ref], "confirmed": "1"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("revoked", "sent")


REASONED = [
    ("merchant-return", "in_review", "registering"),
    ("merchant-reject", "in_review", "rejected"),
    ("merchant-suspend", "approved", "suspended"),
    ("merchant-reinstate", "suspended", "approved"),
    ("merchant-close", "approved", "closed"),
]


@pytest.mark.parametrize(("name", "before", "after"), REASONED)
def test_a_step_with_a_reason(staff, name, before, after):
    merchant = make.merchant(before)
    page = url(name, merchant.ref)
    assert staff.get(page).status_code == 200
    extra = {"type": "manual", "word": merchant.name}
    assert staff.post(page, {"reason": " ", **extra}).status_code == 422
    merchant.refresh_from_db()
    assert merchant.status == before
    assert staff.post(page, {"reason": "Because.", **extra}).status_code == 302
    merchant.refresh_from_db()
    assert (merchant.status, merchant.status_reason) == (after, "Because.")


def test_closing_needs_the_name_typed(staff):
    merchant = make.merchant()
    page = staff.post(url("merchant-close", merchant.ref), {"reason": "Because.", "word": "something"})
    assert page.status_code == 422
    merchant.refresh_from_db()
    assert merchant.status == "approved"


def test_a_review_from_the_open_document_to_the_approval(staff):
    paper = make.document_type()
    merchant = make.merchant("in_review")
    make.checklist_item(merchant, make.checklist_rule("document", document_type=paper), "done")
    document = make.document(merchant, document_type=paper)
    review = url("merchant-review", merchant.ref)
    assert "was not reviewed yet" in text_of(staff.get(review))
    staff.post(url("merchant-approve", merchant.ref))
    merchant.refresh_from_db()
    assert merchant.status == "in_review"
    staff.post(url("document-accept", document.ref))
    assert "Everything required is there" in text_of(staff.get(review))
    staff.post(url("merchant-approve", merchant.ref))
    merchant.refresh_from_db()
    assert merchant.status == "approved"


def test_approving_anyway_by_form(staff):
    merchant = make.merchant("in_review")
    make.checklist_item(merchant, make.checklist_rule())
    page = url("merchant-approve_anyway", merchant.ref)
    assert staff.get(page).status_code == 200
    staff.post(page, {"reason": "Known for years."})
    merchant.refresh_from_db()
    assert merchant.status == "approved"


def test_rejecting_a_document_by_form(staff):
    document = make.document(make.merchant("in_review"))
    page = url("document-reject", document.ref)
    assert staff.get(page).status_code == 200
    assert staff.post(page, {"reason": ""}).status_code == 422
    staff.post(page, {"reason": "Unreadable."})
    document.refresh_from_db()
    assert (document.state, document.reason) == ("rejected", "Unreadable.")


def test_documents_are_accepted_in_bulk_and_expiring_ones_have_their_view(staff):
    documents = [make.document(make.merchant()) for _n in range(2)]
    staff.post(url("document-list"), {"bulk": "accept", "selected": [row.ref for row in documents]})
    assert [type(row).objects.get(pk=row.pk).state for row in documents] == ["accepted", "accepted"]
    soon = make.document(
        make.merchant(name="Runs out"), "accepted", expires_on=clock.today() + timedelta(days=5)
    )
    text = text_of(staff.get(url("document-list") + "?view=expiring"))
    assert soon.merchant.name in text
    assert documents[0].merchant.name not in text


def test_waiving_checking_and_identity_by_page(staff):
    merchant = make.merchant("in_review")
    make.checklist_item(merchant, make.checklist_rule("tax_number", code="tax"))
    make.checklist_item(merchant, make.checklist_rule("operator_check", code="visit"))
    page = url("item-waive", merchant.ref, "tax")
    assert staff.get(page).status_code == 200
    staff.post(page, {"reason": "Small business."})
    staff.post(url("item-check", merchant.ref, "visit"))
    assert sorted(merchant.checklist_items.values_list("state", flat=True)) == ["done", "waived"]
    staff.post(url("kyc-approve", merchant.ref))
    merchant.refresh_from_db()
    assert merchant.kyc_status == "approved"
    other = make.merchant("in_review")
    for name in ("kyc-refuse", "kyc-waive"):
        assert staff.get(url(name, other.ref)).status_code == 200
    staff.post(url("kyc-refuse", other.ref), {"reason": "Expired passport."})
    other.refresh_from_db()
    assert other.kyc_status == "refused"


def test_verifying_an_account_by_page(staff):
    merchant = make.merchant()
    account = make.bank_account(merchant, "unverified")
    page = url("bank_account-verify", merchant.ref)
    assert account.holder in text_of(staff.get(page))
    staff.post(page, {"account": account.ref, "note": "Bank letter."})
    account.refresh_from_db()
    assert account.state == "verified"


def test_the_agreement_by_page(staff):
    merchant = make.merchant()
    staff.post(url("merchant-terms", merchant.ref), {"slug": "nord", "hold_days": "7", "is_premium": "on"})
    merchant.refresh_from_db()
    assert (merchant.slug, merchant.hold_days, merchant.is_premium, merchant.is_trusted) == (
        "nord",
        7,
        True,
        False,
    )


def test_the_checklist_is_built_by_page(staff):
    staff.post(url("onboarding-start"))
    assert ChecklistRule.objects.count() == 8
    rule = ChecklistRule.objects.get(code="company")
    assert staff.get(url("rule-edit", rule.ref)).status_code == 200
    data = {
        "kind": "attestation",
        "title": "No weapons",
        "code": "no-weapons",
        "position": "5",
        "is_active": "on",
    }
    page = staff.post(url("rule-create"), data)
    assert page.status_code == 422
    assert "Enter the statement" in text_of(page)
    staff.post(url("rule-create"), {**data, "statement": "We sell no weapons."})
    assert ChecklistRule.objects.get(code="no-weapons").statement == "We sell no weapons."
    assert "No weapons" in text_of(staff.get(url("onboarding-detail")))
    kind = {
        "name": "Permit",
        "code": "permit",
        "file_types": ["pdf"],
        "max_megabytes": "5",
        "has_expiry": "on",
    }
    staff.post(url("document_type-create"), kind)
    assert DocumentType.objects.get(code="permit").has_expiry
    assert staff.get(url("document_type-edit", "permit")).status_code == 200
    staff.post(url("policy-edit"), {"invitation_days": "30", "auto_approve": "on"})
    policy = OnboardingPolicy.objects.get()
    assert (policy.invitation_days, policy.auto_approve) == (30, True)


def test_terms_are_written_and_published_by_page(staff):
    empty = staff.post(url("terms-create"), {"title": "Terms", "body_en": "", "body_de": ""})
    assert empty.status_code == 422
    staff.post(url("terms-create"), {"title": "Terms", "body_en": "Be fair.", "body_de": "Seid fair."})
    draft = TermsVersion.objects.get()
    assert "Be fair." in text_of(staff.get(url("terms-detail", draft.ref)))
    staff.post(url("terms-edit", draft.ref), {"title": "Terms", "body_en": "Be fairer."})
    publish = url("terms-publish", draft.ref)
    assert staff.get(publish).status_code == 200
    staff.post(publish, {"accept_by": (clock.today() + timedelta(days=30)).isoformat()})
    draft.refresh_from_db()
    assert (draft.number, draft.bodies) == (1, {"en": "Be fairer."})
    refused = staff.post(url("terms-edit", draft.ref), {"title": "Terms", "body_en": "Be mean."})
    assert refused.status_code == 422


def test_what_somebody_may_not_do_answers_403_and_changes_nothing(client):
    mms.sign_in(client, mms.operator_user("catalogue"))
    merchant = make.merchant()
    assert client.get(url("merchant-detail", merchant.ref)).status_code == 200
    for name in ("merchant-suspend", "merchant-close", "bank_account-verify", "merchant-terms", "kyc-waive"):
        assert client.post(url(name, merchant.ref), {"reason": "Because."}).status_code == 403
    merchant.refresh_from_db()
    assert (merchant.status, merchant.version) == ("approved", 1)
