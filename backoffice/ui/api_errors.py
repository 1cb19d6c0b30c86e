"""Every refusal of every API in one format: `{"error": {"code", "message", "fields", "params"}}`."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from backoffice.kernel.errors import DomainError

logger = logging.getLogger(__name__)


def install_error_handlers(api: NinjaAPI) -> None:
    """Teach an API to answer domain errors, wrong input, missing keys and surprises in the one format."""
    api.add_exception_handler(DomainError, _domain_error)
    api.add_exception_handler(ValidationError, _validation_error)
    api.add_exception_handler(AuthenticationError, _not_signed_in)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(PermissionDenied, _forbidden)
    api.add_exception_handler(TransitionNotAllowed, _state_refused)
    api.add_exception_handler(Exception, _surprise)


def error_response(
    status: int,
    code: str,
    message: str,
    *,
    fields: dict[str, str] | None = None,
    params: dict[str, Any] | None = None,
) -> HttpResponse:
    """An error answer of the one format."""
    body = {"code": code, "message": message, "fields": fields or {}, "params": params or {}}
    return JsonResponse({"error": body}, status=status)


def _plain(value: Any) -> Any:
    """Lists and mappings stay what they are, so that a program can read which things are meant."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


def _domain_error(request: HttpRequest, error: Any) -> HttpResponse:
    fields = {name: str(text) for name, text in getattr(error, "fields", {}).items()}
    params = {name: _plain(value) for name, value in error.params.items()}
    response = error_response(error.status, error.code, str(error.message), fields=fields, params=params)
    if "retry_after" in error.params:
        response["Retry-After"] = str(error.params["retry_after"])
    return response


def _validation_error(request: HttpRequest, error: Any) -> HttpResponse:
    fields: dict[str, str] = {}
    for item in error.errors:
        # ("body", "payload", "lines", 0, "sku") reads as "lines.0.sku".
        place = [str(part) for part in item["loc"][1:]]
        if len(place) > 1 and item["loc"][0] in {"body", "form"}:
            place = place[1:]
        fields.setdefault(".".join(place), _sentence(item))
    return error_response(422, "invalid_input", _("Please correct the marked fields."), fields=fields)


def _sentence(item: dict[str, Any]) -> str:
    if item["type"] == "extra_forbidden":
        return _("There is no such field. Check its spelling, or leave it out.")
    if item["type"] == "missing":
        return _("This field is required.")
    return str(item["msg"])


def _not_signed_in(request: HttpRequest, error: Any) -> HttpResponse:
    response = error_response(
        401, "not_signed_in", _("Send a valid API key of this API as “Authorization: Bearer bo_…”.")
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(error.status_code, "bad_request", str(error))


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(404, "not_found", _("There is no such thing."))


def _forbidden(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(403, "permission_refused", _("You do not have the right for this."))


def _state_refused(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(
        409, "state_refused", _("This is not possible in its present state. Read it again first.")
    )


def _surprise(request: HttpRequest, error: Any) -> HttpResponse:
    logger.error("an endpoint failed", exc_info=error, extra={"path": request.path})
    # What listens to Django's own signal (tests, error reporting) hears of it as usual.
    got_request_exception.send(sender=None, request=request)
    return error_response(
        500, "internal_error", _("Something went wrong on our side. Nothing was changed; try again later.")
    )
