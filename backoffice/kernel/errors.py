"""Errors that a person or program can act on; each edge (page, API, file import) maps them once.

`code` is stable and part of the public contract; `message` says what happened, why, and what to do next.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """A business rule said no. Subclasses fix `code` and `status` (the HTTP status every edge answers with)."""

    code: ClassVar[str] = "domain_error"
    status: ClassVar[int] = 422

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params: dict[str, Any] = params

    def __str__(self) -> str:
        return self.message


class NotFound(DomainError):
    """The thing does not exist, or belongs to somebody else: the two are never told apart."""

    code = "not_found"
    status = 404


class PermissionRefused(DomainError):
    """The actor sees the thing but lacks the right for this act."""

    code = "permission_refused"
    status = 403


class Conflict(DomainError):
    """Somebody else was faster, or the same key came with another payload."""

    code = "conflict"
    status = 409


class StateRefused(DomainError):
    """The thing is in a state that does not allow this act."""

    code = "state_refused"
    status = 409


class InvalidInput(DomainError):
    """The input itself is wrong; `fields` says where (`""` for the whole)."""

    code = "invalid_input"
    status = 422

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(message, **params)
        self.fields: dict[str, str] = dict(fields or {})


class Unavailable(DomainError):
    """An outside system did not answer; trying again later may work."""

    code = "unavailable"
    status = 503
