"""The endpoints: strict bodies, named steps, idempotent creates, one merchant's own profile and nobody else's."""

import json

import pytest

from mas.models import Merchant
from mas.permissions import (
    EDIT_COMPANY,
    INVITE_MERCHANT,
    REVIEW_MERCHANT,
    SET_HOLIDAYS,
    SET_MERCHANT_TERMS,
    SUSPEND_MERCHANT,
    VIEW_COMPANY,
    VIEW_MERCHANTS,
)
from mms.models import Mail
from tests.factories import mas as make

pytestmark = pytest.mark.django_db
OPERATOR, MERCHANT = "/api/operator/v1", "/api/merchant/v1"
LIST_QUERIES = 3
INVITE = {"name": "Nordlicht", "email": "a@b.test", "country": "DE", "currency": "EUR"}


def send(client, method, path, body=None, **headers):
    return getattr(client, method)(
        path, data=json.dumps(body or {}), content_type="application/json", headers=headers
    )


def test_merchants_are_listed_and_narrowed(operator_client):
    approved, _waiting = make.merchant("approved"), make.merchant("in_review")
    client = operator_client(VIEW_MERCHANTS)
    assert len(client.get(f"{OPERATOR}/merchants").json()["items"]) == 2
    [item] = client.get(f"{OPERATOR}/merchants?status=approved").json()["items"]
    assert (item["ref"], item["status"]) == (approved.ref, "approved")
    assert client.get(f"{OPERATOR}/merchants/{approved.ref}").json()["name"] == approved.name
    assert client.get(f"{OPERATOR}/merchants/MER-NOTHING").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(operator_client, rows, django_assert_num_queries):
    for _row in range(rows):
        make.merchant()
    client = operator_client(VIEW_MERCHANTS)
    client.get(f"{OPERATOR}/merchants")
    with django_assert_num_queries(LIST_QUERIES):
        client.get(f"{OPERATOR}/merchants")


def test_an_invitation_sent_twice_with_one_key_is_one(operator_client):
    client = operator_client(INVITE_MERCHANT)
    answers = [
        send(client, "post", f"{OPERATOR}/invitations", INVITE, **{"Idempotency-Key": "k1"})
        for _n in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert (Merchant.objects.count(), Mail.objects.count()) == (1, 1)
    assert send(client, "post", f"{OPERATOR}/invitations", INVITE).status_code == 400


def test_wrong_input_names_the_field(operator_client):
    client = operator_client(INVITE_MERCHANT)
    body = INVITE | {"currency": "EURO"}
    answer = send(client, "post", f"{OPERATOR}/invitations", body, **{"Idempotency-Key": "k1"})
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == ["currency"]


def test_a_status_is_changed_by_named_steps_only(operator_client):
    merchant = make.merchant("approved")
    client = operator_client(SET_MERCHANT_TERMS, SUSPEND_MERCHANT)
    patched = send(client, "patch", f"{OPERATOR}/merchants/{merchant.ref}", {"status": "closed"})
    assert patched.status_code == 422
    step = send(client, "post", f"{OPERATOR}/merchants/{merchant.ref}/suspend", {"reason": "Complaints."})
    assert (step.status_code, step.json()["status"]) == (200, "suspended")
    merchant.refresh_from_db()
    assert merchant.status == "suspended"


def test_a_refused_approval_lists_what_is_open(operator_client):
    merchant = make.merchant("in_review")
    make.checklist_item(merchant, make.checklist_rule(code="company"))
    client = operator_client(REVIEW_MERCHANT)
    answer = send(client, "post", f"{OPERATOR}/merchants/{merchant.ref}/approve")
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["params"]["items"]) == ("onboarding_items_open", ["company"])


def test_a_merchant_reads_and_changes_its_own_profile(merchant_client):
    merchant, other = make.merchant(), make.merchant()
    client = merchant_client(merchant.pk, VIEW_COMPANY, EDIT_COMPANY, SET_HOLIDAYS)
    assert client.get(f"{MERCHANT}/profile").json()["ref"] == merchant.ref
    changed = send(client, "patch", f"{MERCHANT}/profile", {"name": "Nordlicht", "version": 1})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    stale = send(client, "patch", f"{MERCHANT}/profile", {"name": "Later", "version": 1})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale_profile")
    assert send(client, "patch", f"{MERCHANT}/profile", {"status": "approved"}).status_code == 422
    days = send(client, "put", f"{MERCHANT}/profile/holidays", {"first": "2030-01-01", "last": None})
    assert days.json()["holiday_from"] == "2030-01-01"
    other.refresh_from_db()
    assert (other.version, other.holiday_from) == (1, None)


def test_a_merchants_program_sees_checklist_and_masked_account(merchant_client):
    merchant = make.merchant("registering")
    make.bank_account(merchant, "unverified")
    make.checklist_item(merchant, make.checklist_rule(code="company"))
    client = merchant_client(merchant.pk, VIEW_COMPANY)
    [item] = client.get(f"{MERCHANT}/profile/checklist").json()["items"]
    assert (item["code"], item["state"]) == ("company", "open")
    account = client.get(f"{MERCHANT}/profile/payout-account").json()
    assert account["masked_number"] == "DE •••• 3000"
    assert account["block_reasons"] == ["kyc_not_approved", "bank_account_not_verified"]
    assert "DE89370400440532013000" not in json.dumps(account)


def test_a_program_without_the_right_changes_nothing(merchant_client, operator_client):
    merchant = make.merchant()
    assert (
        send(
            merchant_client(merchant.pk, VIEW_COMPANY), "patch", f"{MERCHANT}/profile", {"name": "X"}
        ).status_code
        == 403
    )
    answer = send(
        operator_client(VIEW_MERCHANTS),
        "post",
        f"{OPERATOR}/merchants/{merchant.ref}/suspend",
        {"reason": "X"},
    )
    assert answer.status_code == 403
    merchant.refresh_from_db()
    assert (merchant.status, merchant.version) == ("approved", 1)
