"""Nobody reaches another merchant's things through the APIs; a key of another audience is no key at all.

The operations come from the three OpenAPI documents; bodies are the examples printed there.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.api.snapshots import render
from backoffice.kernel.actors import system_actor
from backoffice.kernel.grants import MERCHANT, OPERATOR, PUBLIC, SIGNED_IN, grants_of
from mms.models import StoreView
from mms.operations.api_keys import create_api_key
from tests.factories import mms as make
from tests.isolation.objects import Filled, Missing, fill
from tests.isolation.watch import Untouched, watching

pytestmark = pytest.mark.django_db
KEY_TRACES = frozenset({"mms_apikey"})


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    grant: str
    body: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def short(self, audience: str) -> str:
        return self.path.removeprefix(f"/api/{audience}/v1")


def operations(audience: str) -> list[Operation]:
    document = json.loads(render(audience))
    return [
        Operation(method.upper(), path, item["x-grant"], _body(document, item))
        for path, methods in document["paths"].items()
        for method, item in methods.items()
    ]


def _body(document: dict[str, Any], item: dict[str, Any]) -> Any:
    content = item.get("requestBody", {}).get("content", {}).get("application/json")
    return None if content is None else _example(document, content["schema"])


def _example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("type") == "array":
        return [_example(document, schema["items"])]
    return {}


def _fill(audience: str, operation: Operation, objects: dict[str, Any]) -> Filled:
    return fill(operation.short(audience), re.findall(r"{(\w+)}", operation.path), objects)


def _filled(audience: str, objects: dict[str, Any]) -> list[tuple[Operation, Filled]]:
    """The operations that can be filled; that all can is a test of its own."""
    found = []
    for operation in operations(audience):
        with suppress(Missing):
            found.append((operation, _fill(audience, operation, objects)))
    return found


def _client(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def _merchant_client(merchant_id: int, *, everything: bool = True) -> Client:
    grants = grants_of(MERCHANT) if everything else frozenset()
    key = create_api_key(name="Reaching out", merchant_id=merchant_id, grants=grants, actor=system_actor())
    return _client(key[1])


def _call(client: Client, operation: Operation, filled: Filled) -> Any:
    path = operation.path.format(**filled.kwargs)
    options: dict[str, Any] = {"headers": {"Idempotency-Key": f"sweep {operation}"}}
    if operation.body is not None:
        options |= {"data": json.dumps(operation.body), "content_type": "application/json"}
    return client.generic(operation.method, path, **options)


@pytest.mark.parametrize("audience", ["operator", "merchant", "storefront"])
def test_every_operation_has_something_to_reach_for(foreign: dict[str, Any], audience: str) -> None:
    missing = []
    for operation in operations(audience):
        try:
            _fill(audience, operation, foreign)
        except Missing as problem:
            missing.append(f"{audience} {problem}")
    assert missing == [], "add these to isolation_objects() of the app's factories:\n" + "\n".join(missing)


def test_a_merchant_key_finds_nothing_of_anothers_and_changes_nothing(
    foreign: dict[str, Any], attacker: Any
) -> None:
    client, problems = _merchant_client(attacker.pk), []
    untouched = Untouched(KEY_TRACES)
    for operation, filled in _filled("merchant", foreign):
        if not filled.is_foreign:
            continue
        with watching() as writes:
            status = _call(client, operation, filled).status_code
        if status != 404:
            problems.append(f"{operation} answers {status}")
        if changed := untouched.changed_by(writes):
            problems.append(f"{operation} changes {', '.join(changed)}")
    assert problems == [], "\n".join(problems)


def test_no_list_shows_anothers_things(foreign: dict[str, Any], attacker: Any) -> None:
    refs = {value for value in foreign.values() if isinstance(value, str) and "-" in value}
    client, problems = _merchant_client(attacker.pk), []
    for operation, filled in _filled("merchant", foreign):
        if operation.method != "GET" or filled.kwargs:
            continue
        text = _call(client, operation, filled).content.decode()
        problems += [f"{operation} shows {ref}" for ref in refs if ref in text]
    assert problems == []


@pytest.mark.parametrize("audience", ["operator", "storefront"])
def test_a_merchant_key_is_no_key_elsewhere(foreign: dict[str, Any], attacker: Any, audience: str) -> None:
    client, problems = _merchant_client(attacker.pk), []
    for operation, filled in _filled(audience, foreign):
        with CaptureQueriesContext(connection) as queries:
            status = _call(client, operation, filled).status_code
        if status != 401 or len(queries):
            problems.append(f"{operation} answers {status} after {len(queries)} queries")
    assert problems == []


@pytest.mark.parametrize("audience", ["operator", "merchant", "storefront"])
def test_nobody_calls_without_a_key(foreign: dict[str, Any], audience: str) -> None:
    problems = [
        str(operation)
        for operation, filled in _filled(audience, foreign)
        if _call(Client(), operation, filled).status_code != 401
    ]
    assert problems == []


@pytest.mark.parametrize("audience", [OPERATOR, MERCHANT])
def test_a_key_without_rights_is_refused_everywhere(
    foreign: dict[str, Any], attacker: Any, audience: str
) -> None:
    if audience == MERCHANT:
        client = _merchant_client(attacker.pk, everything=False)
    else:
        client = _client(create_api_key(name="Powerless", actor=system_actor())[1])
    problems = []
    untouched = Untouched(KEY_TRACES)
    for operation, filled in _filled(audience, foreign):
        if operation.grant in {PUBLIC, SIGNED_IN}:
            continue
        with watching() as writes:
            status = _call(client, operation, filled).status_code
        # Content that is no valid content at all is refused before rights are asked; it tells nothing.
        if status not in {403, 422}:
            problems.append(f"{operation} answers {status}")
        if changed := untouched.changed_by(writes):
            problems.append(f"{operation} changes {', '.join(changed)}")
    assert problems == [], "\n".join(problems)


def test_no_operation_of_a_key_with_all_rights_fails(foreign: dict[str, Any]) -> None:
    make.demo_views()
    clients = {
        "operator": _client(create_api_key(name="All", grants=grants_of(OPERATOR), actor=system_actor())[1]),
        "storefront": _client(
            create_api_key(name="Shop", view=StoreView.objects.get(code="en"), actor=system_actor())[1]
        ),
    }
    problems = []
    for audience, client in clients.items():
        for operation, filled in _filled(audience, foreign):
            if operation.method == "GET" and (status := _call(client, operation, filled).status_code) >= 500:
                problems.append(f"{operation} answers {status}")
    assert problems == []
