"""The published documents: current, complete, and their examples true."""

import json
from typing import Any

import pytest
from django.http import HttpRequest
from ninja import NinjaAPI, Router

from backoffice.api.apis import APIS
from backoffice.api.snapshots import path_of, render
from backoffice.kernel.grants import SIGNED_IN
from backoffice.ui.endpoints import IDEMPOTENCY_HEADER, StrictSchema, endpoint

AUDIENCES = sorted(APIS)


def _schemas(base: type[StrictSchema] = StrictSchema) -> list[type[StrictSchema]]:
    found = []
    for cls in base.__subclasses__():
        found += [cls, *_schemas(cls)]
    return found


def _operations(audience: str) -> list[tuple[str, str, dict[str, Any]]]:
    document = json.loads(render(audience))
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_published_file_is_current(audience: str) -> None:
    assert path_of(audience).read_text(encoding="utf-8") == render(audience), "run `manage.py openapi`"


def _undeclared(operations: list[tuple[str, str, dict[str, Any]]]) -> list[str]:
    """Operations that were not registered with `@endpoint`, or say nothing about themselves."""
    return [
        f"{method} {path}"
        for path, method, operation in operations
        if not (operation.get("x-grant") and operation.get("description"))
    ]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_operation_declares_its_grant_and_says_what_it_does(audience: str) -> None:
    assert _undeclared(_operations(audience)) == []


def test_an_operation_registered_past_the_toolkit_is_found() -> None:
    api, router = NinjaAPI(urls_namespace="planted"), Router()

    @router.get("/naked")
    def naked(request: HttpRequest) -> None:
        """Says what it does, but not who may."""

    @endpoint(router, "GET", "/clad", grant=SIGNED_IN)
    def clad(request: HttpRequest) -> None:
        """Says both."""

    api.add_router("", router)
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    found = [(path, method, item) for path, methods in paths.items() for method, item in methods.items()]
    assert _undeclared(found) == ["get /naked"]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_operation_ids_are_unique(audience: str) -> None:
    ids = [operation["operationId"] for _path, _method, operation in _operations(audience)]
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_whatever_answers_201_demands_an_idempotency_key(audience: str) -> None:
    for path, method, operation in _operations(audience):
        if "201" in operation["responses"]:
            headers = [item["name"] for item in operation["parameters"] if item["in"] == "header"]
            assert headers == [IDEMPOTENCY_HEADER], f"{method} {path} creates without an idempotency key"


def test_every_schema_is_strict_and_its_example_is_valid() -> None:
    assert AUDIENCES == ["merchant", "operator", "storefront"]
    checked = 0
    for cls in _schemas():
        if "[" in cls.__name__ or cls.__pydantic_generic_metadata__["parameters"]:
            continue
        assert cls.model_config["extra"] == "forbid", f"{cls.__name__} lets unknown fields in"
        assert cls.example, f"{cls.__module__}.{cls.__name__} needs an example"
        cls.model_validate(cls.example)
        checked += 1
    assert checked >= 9


@pytest.mark.parametrize("audience", AUDIENCES)
def test_all_schemas_of_the_documents_are_ours(audience: str) -> None:
    strict = {cls.__name__ for cls in _schemas()} | {"Input"}
    document = json.loads(render(audience))
    for name in document["components"]["schemas"]:
        assert name.split("_")[0] in strict, f"{name} is no StrictSchema"
