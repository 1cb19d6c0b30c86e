"""A filtered list gets a name: a tab for oneself or for everybody with a role, removed and brought back."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from backoffice.kernel.errors import InvalidInput, PermissionRefused
from mms.models import Role, User
from mms.operations.saved_views import MAX_VIEWS, forget_view, save_view
from mms.permissions import MANAGE_ROLES
from tests.factories import mas
from tests.factories import mms as make
from tests.factories.actors import operator_actor

pytestmark = pytest.mark.django_db
USERS = "console:mms-user-list"
PAGE = "/console/settings/users/"
anybody = operator_actor()


def page_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def link_of(page: str, word: str) -> str:
    found = re.search(rf'href="([^"]*{word}[^"]*)"', page)
    assert found, f"no link to {word}"
    return found.group(1)


def test_a_person_keeps_a_view_and_finds_it_as_a_tab(client: Client) -> None:
    make.sign_in(client, make.operator_user())
    page = page_of(client, f"{PAGE}?staff=yes&sort=-name&page=1")
    form = link_of(page, "views/save")
    assert client.get(form).status_code == 200
    answer = client.post(form, {"name": " Our  people "})
    assert answer["Location"] == f"{PAGE}?sort=-name&staff=yes"
    page = page_of(client, answer["Location"])
    assert re.search(r'aria-current="page">(<svg.*?</svg>)?Our people', page, re.DOTALL)
    assert "Our people" in page_of(client, PAGE)
    other = make.sign_in(Client(), make.operator_user())
    assert "Our people" not in page_of(other, PAGE)


def test_a_list_without_filters_offers_nothing_to_keep(client: Client) -> None:
    make.sign_in(client, make.operator_user())
    assert "views/save" not in page_of(client, PAGE)


def test_an_administrator_shares_a_view_with_a_role(client: Client) -> None:
    admin = make.operator_user()
    make.sign_in(client, admin)
    form = link_of(page_of(client, f"{PAGE}?staff=yes"), "views/save")
    client.post(form, {"name": "Staff", "role": "operator-admin"})
    assert User.objects.get(pk=admin.pk).saved_views == {}
    other = make.sign_in(Client(), make.operator_user())
    assert ">Staff" in page_of(other, PAGE)
    assert Role.objects.get(code="operator-admin").saved_views[USERS] == [
        {"name": "Staff", "query": "staff=yes"}
    ]


def test_sharing_and_removing_what_is_shared_needs_the_right() -> None:
    person = make.user()
    for act in (
        lambda: save_view(person, USERS, name="x", query="a=1", role_code="support", actor=anybody),
        lambda: forget_view(person, USERS, name="x", role_code="support", actor=anybody),
    ):
        with pytest.raises(PermissionRefused):
            act()
    save_view(person, USERS, name="x", query="a=1", role_code="support", actor=operator_actor(MANAGE_ROLES))


def test_a_removed_view_comes_back_by_undo(client: Client) -> None:
    person = make.operator_user()
    save_view(person, USERS, name="Staff", query="staff=yes", actor=anybody)
    make.sign_in(client, person)
    page = page_of(client, f"{PAGE}?staff=yes")
    forget = re.search(r'action="([^"]*views/forget[^"]*)"', page)
    assert forget
    assert client.get(forget.group(1)).status_code == 405
    answer = client.post(forget.group(1), follow=True)
    page = unescape(answer.content.decode())
    assert "View removed." in page
    assert User.objects.get(pk=person.pk).saved_views == {}
    undo = re.search(r'action="([^"]*views/restore[^"]*)"', page)
    assert undo
    client.post(undo.group(1))
    assert User.objects.get(pk=person.pk).saved_views == {USERS: [{"name": "Staff", "query": "staff=yes"}]}


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "x" * 41}, {"query": ""}, {"query": "a=" + "x" * 1000}]
)
def test_what_cannot_be_kept_is_refused(fields: dict[str, str]) -> None:
    person = make.user()
    with pytest.raises(InvalidInput):
        save_view(person, USERS, **{"name": "x", "query": "a=1", **fields}, actor=anybody)


def test_the_same_name_replaces_and_a_list_keeps_only_so_many() -> None:
    person = make.user()
    for number in range(MAX_VIEWS):
        save_view(person, USERS, name=f"View {number}", query="a=1", actor=anybody)
    save_view(person, USERS, name="View 0", query="a=2", actor=anybody)
    with pytest.raises(InvalidInput):
        save_view(person, USERS, name="One more", query="a=1", actor=anybody)


@pytest.mark.parametrize("name", ["", "portal:oms-order-list", "console:nothing", "console:mms-user-detail"])
def test_only_lists_of_ones_own_audience_have_views(client: Client, name: str) -> None:
    make.sign_in(client, make.operator_user())
    assert client.get(f"/console/views/save/?list={name}&query=a%3D1").status_code == 404


def test_a_merchant_keeps_views_of_its_own(client: Client) -> None:
    person = make.merchant_user(mas.merchant())
    make.sign_in(client, person)
    form = link_of(page_of(client, "/portal/orders/?state=shipped"), "views/save")
    assert b'name="role"' not in client.get(form).content
    client.post(form, {"name": "Gone"})
    assert "Gone" in page_of(client, "/portal/orders/")


def test_kept_views_cost_no_statement(client: Client, django_assert_max_num_queries: Any) -> None:
    person = make.operator_user()
    make.sign_in(client, person)
    client.get(PAGE)
    with django_assert_max_num_queries(12):
        client.get(PAGE)
    save_view(person, USERS, name="Staff", query="staff=yes", actor=anybody)
    with django_assert_max_num_queries(12):
        client.get(PAGE)
