"""A role held on a website or a store counts for what belongs to it, and for nothing else."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Page

from backoffice.kernel.actors import STORE, WEBSITE, system_actor
from backoffice.kernel.errors import NotFound, PermissionRefused
from backoffice.storefront.models import StoreHomePage
from mms.models import Store, User, Website
from mms.operations.access import assign_role, remove_role
from mms.operations.preferences import state_preference
from mms.operations.scopes import change_store, change_website, create_store
from mms.permissions import EDIT_CONTENT, MANAGE_STORES, MANAGE_USERS, VIEW_STORES
from mms.preferences import CARDS_PER_PAGE
from mms.selectors.access import build_actor
from mms.selectors.scopes import get_scope, get_store, list_scopes, list_websites_for
from oms.models import MerchantOrder, Order
from oms.operations.cancellation import cancel_merchant_order
from oms.permissions import CANCEL_ORDERS, VIEW_ORDERS
from oms.selectors.orders import get_merchant_order, list_merchant_orders, list_orders
from tests.factories import mms as make
from tests.factories import oms

pytestmark = pytest.mark.django_db
root = system_actor()


def person_of(place: Website | Store, *roles: str) -> User:
    person = make.user()
    for role in roles or ("operator-admin",):
        assign_role(person, role, on=place, actor=root)
    return person


def order_of(store: Store, **fields: Any) -> MerchantOrder:
    part = oms.merchant_order(**fields)
    Order.objects.filter(pk=part.order_id).update(store_id=store.pk, website_id=store.website_id)
    part.order.refresh_from_db()
    return part


@pytest.fixture
def mine(db: None) -> Store:
    return make.store()


@pytest.fixture
def other(mine: Store) -> Store:
    """A second store of the same website."""
    return make.store(mine.website)


def test_a_role_on_a_store_gives_rights_there_and_nowhere_else(mine: Store, other: Store) -> None:
    actor = build_actor(person_of(mine), "console")
    assert actor.can(MANAGE_STORES, places=mine.places)
    assert not actor.can(MANAGE_STORES, places=other.places)
    assert not actor.can(MANAGE_STORES)
    assert not actor.can(MANAGE_USERS), "what knows no place stays closed"
    assert not actor.is_global
    assert actor.holds_somewhere(MANAGE_STORES)


def test_a_role_on_a_website_reaches_its_stores(mine: Store, other: Store) -> None:
    actor = build_actor(person_of(mine.website), "console")
    assert actor.can(MANAGE_STORES, places=other.places)
    assert actor.places(WEBSITE, MANAGE_STORES) == {mine.website_id}
    assert actor.places(STORE, MANAGE_STORES) == frozenset()


def test_an_actor_with_roles_everywhere_and_at_places_takes_one_query(
    mine: Store, django_assert_num_queries: Any
) -> None:
    person = person_of(mine, "operator-admin", "support")
    assign_role(person, "finance", actor=root)
    with django_assert_num_queries(1):
        actor = build_actor(person, "console")
    assert actor.is_global


def test_the_rights_end_with_the_role(mine: Store) -> None:
    person = person_of(mine, "support")
    remove_role(person, "support", on=mine, actor=root)
    assert not build_actor(person, "console").place_grants


def test_stores_of_others_are_neither_seen_nor_changed(mine: Store, other: Store) -> None:
    actor = build_actor(person_of(mine), "console")
    (website,) = list_websites_for(actor)
    assert list(website.stores.all()) == [mine]
    with pytest.raises(NotFound):
        get_store(other.code, actor=actor)
    change_store(mine, name="Ours", actor=actor)
    for refused in (
        lambda: change_store(other, name="Theirs", actor=actor),
        lambda: change_website(mine.website, name="All", actor=actor),
        lambda: create_store("third", website=mine.website, name="Third", actor=actor),
    ):
        with pytest.raises(PermissionRefused):
            refused()


def test_settings_are_stated_at_the_own_store_only(mine: Store, other: Store) -> None:
    actor = build_actor(person_of(mine), "console")
    state_preference(CARDS_PER_PAGE, 30, scope=get_scope(f"store:{mine.code}", actor=actor), actor=actor)
    assert [node.code for node in list_scopes(actor)] == [f"store:{mine.code}"]
    for foreign in (f"store:{other.code}", f"website:{mine.website.code}", "global"):
        with pytest.raises(NotFound):
            get_scope(foreign, actor=actor)
        with pytest.raises(PermissionRefused):
            state_preference(CARDS_PER_PAGE, 30, scope=get_scope(foreign), actor=actor)


def test_orders_of_the_own_store_are_seen_and_handled(mine: Store, other: Store) -> None:
    own, foreign = order_of(mine), order_of(other)
    actor = build_actor(person_of(mine, "orders-desk"), "console")
    assert list(list_merchant_orders(actor)) == [own]
    assert list(list_orders(actor)) == [own.order]
    cancel_merchant_order(own.ref, reason="Sold out", actor=actor)
    with pytest.raises(NotFound):
        get_merchant_order(foreign.ref, actor=actor)
    with pytest.raises(NotFound):
        cancel_merchant_order(foreign.ref, reason="Sold out", actor=actor)
    foreign.refresh_from_db()
    assert foreign.state == "waiting_acceptance"


def test_seeing_orders_of_two_stores_does_not_mean_handling_both(mine: Store, other: Store) -> None:
    person = person_of(mine, "orders-desk")
    assign_role(person, "support", on=other, actor=root)
    actor, part = build_actor(person, "console"), order_of(other)
    assert get_merchant_order(part.ref, actor=actor) == part
    with pytest.raises(PermissionRefused):
        cancel_merchant_order(part.ref, reason="No", actor=actor)


def test_a_right_held_everywhere_does_not_open_the_orders_of_all_stores(mine: Store, other: Store) -> None:
    """A catalogue manager of everything who is the order desk of one store sees that store's orders."""
    person = person_of(mine, "orders-desk")
    assign_role(person, "catalogue", actor=root)
    own, _foreign = order_of(mine), order_of(other)
    actor = build_actor(person, "console")
    assert actor.can(VIEW_STORES)
    assert not actor.can(VIEW_ORDERS)
    assert list(list_merchant_orders(actor)) == [own]
    assert actor.can(CANCEL_ORDERS, places=own.order.places)


def test_the_console_shows_a_store_person_their_menu_orders_and_settings(
    client: Client, mine: Store, other: Store
) -> None:
    own, foreign = order_of(mine), order_of(other)
    make.sign_in(client, person_of(mine))
    page = client.get("/console/orders/").content.decode()
    assert own.order.ref in page
    assert foreign.order.ref not in page
    assert client.get(f"/console/orders/{foreign.order.ref}/").status_code == 404
    menu = client.get("/console/").content.decode()
    assert "/console/orders/" in menu
    assert "/console/merchants/" not in menu
    assert client.get("/console/merchants/").status_code == 403
    assert client.get(f"/console/settings/stores/{other.code}/").status_code == 404


def test_an_administrator_gives_a_role_on_a_store(client: Client, mine: Store) -> None:
    person = make.user()
    make.sign_in(client, make.operator_user())
    page = client.get(f"/console/settings/users/{person.ref}/roles/")
    assert mine.name in page.content.decode()
    answer = client.post(
        f"/console/settings/users/{person.ref}/roles/", {"role": "support", "place": f"store:{mine.code}"}
    )
    assert answer.status_code == 302
    assert build_actor(person, "console").places(STORE, VIEW_STORES) == {mine.pk}


def test_a_store_editor_edits_the_pages_of_the_own_store_only(
    client: Client, mine: Store, other: Store
) -> None:
    top = Page.objects.get(depth=1)
    pages = {}
    for store in (mine, other):
        view = make.view(store)
        home = StoreHomePage(title=view.name, slug=view.code, view_code=view.code)
        pages[store.pk] = top.add_child(instance=home)
    make.sign_in(client, person_of(mine, "catalogue"))
    assert client.get(f"/console/pages/{pages[mine.pk].pk}/edit/").status_code == 200
    assert client.get(f"/console/pages/{pages[other.pk].pk}/edit/").status_code != 200
    assert client.get("/console/redirects/").status_code != 200


def test_an_editor_of_all_pages_who_becomes_one_of_a_store_loses_the_others(
    client: Client, mine: Store
) -> None:
    view = make.view(mine)
    Page.objects.get(depth=1).add_child(
        instance=StoreHomePage(title=view.name, slug=view.code, view_code=view.code)
    )
    person = make.operator_user("catalogue")
    make.sign_in(client, person)
    client.get("/console/pages/")
    assert [group.name for group in person.groups.all()] == ["Content editors"]
    remove_role(person, "catalogue", actor=root)
    assign_role(person, "catalogue", on=mine, actor=root)
    client.get("/console/pages/")
    assert [group.name for group in Group.objects.filter(user=person)] == [f"Content editors of {mine.code}"]
    assert build_actor(person, "console").can(EDIT_CONTENT, places=mine.places)
