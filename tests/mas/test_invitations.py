"""From the invitation to the first administrator: single use, expiry, sending again, taking back."""

import re
from datetime import timedelta

import pytest

from backoffice.kernel import clock
from backoffice.kernel.errors import InvalidInput, NotFound, PermissionRefused
from backoffice.kernel.hashing import sha256_hex
from mas.errors import InvitationStateRefused, InvitationUnusable
from mas.models import Invitation, ItemKind, Merchant
from mas.operations.invitations import (
    MerchantInvite,
    expire_invitations,
    invite_merchant,
    resend_invitation,
    revoke_invitation,
)
from mas.operations.registration import register_from_invitation
from mas.permissions import INVITE_MERCHANT
from mas.selectors.invitations import find_usable_invitation, in_shown_state
from mms.models import Mail, User
from mms.selectors.access import list_users_with_role
from tests.factories import mas as make
from tests.factories import mms
from tests.factories.actors import operator_actor, stranger_actor

pytestmark = pytest.mark.django_db
OPERATOR = operator_actor(INVITE_MERCHANT)
PASSWORD = "a-calm-sea-and-a-lamp"


def invite(**values):
    known = {"name": "Nordlicht", "email": "Anna@Nordlicht.test", "country": "DE", "currency": "EUR"}
    return invite_merchant(MerchantInvite(**(known | values)), actor=OPERATOR)


def last_token() -> str:
    [token] = re.findall(r"/portal/register/([^/\s]+)/", Mail.objects.order_by("-id").first().body)
    return token


def test_inviting_creates_the_merchant_its_checklist_and_one_mail():
    make.checklist_rule(ItemKind.PROFILE)
    make.checklist_rule(ItemKind.TERMS, is_active=False)
    invitation = invite()
    merchant = invitation.merchant
    assert (merchant.status, merchant.slug, merchant.email) == ("invited", "nordlicht", "anna@nordlicht.test")
    assert merchant.checklist_items.count() == 1
    [mail] = Mail.objects.all()
    assert mail.to == "anna@nordlicht.test"


def test_only_the_hash_of_the_token_is_stored():
    invitation = invite()
    token = last_token()
    assert invitation.token_sha256 == sha256_hex(token)
    stored = [str(value) for value in Invitation.objects.values().get().values()]
    assert token not in stored


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("email", "not an address"), ("country", "XX"), ("currency", "EURO")],
)
def test_a_wrong_invitation_says_which_field(field, value):
    with pytest.raises(InvalidInput) as refusal:
        invite(**{field: value})
    assert list(refusal.value.fields) == [field]
    assert not Merchant.objects.exists()
    assert not Mail.objects.exists()


def test_the_same_address_is_not_invited_twice_while_it_is_open():
    invite()
    with pytest.raises(InvalidInput) as refusal:
        invite(name="Other shop")
    assert list(refusal.value.fields) == ["email"]
    assert Merchant.objects.count() == 1


def test_shops_of_the_same_name_get_their_own_address():
    assert [invite(email=f"{n}@example.com").merchant.slug for n in range(3)] == [
        "nordlicht",
        "nordlicht-2",
        "nordlicht-3",
    ]


def test_inviting_needs_its_right():
    with pytest.raises(PermissionRefused):
        invite_merchant(MerchantInvite("A", "a@b.test", "DE", "EUR"), actor=operator_actor())


def test_registering_makes_the_person_administrator_and_uses_the_link_up():
    merchant = invite().merchant
    token = last_token()
    registration = register_from_invitation(token, name="Anna Berg", password=PASSWORD, ip="10.0.0.7")
    assert registration.is_new_person
    assert registration.user.email == "anna@nordlicht.test"
    assert registration.user.check_password(PASSWORD)
    assert not registration.user.is_staff
    assert list_users_with_role("merchant-admin", merchant_id=merchant.pk) == [registration.user]
    merchant.refresh_from_db()
    assert merchant.status == "registering"
    with pytest.raises(InvitationUnusable) as refusal:
        register_from_invitation(token, name="Mallory", password=PASSWORD)
    assert refusal.value.params["state"] == "accepted"
    assert User.objects.count() == 1


def test_a_weak_password_is_refused_at_its_field_and_the_link_stays_usable():
    invite()
    token = last_token()
    with pytest.raises(InvalidInput) as refusal:
        register_from_invitation(token, name="Anna", password="short")
    assert list(refusal.value.fields) == ["password"]
    assert not User.objects.exists()
    assert find_usable_invitation(token).state == "sent"


def test_a_name_is_needed():
    invite()
    with pytest.raises(InvalidInput) as refusal:
        register_from_invitation(last_token(), name=" ", password=PASSWORD)
    assert list(refusal.value.fields) == ["name"]


def test_somebody_with_an_account_proves_it_and_gets_a_second_shop():
    person = mms.user("anna@nordlicht.test")
    person.set_password(PASSWORD)
    person.save()
    merchant = invite().merchant
    token = last_token()
    with pytest.raises(InvalidInput) as refusal:
        register_from_invitation(token, name="", password="wrong password")
    assert list(refusal.value.fields) == ["password"]
    registration = register_from_invitation(token, name="", password=PASSWORD)
    assert (registration.user, registration.is_new_person) == (person, False)
    assert list_users_with_role("merchant-admin", merchant_id=merchant.pk) == [person]


def test_an_expired_link_does_not_register_and_says_so():
    merchant = invite().merchant
    token = last_token()
    with clock.shifted(timedelta(days=15)):
        with pytest.raises(InvitationUnusable) as refusal:
            register_from_invitation(token, name="Anna", password=PASSWORD)
        assert refusal.value.params["state"] == "expired"
        assert list(in_shown_state(Invitation.objects.all(), "expired")) == [merchant.invitations.get()]
        assert not in_shown_state(Invitation.objects.all(), "sent").exists()
        assert expire_invitations() == 1
        assert expire_invitations() == 0
    assert merchant.invitations.get().state == "expired"
    assert not User.objects.exists()


def test_sending_again_makes_a_new_link_and_the_old_one_worthless():
    invitation = invite()
    old = last_token()
    with clock.shifted(timedelta(days=20)):
        resend_invitation(invitation.ref, actor=OPERATOR)
        new = last_token()
        with pytest.raises(InvitationUnusable) as refusal:
            find_usable_invitation(old)
        assert refusal.value.params["state"] == "unknown"
        assert find_usable_invitation(new).sent_count == 2


def test_a_revoked_link_does_not_register_and_revoking_twice_is_one():
    invitation = invite()
    token = last_token()
    revoke_invitation(invitation.ref, actor=OPERATOR)
    revoke_invitation(invitation.ref, actor=OPERATOR)
    with pytest.raises(InvitationUnusable) as refusal:
        register_from_invitation(token, name="Anna", password=PASSWORD)
    assert refusal.value.params["state"] == "revoked"


@pytest.mark.parametrize("act", [resend_invitation, revoke_invitation])
def test_a_used_invitation_cannot_be_sent_or_taken_back(act):
    merchant = make.merchant("registering")
    invitation = make.invitation(merchant, "accepted")
    with pytest.raises(InvitationStateRefused):
        act(invitation.ref, actor=OPERATOR)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sent_count) == ("accepted", 1)


@pytest.mark.parametrize("act", [resend_invitation, revoke_invitation])
def test_strangers_do_not_find_invitations(act):
    invitation = make.invitation(make.merchant("invited"))
    with pytest.raises(NotFound):
        act(invitation.ref, actor=stranger_actor(INVITE_MERCHANT))
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sent_count) == ("sent", 1)
