"""Nobody reaches another merchant's things through a page, whatever the role; anonymous people sign in first.

The routes come from the URL conf, the foreign things from the apps' factories (see `objects.py`).
"""

from contextlib import suppress
from typing import Any

import pytest
from django.test import Client

from backoffice.kernel.actors import system_actor
from backoffice.kernel.grants import PUBLIC, SIGNED_IN
from mms.models import Role
from mms.operations.access import assign_role
from mms.selectors.access import build_actor
from tests.factories import mms as make
from tests.isolation.objects import Filled, Missing, Shared, fill
from tests.isolation.routes import STOREFRONT, Route, all_routes, declared, is_library, own_pages
from tests.isolation.watch import Untouched, watching

pytestmark = pytest.mark.django_db
# A page of one's own rights, an act by GET, a missing right inside one's own tenant: none of them tells anything.
REFUSALS = {403, 404, 405}


def _filled(routes: list[Route], objects: dict[str, Any]) -> list[tuple[Route, Filled]]:
    """The routes that can be filled; that all can is a test of its own."""
    found = []
    for route in routes:
        with suppress(Missing):
            found.append((route, fill(route.full_name, list(route.kwargs), objects)))
    return found


def _visit(client: Client, method: str, path: str) -> Any:
    return (
        client.get(path) if method == "GET" else client.post(path, {"name": "Mine now", "reason": "Because"})
    )


def test_every_route_has_something_to_reach_for(foreign: dict[str, Any]) -> None:
    missing = []
    for route in own_pages("console", "portal", "storefront"):
        try:
            fill(route.full_name, list(route.kwargs), foreign)
        except Missing as problem:
            missing.append(str(problem))
    assert missing == [], "add these to isolation_objects() of the app's factories:\n" + "\n".join(missing)


def test_a_merchant_reaching_for_anothers_things_finds_nothing_and_changes_nothing(
    foreign: dict[str, Any], all_roles: dict[str, Any]
) -> None:
    routes = [(route, filled) for route, filled in _filled(own_pages("portal"), foreign) if filled.is_foreign]
    problems = []
    untouched = Untouched()
    for role, person in all_roles.items():
        client, actor = make.sign_in(Client(), person, method="password"), build_actor(person, "portal")
        for route, filled in routes:
            held = route.grant == SIGNED_IN or actor.can(route.grant)
            for method in ("GET", "POST"):
                with watching() as writes:
                    status = _visit(client, method, route.path(filled.kwargs)).status_code
                if status not in ({404, 405} if held else REFUSALS):
                    problems.append(f"{role}: {method} {route.full_name} answers {status}")
                if changed := untouched.changed_by(writes):
                    problems.append(f"{role}: {method} {route.full_name} changes {', '.join(changed)}")
    assert problems == [], "\n".join(problems)


def test_no_list_of_the_portal_shows_anothers_things(
    foreign: dict[str, Any], all_roles: dict[str, Any]
) -> None:
    refs = {value for value in foreign.values() if isinstance(value, str) and "-" in value}
    client = make.sign_in(Client(), all_roles["every role"], method="password")
    problems = []
    for route in own_pages("portal"):
        if route.kwargs:
            continue
        response = client.get(route.path({}))
        text = b"".join(response) if response.streaming else response.content
        problems += [f"{route.full_name} shows {ref}" for ref in refs if ref.encode() in text]
        if b"Victim and Sons" in text:
            problems.append(f"{route.full_name} names the other merchant")
        if response.status_code >= 500:
            problems.append(f"{route.full_name} answers {response.status_code}")
    assert problems == [], "\n".join(problems)


def test_merchant_people_do_not_enter_the_console(foreign: dict[str, Any], all_roles: dict[str, Any]) -> None:
    client = make.sign_in(Client(), all_roles["every role"])
    problems = []
    untouched = Untouched()
    for route, filled in _filled(own_pages("console"), foreign):
        for method in ("GET", "POST"):
            with watching() as writes:
                status = _visit(client, method, route.path(filled.kwargs)).status_code
            if status not in {403, 404}:
                problems.append(f"{method} {route.full_name} answers {status}")
            if changed := untouched.changed_by(writes):
                problems.append(f"{method} {route.full_name} changes {', '.join(changed)}")
    assert problems == [], "\n".join(problems)


def test_operators_enter_only_what_their_role_opens(
    foreign: dict[str, Any], operator_people: dict[str, Any]
) -> None:
    problems = []
    for role, person in operator_people.items():
        client, actor = make.sign_in(Client(), person), build_actor(person, "console")
        for route, filled in _filled(own_pages("console"), foreign):
            held = route.grant == SIGNED_IN or actor.can(route.grant)
            status = client.get(route.path(filled.kwargs)).status_code
            if not held and status != 403:
                problems.append(f"{role}: {route.full_name} answers {status} without the right")
            if held and (status == 403 or status >= 500):
                problems.append(f"{role}: {route.full_name} answers {status} with the right")
    assert problems == [], "\n".join(problems)


def test_people_of_one_store_reach_nothing_of_another(foreign: dict[str, Any]) -> None:
    """Every operator role, held on a store of one's own: open lists show nothing foreign, all else is closed."""
    person, mine = make.user(name="Stella Store"), make.store()
    for role in Role.objects.filter(audience="operator"):
        assign_role(person, role.code, on=mine, actor=system_actor())
    client = make.sign_in(Client(), person)
    refs = {value for value in foreign.values() if isinstance(value, str) and "-" in value}
    problems, entered, untouched = [], [], Untouched()
    for route, filled in _filled(own_pages("console"), foreign):
        if route.grant == SIGNED_IN and not filled.is_foreign:
            continue
        wanted = {404, 405} if route.by_place and route.kwargs else {403}
        if route.grant == SIGNED_IN:
            wanted = {404, 405}
        for method in ("GET", "POST"):
            with watching() as writes:
                response = _visit(client, method, route.path(filled.kwargs))
            if route.by_place and not route.kwargs and method == "GET" and response.status_code == 200:
                entered.append(route.name)
                text = b"".join(response) if response.streaming else response.content
                problems += [f"{route.full_name} shows {ref}" for ref in refs if ref.encode() in text]
            elif response.status_code not in wanted | ({405} if route.by_place else set()):
                problems.append(f"{method} {route.full_name} answers {response.status_code}")
            if changed := untouched.changed_by(writes):
                problems.append(f"{method} {route.full_name} changes {', '.join(changed)}")
    assert problems == [], "\n".join(problems)
    assert {"oms-order-list", "oms-refund-list", "mms-store-list", "reports-sales-by-day"} <= set(entered)


def test_anonymous_people_sign_in_first(foreign: dict[str, Any]) -> None:
    problems = []
    untouched = Untouched()
    for route, filled in _filled(own_pages("console", "portal"), foreign):
        for method in ("GET", "POST"):
            with watching() as writes:
                response = _visit(Client(), method, route.path(filled.kwargs))
            if response.status_code != 302 or not response.url.startswith("/accounts/login/"):
                problems.append(f"{method} {route.full_name} answers {response.status_code}")
            if changed := untouched.changed_by(writes):
                problems.append(f"{method} {route.full_name} changes {', '.join(changed)}")
    assert problems == [], "\n".join(problems)


def test_staff_of_the_operator_have_no_portal(
    foreign: dict[str, Any], operator_people: dict[str, Any]
) -> None:
    client = make.sign_in(Client(), operator_people["every role"])
    problems = [
        route.full_name
        for route, filled in _filled(own_pages("portal"), foreign)
        if client.get(route.path(filled.kwargs)).status_code not in REFUSALS
    ]
    assert problems == []


def test_buyers_find_nothing_behind_forged_links(foreign: dict[str, Any]) -> None:
    store = make.demo_views()["en"]
    client, problems = Client(), []
    for route, filled in _filled(own_pages("storefront"), foreign):
        path = (store.base_path.rstrip("/") if route.urlconf == STOREFRONT else "") + route.path(
            filled.kwargs
        )
        for method in ("GET", "POST"):
            response = _visit(client, method, path)
            if route.grant != PUBLIC and (response.status_code != 302 or "/login/" not in response.url):
                problems.append(f"{method} {route.full_name} is open without signing in")
            if response.status_code >= 500 or (filled.is_foreign and response.status_code not in REFUSALS):
                problems.append(f"{method} {route.full_name} answers {response.status_code}")
    assert problems == [], "\n".join(problems)


def test_wagtails_pages_are_shut_to_everybody_else(all_roles: dict[str, Any]) -> None:
    merchant_person = make.sign_in(Client(), all_roles["every role"])
    problems, seen = [], 0
    for _urlconf, name, place, kwargs, callback in all_routes():
        if not place.startswith("console/") or kwargs or not is_library(callback) or declared(callback)[0]:
            continue
        if "(?P" in place or "^" in place or "wagtailadmin_javascript" in name:
            continue
        seen += 1
        anonymous = Client().get(f"/{place}")
        if anonymous.status_code not in {302, 404, 405} or not getattr(
            anonymous, "url", "/accounts/login/"
        ).startswith("/accounts/login/"):
            problems.append(f"{name} answers {anonymous.status_code} to anonymous people")
        if merchant_person.get(f"/{place}").status_code not in {302, 403, 404, 405}:
            problems.append(f"{name} is open to merchant people")
    assert seen > 10
    assert problems == [], "\n".join(problems)


def test_the_filling_prefers_the_most_precise_offer() -> None:
    offers = {"oms-order": "ORD-1", "oms-order-ship": {"ref": "ORD-2"}, "ref": "X", "kind": Shared("a")}
    assert fill("portal:oms-order-detail", ["ref"], offers) == Filled({"ref": "ORD-1"}, True)
    by_audience = {**offers, "console:oms-order": "ORD-3"}
    assert fill("console:oms-order-detail", ["ref"], by_audience) == Filled({"ref": "ORD-3"}, True)
    assert fill("portal:oms-order-detail", ["ref"], by_audience) == Filled({"ref": "ORD-1"}, True)
    assert fill("oms-order-ship", ["ref"], offers) == Filled({"ref": "ORD-2"}, True)
    assert fill("pim-card-detail", ["kind"], offers) == Filled({"kind": "a"}, False)
    with pytest.raises(Missing, match="slug"):
        fill("pim-card-detail", ["slug"], offers)
