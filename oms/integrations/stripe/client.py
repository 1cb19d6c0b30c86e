"""Stripe's HTTP API: form-encoded requests, JSON answers, one idempotency key per command.

Stripe keeps the answer to a key for at least 24 hours and repeats it, so sending a command again is harmless. What an
answer means for us is decided here once: done, refused, certainly not done, or unknown.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from backoffice.kernel.errors import DomainError
from backoffice.kernel.http import fetch
from oms.ports import NoAnswer, NotSent

logger = logging.getLogger(__name__)

API_VERSION = "2025-09-30.clover"
MAX_BYTES = 1024 * 1024


class StripeRefused(Exception):
    """Stripe understood and said no: `code` is Stripe's, `message` is written for people."""

    def __init__(self, code: str, message: str, payment_intent: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.payment_intent = payment_intent or {}


def get(path: str, **params: Any) -> dict[str, Any]:
    """Read an object. Raises `NoAnswer`, `StripeRefused`."""
    query = urlencode(list(_flat(params)))
    try:
        return _call("GET", path + (f"?{query}" if query else ""), None, "")
    except NotSent as error:
        # A question that was not heard is not answered.
        raise NoAnswer(str(error)) from error


def post(path: str, key: str, **params: Any) -> dict[str, Any]:
    """Send a command under its idempotency key. Raises `NoAnswer`, `NotSent`, `StripeRefused`."""
    return _call("POST", path, urlencode(list(_flat(params))).encode(), key)


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested values as Stripe reads them: `a[b][0]=c`; None is left out."""
    for name, value in params.items():
        place = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, Mapping):
            yield from _flat(value, place)
        elif isinstance(value, list | tuple):
            yield from _flat(dict(enumerate(value)), place)  # type: ignore[arg-type]
        elif value is not None:
            yield place, str(value).lower() if isinstance(value, bool) else str(value)


def _call(method: str, path: str, body: bytes | None, key: str) -> dict[str, Any]:
    headers = {
        "Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}",
        "Stripe-Version": API_VERSION,
        "Accept": "application/json",
    }
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Idempotency-Key"] = key
    url = settings.STRIPE_API_URL.rstrip("/") + path
    try:
        response = fetch(url, method=method, body=body, headers=headers, max_bytes=MAX_BYTES)
    except DomainError as error:
        # Whether the request arrived is not known, whatever broke.
        raise NoAnswer(f"Stripe: {error.message}") from error
    if response.status >= 500:
        raise NoAnswer(f"Stripe answered {response.status}")
    try:
        answer: dict[str, Any] = json.loads(response.body)
    except ValueError as error:
        raise NoAnswer("Stripe's answer cannot be read") from error
    if response.status < 300:
        return answer
    _refuse(response.status, answer.get("error") or {})
    raise AssertionError("unreachable")


def _refuse(status: int, error: Mapping[str, Any]) -> None:
    code = str(error.get("decline_code") or error.get("code") or error.get("type") or status)
    message = str(error.get("message") or code)[:300]
    if status == 409 or code in {"idempotency_key_in_use", "lock_timeout"}:
        # The same command is being worked on at this moment.
        raise NoAnswer(f"Stripe is still at it: {code}")
    if status == 429:
        raise NotSent("Stripe: too many requests")
    if status in {401, 403}:
        logger.error("Stripe refuses the secret key: %s", code)
        raise NotSent("Stripe refuses the secret key")
    raise StripeRefused(code, message, error.get("payment_intent"))
