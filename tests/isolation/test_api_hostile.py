"""Whatever stands in a body, an address or a query: every operation answers in the one format and never breaks."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.isolation.objects import Filled
from tests.isolation.test_api import Operation, _filled
from tests.isolation.test_api_commands import AUDIENCES, Undone, programs  # noqa: F401

pytestmark = pytest.mark.django_db
VALUES = (None, -1, 2**31, 10**30, "", "a\ud800b", "x" * 5000, "a\x00b", "1e999", [], {"a": 1})


def _variants(body: Any) -> Iterator[Any]:
    """The body with one of its values, however deep, replaced by each hostile one."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from ({**body, name: other} for other in (*VALUES, *_variants(value)))
    elif isinstance(body, list) and body:
        yield from ([other, *body[1:]] for other in (*VALUES, *_variants(body[0])))


def _tries(client: Client, operation: Operation, filled: Filled) -> Iterator[tuple[str, Any]]:
    path = operation.path.format(**filled.kwargs)
    for number, body in enumerate(_variants(operation.body)):
        yield f"body {json.dumps(body)[:300]}", client.generic(
            operation.method, path, data=json.dumps(body), content_type="application/json",
            headers={"Idempotency-Key": f"{operation} {number}"},
        )  # fmt: skip
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": f"{operation}"}}
    if operation.body is not None:
        sent |= {"data": json.dumps(operation.body), "content_type": "application/json"}
    for name in filled.kwargs:
        for value in ("x" * 300, "%00", "-1", "é", "9" * 40):
            place = operation.path.format(**{**filled.kwargs, name: value})
            yield f"address {place[:200]}", client.generic(operation.method, place, **sent)
    if operation.method == "GET":
        for query in ("cursor=%00", "cursor=x", "limit=9999999999999999999999", "limit=-1"):
            yield f"query {query}", client.get(f"{path}?{query}")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_value_breaks_an_operation(
    programs: dict[str, Client],  # noqa: F811
    foreign: dict[str, Any],
    audience: str,
    settings: Any,
) -> None:
    settings.API_CALLS_PER_MINUTE = 10**6
    client = Client(raise_request_exception=False, headers=dict(programs[audience].headers or {}))
    client.defaults = programs[audience].defaults
    problems, seen = [], 0
    for operation, filled in _filled(audience, foreign):
        try:
            with transaction.atomic():
                for what, answer in _tries(client, operation, filled):
                    seen += 1
                    if answer.status_code >= 500:
                        problems.append(f"{operation} with {what}: {answer.status_code}")
                    elif answer.status_code >= 400 and "error" not in answer.json():
                        problems.append(f"{operation} with {what}: {answer.content[:100]!r}")
                raise Undone
        except Undone:
            pass
    assert problems == [], f"{len(problems)}\n" + "\n".join(problems[:60])
    assert seen > 50
