"""The toolkit of all API endpoints: strict schemas, declared grants, idempotent creates, cursors, one error format.

    @endpoint(operator, "POST", "/tax-rates", grant=MANAGE_TAXES, creates=True, response=TaxRateOut)
    def create_tax_rate(request: HttpRequest, payload: TaxRateIn) -> TaxRate: ...

Routers live in `<app>/api/routes.py` and are named after their audience: `operator`, `merchant`, `storefront`.
"""

import functools
import inspect
import json
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from ninja.responses import NinjaJSONEncoder
from ninja.signature import ViewSignature
from pydantic import ConfigDict, TypeAdapter

from backoffice.kernel.errors import InvalidInput
from backoffice.kernel.grants import PUBLIC, SIGNED_IN
from backoffice.kernel.hashing import sha256_hex
from backoffice.kernel.idempotency import run_once
from backoffice.ui.unstorable import refuse_unstorable

F = TypeVar("F", bound=Callable[..., Any])
IDEMPOTENCY_HEADER = "Idempotency-Key"
MAX_KEY_LENGTH = 200


class IdempotencyKeyRequired(InvalidInput):
    """A create came without its key: a retry after a timeout could not be told from a second command."""

    code = "idempotency_key_required"
    status = 400


def _add_example(schema: dict[str, Any], cls: type["StrictSchema"]) -> None:
    if cls.example:
        schema["examples"] = [cls.example]


class StrictSchema(Schema):
    """Base of every schema: a field we do not know is refused, and `example` shows what a real one looks like."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_add_example)
    example: ClassVar[dict[str, Any]] = {}


class ErrorBody(StrictSchema):
    """What went wrong: a stable `code` for programs, a `message` for people, `fields` by name of the input."""

    code: str
    message: str
    fields: dict[str, str] = {}
    params: dict[str, Any] = {}
    example: ClassVar[dict[str, Any]] = {
        "code": "invalid_input",
        "message": "Please correct the marked fields.",
        "fields": {"country": "Use the two capital letters of ISO 3166, such as DE."},
        "params": {},
    }


class ErrorOut(StrictSchema):
    """The one shape of every refusal of every endpoint."""

    error: ErrorBody
    example: ClassVar[dict[str, Any]] = {"error": ErrorBody.example}


def endpoint(
    router: Router,
    method: str,
    path: str,
    *,
    grant: str,
    **options: Any,
) -> Callable[[F], F]:
    """Register a view function as an endpoint that demands `grant`; the router's API fixes the audience.

    Options: `response` (schema), `creates`, and what ninja's routers take. `creates` demands the header
    `Idempotency-Key`: the same key with the same content is done once and answered the same, other content under a
    used key answers 409. Creates answer 201, everything else 200, no `response` 204.
    """
    response, creates = options.pop("response", None), options.pop("creates", False)
    status = 204 if response is None else 201 if creates else 200

    def register(function: F) -> F:
        @functools.wraps(function)
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            _check_grant(request, grant)
            refuse_unstorable(request, kwargs)
            _refuse_unknown_parameters(request, known_parameters)
            if creates:
                code, answer = _create_once(request, response, lambda: function(request, *args, **kwargs))
                return Status(code, answer)
            return Status(status, function(request, *args, **kwargs))

        known_parameters = _query_parameters(path, view)
        view.grant = grant  # type: ignore[attr-defined]
        view.creates = creates  # type: ignore[attr-defined]
        extra: dict[str, Any] = {"x-grant": grant}
        if creates:
            extra["parameters"] = [_idempotency_parameter()]
        router.add_api_operation(
            path,
            [method],
            view,
            response={status: response, 422: ErrorOut},
            summary=options.pop("summary", _summary(function)),
            description=options.pop("description", inspect.getdoc(function) or ""),
            tags=options.pop("tags", [_tag(function)]),
            openapi_extra=extra,
            **options,
        )
        return function

    return register


def _check_grant(request: HttpRequest, grant: str) -> None:
    if grant not in {PUBLIC, SIGNED_IN}:
        request.actor.require(grant)  # type: ignore[attr-defined]


def _query_parameters(path: str, view: Callable[..., Any]) -> frozenset[str]:
    models = ViewSignature(path, view).models
    return frozenset(
        name
        for model in models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )


def _refuse_unknown_parameters(request: HttpRequest, known: frozenset[str]) -> None:
    unknown = sorted(set(request.GET) - known)
    if unknown:
        raise InvalidInput(
            _("There is no parameter “%(name)s” here.") % {"name": unknown[0]},
            fields={
                name: _("There is no such parameter. Check its spelling, or leave it out.")
                for name in unknown
            },
        )


def _summary(function: Callable[..., Any]) -> str:
    return function.__name__.replace("_", " ").capitalize()


def _tag(function: Callable[..., Any]) -> str:
    return function.__module__.partition(".")[0]


def _idempotency_parameter() -> dict[str, Any]:
    return {
        "in": "header",
        "name": IDEMPOTENCY_HEADER,
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
        "description": "A fresh random text per command; send the same one again when you repeat after a timeout.",
        "example": "5f0c2c9e-8a1d-4a53-9c55-0d6c8f6f7b11",
    }


def _create_once(request: HttpRequest, response: Any, command: Callable[[], Any]) -> tuple[int, Any]:
    key = request.headers.get(IDEMPOTENCY_HEADER, "").strip()
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise IdempotencyKeyRequired(
            _("Send the header %(header)s with a fresh random text of at most %(limit)s characters.")
            % {"header": IDEMPOTENCY_HEADER, "limit": MAX_KEY_LENGTH},
            fields={IDEMPOTENCY_HEADER: _("This header is missing or too long.")},
        )
    actor = request.actor  # type: ignore[attr-defined]

    def run() -> tuple[int, Any]:
        answer = TypeAdapter(response).validate_python(command(), from_attributes=True)
        # Stored as it is answered, so a repeated call gets the very same text.
        return 201, json.loads(json.dumps(answer, cls=NinjaJSONEncoder))

    return run_once(f"{actor.kind}:{actor.id}", key, _content_of(request), run)


def _content_of(request: HttpRequest) -> dict[str, Any]:
    """What the idempotency key stands for: path and body; files count by the hash of their bytes."""
    if request.content_type == "multipart/form-data":
        body: Any = {name: request.POST.getlist(name) for name in request.POST}
        for name, file in request.FILES.items():
            body[f"file:{name}"] = sha256_hex(file.read().hex())  # type: ignore[union-attr]
            file.seek(0)  # type: ignore[union-attr]
    else:
        # Floats have no one spelling; as text they compare exactly.
        body = json.loads(request.body, parse_float=str) if request.body else None
    return {"method": request.method, "path": request.path, "body": body}
