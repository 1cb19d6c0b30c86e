"""The one HTTP client for addresses that people gave us: feeds, pictures, webhooks.

The name is resolved once, every address must be public, the connection goes to exactly that address (so a second
resolution cannot answer differently), redirects are followed by hand through the same checks, and size and time are
limited.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from backoffice.kernel.errors import InvalidInput, Unavailable

PORTS = {"http": 80, "https": 443}
CONNECT_SECONDS = 2.0
TOTAL_SECONDS = 10.0
CHUNK = 64 * 1024


class AddressRefused(InvalidInput):
    """The URL points somewhere we never go: another scheme or port, or a private network."""

    code = "address_refused"


class FetchFailed(Unavailable):
    """The other side did not answer, was too slow, or sent too much."""

    code = "fetch_failed"


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    ip = mapped or ip
    return ip.is_global and not ip.is_multicast


def resolve(url: str) -> tuple[str, str, int, str]:
    """Check `url` and resolve it: (scheme, host, port, pinned address). Raises `AddressRefused` or `FetchFailed`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(_("“%(url)s” is not a web address.") % {"url": url[:200]}) from error
    host = parts.hostname or ""
    if parts.scheme not in PORTS or not host or parts.username or parts.password:
        raise AddressRefused(_("“%(url)s” is not a plain http or https address.") % {"url": url[:200]})
    allowed = host in getattr(settings, "HTTP_ALLOWED_PRIVATE_HOSTS", ())
    if port not in (None, 80, 443) and not allowed:
        raise AddressRefused(_("Port %(port)s is not allowed; use 80 or 443.") % {"port": port})
    port = port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(_("The host %(host)s cannot be found.") % {"host": host}) from error
    addresses = [str(item[4][0]) for item in found]
    if not allowed and not all(_is_public(address.partition("%")[0]) for address in addresses):
        raise AddressRefused(
            _("%(host)s is inside a private network; such addresses are not fetched.") % {"host": host}
        )
    return parts.scheme, host, port, addresses[0]


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = 20 * 1024 * 1024,
    redirects: int = 3,
) -> Response:
    """Request `url` within `max_bytes` and 10 seconds in all. Raises `AddressRefused` or `FetchFailed`."""
    deadline = time.monotonic() + TOTAL_SECONDS
    for _hop in range(redirects + 1):
        response = _request_once(url, method, body, dict(headers or {}), max_bytes, deadline)
        location = response.headers.get("location")
        if response.status not in {301, 302, 303, 307, 308} or not location:
            return response
        url = urljoin(url, location)
    raise FetchFailed(_("The address redirects too often."))


def _request_once(
    url: str, method: str, body: bytes | None, headers: dict[str, str], max_bytes: int, deadline: float
) -> Response:
    scheme, host, port, address = resolve(url)
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=max(0.1, deadline - time.monotonic()))
    pool: urllib3.HTTPConnectionPool
    if scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address, port, timeout=timeout, retries=False, server_hostname=host, assert_hostname=host
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False)
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    default_port = port == PORTS[scheme]
    headers = {"User-Agent": "marketplace-backoffice", **headers}
    headers["Host"] = host if default_port else f"{host}:{port}"
    try:
        answer = pool.request(
            method, target, body=body, headers=headers, preload_content=False, redirect=False
        )
        try:
            content = _read(answer.stream, max_bytes, deadline)
            lowered = {key.lower(): value for key, value in answer.headers.items()}
            return Response(status=answer.status, headers=lowered, body=content, url=url)
        finally:
            answer.close()
    except urllib3.exceptions.HTTPError as error:
        raise FetchFailed(
            _("%(host)s did not answer: %(why)s") % {"host": host, "why": type(error).__name__}
        ) from error
    finally:
        pool.close()


def _read(stream: Callable[..., object], max_bytes: int, deadline: float) -> bytes:
    content = bytearray()
    for chunk in stream(CHUNK):  # type: ignore[attr-defined]
        content += chunk
        if len(content) > max_bytes:
            raise FetchFailed(_("The file is larger than %(limit)s bytes.") % {"limit": max_bytes})
        if time.monotonic() > deadline:
            raise FetchFailed(
                _("The address took longer than %(limit)s seconds.") % {"limit": int(TOTAL_SECONDS)}
            )
    return bytes(content)
