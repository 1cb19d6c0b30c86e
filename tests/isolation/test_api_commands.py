"""What every command of the three APIs promises: examples, idempotency keys, unknown names refused. All generated."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from backoffice.api.apis import APIS
from backoffice.api.snapshots import render
from backoffice.kernel.actors import system_actor
from backoffice.kernel.grants import MERCHANT, OPERATOR, grants_of
from mms.models import StoreView
from mms.operations.api_keys import create_api_key
from tests.isolation.objects import Filled
from tests.isolation.test_api import Operation, _example, _filled

pytestmark = pytest.mark.django_db
AUDIENCES = sorted(APIS)
NONSENSE = "no_such_field"
ACTS_ON_MANY = {"accept", "ship", "tracking"}
FILE = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Undone(Exception):
    """Thrown to take back what a call did, so that every call meets the same world."""


@pytest.fixture
def programs(victim: Any, foreign: dict[str, Any]) -> dict[str, Client]:
    """A program per audience that holds every right over the things at hand."""
    keys = {
        "operator": create_api_key(name="All", grants=grants_of(OPERATOR), actor=system_actor()),
        "merchant": create_api_key(
            name="All", merchant_id=victim.pk, grants=grants_of(MERCHANT), actor=system_actor()
        ),
        "storefront": create_api_key(name="All", view=StoreView.objects.first(), actor=system_actor()),
    }
    return {name: Client(headers={"Authorization": f"Bearer {key[1]}"}) for name, key in keys.items()}


def documented(audience: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    document = json.loads(render(audience))
    for path, methods in document["paths"].items():
        for method, item in methods.items():
            yield f"{method.upper()} {path}", item, document


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_operation_shows_an_example_of_what_it_takes_and_of_what_it_answers(audience: str) -> None:
    missing = []
    for name, item, document in documented(audience):
        for kind, content in item.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json" and not _example(document, content["schema"]):
                missing.append(f"{name}: its body")
        for status, answer in item["responses"].items():
            schema = answer.get("content", {}).get("application/json", {}).get("schema")
            if schema is not None and not _example(document, schema):
                missing.append(f"{name}: its answer {status}")
    assert missing == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_post_to_a_collection_makes_something_and_demands_its_key(audience: str) -> None:
    loose = [
        name
        for name, item, _document in documented(audience)
        if name.startswith("POST")
        and "201" not in item["responses"]
        # A command on one thing names the thing, then the verb; a few act on many things that the body names.
        and name.rsplit("/", 1)[1] not in ACTS_ON_MANY
        and "{" not in name.rsplit("/", 2)[1]
        and not name.endswith("}")
    ]
    assert loose == []


def call(
    client: Client, operation: Operation, filled: Filled, body: Any, key: str = "", query: str = ""
) -> Any:
    options: dict[str, Any] = {"headers": {"Idempotency-Key": key} if key else {}}
    if operation.path.endswith("/assets") and operation.method == "POST":
        sent = {"file": SimpleUploadedFile("manual.pdf", FILE), **(body or {})}
        return client.post(operation.path + query, sent, **options)
    if body is not None:
        options |= {"data": json.dumps(body), "content_type": "application/json"}
    return client.generic(operation.method, operation.path.format(**filled.kwargs) + query, **options)


def creates(audience: str) -> set[str]:
    return {name for name, item, _document in documented(audience) if "201" in item["responses"]}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_create_is_done_once_per_key(
    programs: dict[str, Client], foreign: dict[str, Any], audience: str
) -> None:
    client, problems, done = programs[audience], [], []
    wanted = creates(audience)
    for operation, filled in _filled(audience, foreign):
        if str(operation) not in wanted:
            continue
        try:
            with transaction.atomic():
                problems += list(_tries(client, operation, filled, done))
                raise Undone
        except Undone:
            pass
    assert problems == [], "\n".join(problems)
    # A cart needs an offer that is on sale in its store; that it is made once is shown among the orders.
    assert done or audience == "storefront", "no create could be done with its example"


def _tries(client: Client, operation: Operation, filled: Filled, done: list[str]) -> Iterator[str]:
    without = call(client, operation, filled, operation.body)
    if without.status_code != 400 or without.json()["error"]["code"] != "idempotency_key_required":
        yield f"{operation} without a key answers {without.status_code} {without.content[:200]!r}"
    first = call(client, operation, filled, operation.body, key="one")
    second = call(client, operation, filled, operation.body, key="one")
    if first.status_code >= 500 or (first.status_code, first.content) != (second.status_code, second.content):
        yield f"{operation} answers {first.status_code}, then {second.status_code}: {second.content[:200]!r}"
    if first.status_code != 201:
        return
    done.append(str(operation))
    changed = call(client, operation, filled, _otherwise(operation.body), key="one")
    if changed.status_code != 409:
        yield f"{operation} with other content under a used key answers {changed.status_code}: {changed.content!r}"


# Texts that may be anything, so that a changed one is still valid.
FREE = {"note", "text", "name", "title", "reason", "value", "tracking_number"}


def _otherwise(body: Any) -> Any:
    """The body with one free text or number changed, however deep; the file's title when there is no body."""
    if isinstance(body, dict):
        for name, value in body.items():
            if isinstance(value, str) and name in FREE:
                return {**body, name: f"{value}1"}
            if isinstance(value, int) and not isinstance(value, bool):
                return {**body, name: value + 1}
            if isinstance(value, dict | list) and (changed := _otherwise(value)) != value:
                return {**body, name: changed}
    if isinstance(body, list) and body:
        return [_otherwise(body[0]), *body[1:]]
    return {"title": "Other"} if body is None else body


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_unknown_field_or_parameter_is_refused_by_its_name(
    programs: dict[str, Client], foreign: dict[str, Any], audience: str
) -> None:
    client, problems, seen = programs[audience], [], 0
    for operation, filled in _filled(audience, foreign):
        if isinstance(operation.body, dict):
            seen += 1
            answer = call(client, operation, filled, operation.body | {NONSENSE: 1}, key="unknown")
            if answer.status_code != 422 or NONSENSE not in answer.json()["error"]["fields"]:
                problems.append(
                    f"{operation} takes an unknown field: {answer.status_code} {answer.content[:200]!r}"
                )
        answer = call(client, operation, filled, operation.body, key="query", query=f"?{NONSENSE}=1")
        if answer.status_code != 422 or NONSENSE not in answer.json()["error"]["fields"]:
            problems.append(
                f"{operation} takes an unknown parameter: {answer.status_code} {answer.content[:200]!r}"
            )
    assert problems == [], "\n".join(problems)
    assert seen > 3


def test_keys_are_stored_as_hashes_only(programs: dict[str, Client]) -> None:
    from mms.models import ApiKey

    key, secret = create_api_key(name="Mine", actor=system_actor())
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret not in map(str, row.values())
    assert not any(secret[12:] in str(value) for value in row.values())
