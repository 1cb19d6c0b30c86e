"""Every page of marketplace management opens, says what it is for, and costs the same for one row and for three."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from backoffice.kernel import clock
from backoffice.kernel.models import Delivery, DeliveryState, OutboxEvent
from mms.models import ApiKey, Mail, Role, Store, StoreView, Task, TaxRate, User, Website
from mms.operations.access import assign_role
from mms.operations.api_keys import create_api_key
from mms.selectors.access import build_actor, list_assignments
from tests.factories import mms as make
from tests.factories import pim

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make.operator_user(name="Olivia Operator")


@pytest.fixture
def console(admin: User) -> Client:
    return make.sign_in(Client(), admin)


LISTS = {
    "/console/tasks/": lambda number: make.task(subject_ref=f"X-{number}"),
    "/console/settings/users/": lambda number: make.user(f"p{number}@example.com"),
    "/console/settings/api-keys/": lambda number: create_api_key(name=f"K{number}", actor=make._system),
    "/console/settings/tax-rates/": lambda number: make.tax_rate(valid_from=date(2020, number, 1)),
    "/console/settings/mails/": lambda number: make.mail(f"m{number}@example.com"),
    "/console/settings/audit/": lambda number: make.tax_rate(valid_from=date(2020, number, 1)),
    "/console/settings/deliveries/": lambda number: Delivery.objects.create(
        event=OutboxEvent.objects.create(name=f"x.{number}", payload={}), subscriber="somebody"
    ),
}


@pytest.mark.parametrize("path", sorted(LISTS))
def test_a_list_costs_the_same_for_one_row_and_for_three(
    console: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            LISTS[path](number)
        console.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert console.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 12


def test_the_store_tree_shows_all_levels(console: Client) -> None:
    make.demo_views()
    text = console.get("/console/settings/stores/").content.decode()
    for word in ("Nordhaus Group", "Harbor &amp; Pine", "United States", "#2f6f4f"):
        assert word in text


def test_a_website_a_store_and_a_view_are_opened_by_form(console: Client) -> None:
    website = {
        "code": "group",
        "name": "Group",
        "base_currency": "EUR",
        "country": "DE",
        "prices_include_tax": "on",
    }
    assert console.post("/console/settings/websites/new/", website).status_code == 302
    store = {"code": "shop", "name": "Shop", "kind": "b2c", "accent": "#112233", "accent_dark": "#445566"}
    assert console.post("/console/settings/websites/group/stores/new/", store).status_code == 302
    view = {
        "code": "en",
        "name": "English",
        "language": "en",
        "currency": "EUR",
        "path_prefix": "en",
        "position": "1",
    }
    assert (
        console.post("/console/settings/stores/shop/views/new/", {**view, "is_active": "on"}).status_code
        == 302
    )
    assert StoreView.objects.get(code="en").store.website == Website.objects.get(code="group")


def test_a_store_is_given_a_category_that_exists_and_starts_with_colours(console: Client) -> None:
    website = make.website()
    category = pim.category(code="lamps", names={"en": "Lamps"})
    page = console.get(f"/console/settings/websites/{website.code}/stores/new/").content.decode()
    assert f'value="{category.ref}"' in page
    assert 'value="#1f6feb"' in page
    store = {"code": "shop", "name": "Shop", "kind": "b2c", "accent": "#112233", "accent_dark": "#445566"}
    url = f"/console/settings/websites/{website.code}/stores/new/"
    wrong = console.post(url, {**store, "root_category_ref": "CAT-NOWHERE"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["root_category_ref"])
    assert console.post(url, {**store, "root_category_ref": category.ref}).status_code == 302
    assert Store.objects.get(code="shop").root_category_ref == category.ref
    page = console.get("/console/settings/stores/shop/").content.decode()
    assert re.search(rf'value="{category.ref}"\s+selected', page)


def test_a_view_is_changed_by_form_and_its_code_stays(console: Client) -> None:
    make.demo_views()
    form = {
        "code": "other",
        "name": "Germany",
        "language": "de",
        "currency": "EUR",
        "path_prefix": "de",
        "position": "2",
    }
    response = console.post("/console/settings/views/de/", {**form, "accent": "#123456", "is_active": "on"})
    assert response.status_code == 302
    view = StoreView.objects.get(code="de")
    assert (view.name, view.accent) == ("Germany", "#123456")


def test_a_wrong_colour_is_told_at_its_field_and_the_input_is_kept(console: Client) -> None:
    make.demo_views()
    form = {"name": "Nordhaus new", "kind": "b2c", "accent": "blue", "accent_dark": "#445566"}
    response = console.post("/console/settings/stores/nordhaus/", form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["accent"]
    assert "Nordhaus new" in response.content.decode()
    assert Store.objects.get(code="nordhaus").name == "Nordhaus"


def test_a_user_is_created_and_given_a_role(console: Client) -> None:
    form = {"email": "new@example.com", "name": "Nora New", "password": make.PASSWORD, "language": "de"}
    response = console.post("/console/settings/users/new/", form)
    person = User.objects.get(email="new@example.com")
    assert response.url == f"/console/settings/users/{person.ref}/"
    assert console.post(f"{response.url}roles/", {"role": "support"}).status_code == 302
    assert [item["role_code"] for item in list_assignments(person)] == ["support"]
    assert "Support" in console.get(response.url).content.decode()
    assert console.post(f"{response.url}roles/support/remove/").status_code == 302
    assert list_assignments(person) == []


def test_the_owner_is_not_told_to_need_a_role(console: Client) -> None:
    owner = User.objects.create_superuser("owner@example.com", make.PASSWORD)
    page = console.get(f"/console/settings/users/{owner.ref}/").content.decode()
    assert "Owner of this installation" in page
    assert "No role yet" not in page


def test_giving_roles_asks_who_is_there_after_ten_minutes(admin: User) -> None:
    person = make.user()
    client = make.sign_in(Client(), admin, minutes_ago=11)
    url = f"/console/settings/users/{person.ref}/roles/"
    response = client.post(url, {"role": "operator-admin"})
    assert response.status_code == 302
    assert response.url.startswith("/accounts/reauthenticate/")
    assert list_assignments(person) == []
    done = client.post("/accounts/reauthenticate/", {"password": make.PASSWORD, "next": url})
    assert done.status_code == 302
    assert [item["role_code"] for item in list_assignments(person)] == ["operator-admin"]


def test_the_matrix_shows_every_role_and_saves_one(console: Client) -> None:
    page = console.get("/console/settings/roles/").content.decode()
    for role in Role.objects.all():
        assert role.name in page
    assert "mms.manage_users" in page
    response = console.post(
        "/console/settings/roles/support/", {"name": "First line", "grants": ["mms.view_tasks"]}
    )
    assert response.status_code == 302
    assert Role.objects.get(code="support").grants == ["mms.view_tasks"]


def test_a_role_of_ones_own(console: Client) -> None:
    form = {"code": "night", "name": "Night shift", "grants": ["mms.view_tasks"]}
    assert console.post("/console/settings/roles/new/operator/", form).status_code == 302
    assert Role.objects.get(code="night").audience == "operator"
    refused = console.post(
        "/console/settings/roles/new/operator/", {**form, "code": "x", "grants": ["mms.view_team"]}
    )
    assert refused.status_code == 422


def test_a_new_key_is_shown_once(console: Client) -> None:
    response = console.post("/console/settings/api-keys/new/", {"name": "ERP", "grants": ["mms.view_tasks"]})
    assert response.status_code == 302
    first = console.get(response.url).content.decode()
    assert "bo_op_" in first
    assert "Copy the key now" in first
    assert "Copy the key now" not in console.get(response.url).content.decode()
    key = ApiKey.objects.get()
    assert console.post(f"/console/settings/api-keys/{key.ref}/revoke/").status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_tax_rate_is_entered_in_percent(console: Client) -> None:
    form = {"country": "DE", "tax_class": "reduced", "rate_bps": "7", "valid_from": "2021-01-01"}
    assert console.post("/console/settings/tax-rates/new/", form).status_code == 302
    assert TaxRate.objects.get().rate_bps == 700


def test_a_mail_is_read_and_sent_again(console: Client) -> None:
    mail = make.mail(
        context={"invited_by": "<b>Eve</b>", "merchant": "M", "link": "https://example.com/join"}
    )
    page = console.get(f"/console/settings/mails/{mail.ref}/").content.decode()
    assert "https://example.com/join" in page
    assert "<b>Eve</b>" not in page
    Mail.objects.update(state="sent")
    assert console.post(f"/console/settings/mails/{mail.ref}/resend/").status_code == 302
    mail.refresh_from_db()
    assert mail.state == "waiting"


def test_tasks_are_taken_and_closed_from_the_list(console: Client, admin: User) -> None:
    one, two = make.task(subject_ref="A"), make.task(subject_ref="B")
    console.post("/console/tasks/", {"bulk": "claim", "selected": [one.ref, two.ref]})
    assert set(Task.objects.values_list("owner_id", flat=True)) == {admin.pk}
    make.task(subject_ref="C", title="Nobody's business", due_at=clock.now() - timedelta(hours=1))
    for query, refs in (("owner=me", {"A", "B"}), ("owner=nobody", {"C"}), ("overdue=yes", {"C"})):
        rows = console.get(f"/console/tasks/?{query}").context["table"].page_rows
        assert {row.record.subject_ref for row in rows} == refs
    console.post("/console/tasks/", {"bulk": "close", "selected": [one.ref]})
    assert [task.is_open for task in Task.objects.order_by("id")] == [False, True, True]


def test_parked_deliveries_are_replayed_from_the_list(console: Client) -> None:
    event = OutboxEvent.objects.create(name="x.y", payload={})
    parked = Delivery.objects.create(event=event, subscriber="a", state=DeliveryState.PARKED)
    console.post("/console/settings/deliveries/", {"bulk": "replay", "selected": [str(parked.pk)]})
    parked.refresh_from_db()
    assert parked.state == DeliveryState.WAITING


def test_the_audit_trail_filters_by_person_and_thing(console: Client, admin: User) -> None:
    person = make.user()
    assign_role(person, "support", actor=build_actor(admin, "console"))
    page = console.get("/console/settings/audit/", {"q": person.ref}).content.decode()
    assert "mms.role.assigned" in page
    assert "mms.role.assigned" not in console.get("/console/settings/audit/?action=oms.").content.decode()


PAGES = [
    *sorted(LISTS),
    "/console/settings/stores/",
    "/console/settings/roles/",
    "/console/settings/users/new/",
]


@pytest.mark.parametrize("path", PAGES)
def test_the_order_desk_sees_only_what_its_role_shows(path: str) -> None:
    client = make.sign_in(Client(), make.operator_user("orders-desk"))
    allowed = {"/console/tasks/", "/console/settings/mails/", "/console/settings/stores/"}
    assert client.get(path).status_code == (200 if path in allowed else 403)


def test_the_home_page_shows_tasks_and_the_machine_room(console: Client) -> None:
    make.task("mas.merchant_review")
    page = console.get("/console/").content.decode()
    assert "Merchant review" in page
    assert "News to deliver" in page
