"""The merchant's team: inviting, joining, roles, letting go."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backoffice.kernel import clock
from mms.models import ApiKey, Invitation, Mail, User
from mms.operations.access import assign_role
from mms.selectors.access import list_team
from tests.factories import mms as make
from tests.factories.mas import merchant

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Any:
    return merchant(name="Nordlicht")


@pytest.fixture
def chief(shop: Any) -> User:
    return make.merchant_user(shop, name="Clara Chief")


@pytest.fixture
def portal(chief: User) -> Client:
    return make.sign_in(Client(), chief, method="password")


def _invite(portal: Client, email: str = "new@example.com", *codes: str) -> str:
    response = portal.post(
        "/portal/team/invite/", {"email": email, "role_codes": codes or ["merchant-orders"]}
    )
    assert response.status_code == 302
    found = re.search(r"/accounts/invitation/\S+", Mail.objects.latest("id").body)
    assert found is not None
    return found.group(0)


def test_a_colleague_joins_by_the_link_in_the_mail(portal: Client, shop: Any) -> None:
    link = _invite(portal)
    visitor = Client()
    assert visitor.get(link).status_code == 200
    response = visitor.post(link, {"name": "Nils New", "password": make.PASSWORD})
    assert (response.status_code, response.url) == (302, "/portal/")
    person = User.objects.get(email="new@example.com")
    assert (person, ["merchant-orders"]) in list_team(shop.pk)
    assert visitor.get("/portal/team/").status_code == 200


def test_a_link_works_once(portal: Client) -> None:
    link = _invite(portal)
    Client().post(link, {"name": "Nils New", "password": make.PASSWORD})
    second = Client().get(link)
    assert second.status_code == 409
    assert "Ask the person who invited you" in second.content.decode()


def test_a_link_ends_after_a_week_and_when_it_is_withdrawn(portal: Client) -> None:
    link = _invite(portal)
    with clock.shifted(timedelta(days=8)):
        assert Client().get(link).status_code == 409
    ref = Invitation.objects.get().ref
    assert portal.post(f"/portal/team/invitations/{ref}/revoke/").status_code == 302
    assert Client().get(link).status_code == 409


def test_a_second_invitation_replaces_the_first(portal: Client) -> None:
    first, second = _invite(portal), _invite(portal)
    assert Client().get(first).status_code == 409
    assert Client().get(second).status_code == 200


def test_a_weak_password_is_told_at_its_field_and_nobody_joins(portal: Client, shop: Any) -> None:
    response = Client().post(_invite(portal), {"name": "Nils", "password": "short"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["password"]
    assert len(list_team(shop.pk)) == 1
    assert Invitation.objects.get().accepted_at is None


def test_somebody_with_an_account_signs_in_first(portal: Client, shop: Any) -> None:
    known = make.user("known@example.com")
    link = _invite(portal, "known@example.com")
    response = Client().get(link)
    assert response.url.startswith("/accounts/login/?next=")
    other = make.sign_in(Client(), make.user(), method="password")
    assert other.get(link).url.startswith("/accounts/login/")
    client = make.sign_in(Client(), known, method="password")
    assert client.post(link).status_code == 302
    assert (known, ["merchant-orders"]) in list_team(shop.pk)


def test_roles_are_changed_and_the_last_administrator_stays(portal: Client, shop: Any, chief: User) -> None:
    url = f"/portal/team/members/{chief.ref}/"
    refused = portal.post(url, {"role_codes": ["merchant-orders"]})
    assert refused.status_code == 422
    assert "last administrator" in refused.content.decode()
    assert list_team(shop.pk) == [(chief, ["merchant-admin"])]
    second = make.user()
    assign_role(second, "merchant-admin", on=shop, actor=make._system)
    assert portal.post(url, {"role_codes": ["merchant-admin", "merchant-stock"]}).status_code == 302
    assert (chief, ["merchant-admin", "merchant-stock"]) in list_team(shop.pk)


def test_letting_somebody_go_takes_all_roles(portal: Client, shop: Any, chief: User) -> None:
    person = make.merchant_user(shop, "merchant-orders", "merchant-stock")
    assert portal.get(f"/portal/team/members/{person.ref}/remove/").status_code == 200
    assert portal.post(f"/portal/team/members/{person.ref}/remove/").status_code == 302
    assert [who for who, _codes in list_team(shop.pk)] == [chief]
    portal.post(f"/portal/team/members/{chief.ref}/remove/")
    assert [who for who, _codes in list_team(shop.pk)] == [chief]


def test_people_of_other_merchants_are_out_of_reach(portal: Client) -> None:
    elsewhere = merchant()
    stranger = make.merchant_user(elsewhere)
    assert portal.get(f"/portal/team/members/{stranger.ref}/").status_code == 404
    assert portal.post(f"/portal/team/members/{stranger.ref}/remove/").status_code == 404
    assert list_team(elsewhere.pk) == [(stranger, ["merchant-admin"])]


def test_a_colleague_without_the_right_sees_the_team_but_changes_nothing(shop: Any, chief: User) -> None:
    client = make.sign_in(Client(), make.merchant_user(shop, "merchant-orders"), method="password")
    page = client.get("/portal/team/")
    assert page.status_code == 200
    assert "Invite somebody" not in page.content.decode()
    assert client.post("/portal/team/invite/", {"email": "x@example.com"}).status_code == 403
    assert client.get("/portal/api-keys/").status_code == 403


def test_a_merchants_key_is_made_shown_once_and_ended(portal: Client, shop: Any) -> None:
    response = portal.post("/portal/api-keys/new/", {"name": "Shop sync", "grants": ["mms.view_team"]})
    assert response.status_code == 302
    assert "bo_me_" in portal.get(response.url).content.decode()
    key = ApiKey.objects.get()
    assert (key.merchant_id, key.grants) == (shop.pk, ["mms.view_team"])
    assert portal.post(f"/portal/api-keys/{key.ref}/revoke/").status_code == 302
    assert ApiKey.objects.get().state == "revoked"


@pytest.mark.parametrize("number", [1, 3])
def test_the_team_page_costs_the_same_for_one_and_for_three(
    portal: Client, shop: Any, django_assert_max_num_queries: Any, number: int
) -> None:
    for _index in range(number):
        make.merchant_user(shop, "merchant-orders")
    portal.get("/portal/team/")
    with django_assert_max_num_queries(12):
        portal.get("/portal/team/")
