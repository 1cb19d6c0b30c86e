"""The merchant's pages by HTTP: the link, the wizard to the end, forms that keep their input, other people's things."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backoffice.kernel.actors import system_actor
from mas.models import Merchant, MerchantDocument
from mas.operations.checklist_rules import save_checklist_rule
from mas.operations.invitations import MerchantInvite, invite_merchant, revoke_invitation
from mas.operations.starter_checklist import start_usual_checklist
from mas.operations.terms import draft_terms, publish_terms
from mms.models import Mail, User
from tests.factories import mas as make
from tests.factories import mms
from tests.factories.dam import picture_bytes

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("tests")
PASSWORD = "a-calm-sea-and-a-lamp"
ANSWERS = {
    "company": {"legal_name": "Nordlicht GmbH", "country": "DE"},
    "address": {"line1": "Kai 2", "postal_code": "20457", "city": "Hamburg", "country": "DE"},
    "tax-number": {"country": "DE", "kind": "vat", "number": "DE136695976"},
    "bank-account": {
        "holder": "Nordlicht GmbH",
        "scheme": "iban",
        "account_number": "DE89370400440532013000",
    },
    "lawful-goods": {"confirmed": "on"},
}
CHECKLIST_QUERIES = 6
DOCUMENT_QUERIES = 6
OWN_PAGES = [
    "checklist-detail",
    "company-detail",
    "profile-edit",
    "company-edit",
    "tax_number-edit",
    "representative-edit",
    "bank_account-detail",
    "bank_account-edit",
    "document-list",
    "terms-detail",
    "holiday-edit",
    "shop-detail",
    "logo-edit",
]


def url(name, *args):
    return reverse(f"portal:mas-{name}", args=args)


def invitation_link(email="anna@nordlicht.test") -> str:
    invite_merchant(MerchantInvite("Nordlicht", email, "DE", "EUR"), actor=SYSTEM)
    [path] = re.findall(r"(/portal/register/\S+)", Mail.objects.order_by("-id").first().body)
    return path


@pytest.fixture
def member(client):
    """A signed-in administrator of a registering merchant."""
    merchant = make.merchant("registering")
    mms.sign_in(client, mms.merchant_user(merchant))
    return merchant


def item_url(merchant, kind, **rule):
    item = make.checklist_item(merchant, make.checklist_rule(kind, **rule))
    return url("checklist-item", item.rule.code)


def test_from_the_link_to_a_registration_handed_in(client):
    start_usual_checklist(actor=SYSTEM)
    terms = draft_terms(title="Terms", bodies={"en": "Be fair."}, actor=SYSTEM)
    publish_terms(terms.ref, accept_by=None, actor=SYSTEM)
    link = invitation_link()
    assert "anna@nordlicht.test" in client.get(link).content.decode()
    answer = client.post(link, {"name": "Anna Berg", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, url("checklist-detail"))
    merchant = Merchant.objects.get()
    page = client.get(url("checklist-detail")).content.decode()
    assert "0 of 7" in page
    refused = client.post(url("checklist-submit"), follow=True).content.decode()
    assert "These points are still open" in refused
    answers = ANSWERS | {
        "register-extract": {"file": SimpleUploadedFile("extract.jpg", picture_bytes())},
        "terms": {"version": terms.ref, "accepted": "on"},
    }
    for code, data in answers.items():
        answer = client.post(url("checklist-item", code), data)
        assert answer.status_code == 302, (code, answer.content.decode())
    page = client.get(url("checklist-detail")).content.decode()
    assert "7 of 7" in page
    client.post(url("checklist-submit"))
    client.post(url("checklist-submit"))
    merchant.refresh_from_db()
    assert merchant.status == "in_review"


def test_saving_a_step_leads_to_the_next_open_one(client, member):
    company = item_url(member, "profile", position=1)
    item_url(member, "address", position=2, code="second")
    answer = client.post(company, ANSWERS["company"])
    assert answer["Location"] == url("checklist-item", "second")
    answer = client.post(url("checklist-item", "second"), ANSWERS["address"])
    assert answer["Location"] == url("checklist-detail")


def test_a_used_link_says_what_to_do_and_leads_signed_in_people_on(client):
    link = invitation_link()
    client.post(link, {"name": "Anna", "password": PASSWORD})
    assert client.get(link)["Location"] == url("checklist-detail")
    client.logout()
    page = client.get(link)
    assert page.status_code == 410
    assert "Sign in with the e-mail address" in page.content.decode()
    assert User.objects.count() == 1


def test_a_revoked_or_mutilated_link_says_what_to_do(client):
    link = invitation_link()
    revoke_invitation(Merchant.objects.get().invitations.get().ref, actor=SYSTEM)
    for path, words in ((link, "took this invitation back"), (f"{link[:-4]}/", "link of the latest mail")):
        page = client.post(path, {"name": "Anna", "password": PASSWORD})
        assert page.status_code == 410
        assert words in page.content.decode()
    assert not User.objects.exists()


def test_a_weak_password_is_told_at_its_field_and_the_name_is_kept(client):
    page = client.post(invitation_link(), {"name": "Anna Berg", "password": "short"})
    text = page.content.decode()
    assert page.status_code == 422
    assert 'id="id_password_error"' in text
    assert 'value="Anna Berg"' in text
    assert not User.objects.exists()


def test_somebody_with_an_account_signs_in_the_usual_way_afterwards(client):
    mms.user("anna@nordlicht.test")
    link = invitation_link()
    assert "You have an account" in client.get(link).content.decode()
    answer = client.post(link, {"password": mms.PASSWORD})
    assert answer["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("kind", "data", "field", "words"),
    [
        ("tax_number", {"country": "DE", "kind": "vat", "number": "DE136695978"}, "number", "check digit"),
        (
            "bank_account",
            {"holder": "A", "scheme": "iban", "account_number": "DE88370400440532013000"},
            "account_number",
            "check digits",
        ),
        ("attestation", {}, "confirmed", "Tick the box"),
    ],
)
def test_a_wrong_answer_is_told_at_its_field_and_kept(client, member, kind, data, field, words):
    make.counterparty(member)
    page = client.post(item_url(member, kind), data)
    text = page.content.decode()
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in text
    assert words in text
    for typed in data.values():
        assert typed in text


def test_after_handing_in_a_step_shows_but_does_not_take(client, member):
    merchant = make.merchant("in_review")
    mms.sign_in(client, mms.merchant_user(merchant))
    page = item_url(merchant, "profile")
    assert client.get(page).status_code == 200
    client.post(page, ANSWERS["company"])
    assert not hasattr(Merchant.objects.get(pk=merchant.pk), "counterparty")


@pytest.mark.parametrize("name", OWN_PAGES)
def test_every_page_opens_for_the_administrator_and_not_for_the_signed_out(client, member, name):
    make.document_type()
    assert client.get(url(name)).status_code == 200
    client.logout()
    answer = client.get(url(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["profile-edit", "company-edit", "bank_account-edit", "shop-detail"])
def test_pages_that_change_need_the_right(client, name):
    merchant = make.merchant()
    mms.sign_in(client, mms.merchant_user(merchant, "merchant-accounting"))
    assert client.get(url(name)).status_code == 403


def test_other_merchants_things_are_not_found(client, member):
    other = make.merchant()
    document = make.document(other)
    foreign = make.checklist_item(other, make.checklist_rule("profile", code="foreign"))
    assert client.get(url("document-file", document.ref)).status_code == 404
    assert client.get(url("checklist-item", foreign.rule.code)).status_code == 404


def test_changing_the_account_asks_who_is_there_when_the_sign_in_is_old(client):
    merchant = make.merchant()
    mms.sign_in(client, mms.merchant_user(merchant), minutes_ago=60)
    answer = client.post(url("bank_account-edit"), ANSWERS["bank-account"])
    assert answer.status_code == 302
    assert not merchant.bank_accounts.exists()


def test_a_double_click_changes_the_account_once(client):
    merchant = make.merchant()
    mms.sign_in(client, mms.merchant_user(merchant))
    for _click in range(2):
        answer = client.post(url("bank_account-edit"), {**ANSWERS["bank-account"], "form_token": "once"})
        assert answer.status_code == 302
    assert merchant.bank_accounts.count() == 1
    assert Mail.objects.count() == 1


def test_the_account_is_shown_masked(client):
    merchant = make.merchant()
    make.bank_account(merchant)
    mms.sign_in(client, mms.merchant_user(merchant))
    text = client.get(url("bank_account-detail")).content.decode()
    assert "DE •••• 3000" in text
    assert "DE89370400440532013000" not in text


def test_uploading_a_paper_from_the_list(client, member):
    paper = make.document_type(code="extract")
    file = SimpleUploadedFile("extract.jpg", picture_bytes())
    assert client.post(url("document-upload", paper.code), {"file": file}).status_code == 302
    assert MerchantDocument.objects.get().merchant == member


def test_a_stale_profile_form_does_not_overwrite(client, member):
    form = {
        "name": "Mine",
        "email": "a@b.test",
        "language": "en",
        "acceptance_mode": "manual",
        "form_version": "0",
    }
    page = client.post(url("profile-edit"), form)
    assert page.status_code == 422
    member.refresh_from_db()
    assert member.name != "Mine"


def test_texts_logo_and_holidays_by_form(client, member):
    client.post(url("shop-edit", "de"), {"tagline": "Lampen"})
    assert member.shop_texts.get().tagline == "Lampen"
    assert client.get(url("shop-edit", "xx")).status_code == 404
    logo = SimpleUploadedFile("logo.png", picture_bytes(format="PNG"), content_type="image/png")
    assert client.post(url("logo-edit"), {"logo": logo}).status_code == 302
    member.refresh_from_db()
    assert member.logo_asset_uuid is not None
    assert "<img" in client.get(url("shop-detail")).content.decode()
    client.post(url("holiday-edit"), {"first": "2030-01-01", "last": "2030-01-05"})
    member.refresh_from_db()
    assert str(member.holiday_to) == "2030-01-05"
    client.post(url("holiday-end"))
    member.refresh_from_db()
    assert member.holiday_from is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_checklist_costs_the_same_whatever_its_length(client, member, rows, django_assert_num_queries):
    for _row in range(rows):
        item_url(member, "attestation")
    client.get(url("checklist-detail"))
    with django_assert_num_queries(CHECKLIST_QUERIES):
        client.get(url("checklist-detail"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_documents_cost_the_same_whatever_their_number(client, member, rows, django_assert_num_queries):
    for _row in range(rows):
        make.document(member)
    client.get(url("document-list"))
    with django_assert_num_queries(DOCUMENT_QUERIES):
        client.get(url("document-list"))


def test_a_new_rule_appears_in_the_wizard_of_those_who_register(client, member):
    save_checklist_rule({"code": "late", "kind": "profile", "title": "Late wish"}, actor=SYSTEM)
    assert "Late wish" in client.get(url("checklist-detail")).content.decode()
