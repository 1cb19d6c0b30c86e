"""Idempotency keys: the same command sent twice is done once and answered the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backoffice.kernel.errors import Conflict
from backoffice.kernel.hashing import sha256_of
from backoffice.kernel.models import IdempotencyKey


class IdempotencyConflict(Conflict):
    """The key was used before with another payload."""

    code = "idempotency_conflict"


Answer = tuple[int, Any]


def run_once(caller: str, key: str, payload: Any, command: Callable[[], Answer]) -> Answer:
    """Run `command` once per (caller, key) and store its `(status, JSON answer)` in the same transaction.

    Repeated with the same payload the stored answer comes back and nothing is done; another payload raises
    `IdempotencyConflict`. A command that raises leaves no trace, so it may be tried again with the same key.
    """
    digest = sha256_of(payload)
    found = IdempotencyKey.objects.filter(caller=caller, key=key).first()
    if found is None:
        try:
            with transaction.atomic():
                # The unique row is written first: a parallel twin waits here and then fails.
                row = IdempotencyKey.objects.create(caller=caller, key=key, payload_sha256=digest)
                row.status, row.response = command()
                row.save(update_fields=["status", "response"])
                return row.status, row.response
        except IntegrityError:
            found = IdempotencyKey.objects.filter(caller=caller, key=key).first()
            if found is None:
                raise
    _check_content(found, digest)
    return found.status or 200, found.response


def _check_content(found: IdempotencyKey, digest: str) -> None:
    if found.payload_sha256 != digest:
        raise IdempotencyConflict(
            _("This idempotency key was already used with other content. Send a new key for a new command.")
        )


@contextmanager
def bound_to(caller: str, key: str, payload: Any) -> Iterator[None]:
    """Bind a key to its content while a command runs that is idempotent by itself, across several transactions.

    Other content under the key raises `IdempotencyConflict`; a command that raises sets the key free again. Call it
    outside of a transaction.
    """
    digest = sha256_of(payload)
    found, is_new = IdempotencyKey.objects.get_or_create(
        caller=caller, key=key, defaults={"payload_sha256": digest}
    )
    _check_content(found, digest)
    try:
        yield
    except Exception:
        if is_new:
            found.delete()
        raise


def find_answer(caller: str, key: str, payload: Any) -> Answer | None:
    """What this very command was answered before; None when it was never done, or had other content."""
    found = IdempotencyKey.objects.filter(caller=caller, key=key, payload_sha256=sha256_of(payload)).first()
    return (found.status or 200, found.response) if found else None
