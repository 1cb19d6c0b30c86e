"""The one HTTP client for addresses that people gave us: feeds, pictures, webhooks.

The name is resolved once, every address must be public, the connection goes to exactly that address (so a second
resolution cannot answer differently), redirects are followed by hand through the same checks, and size and time are
limited.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPException
from urllib.parse import urljoin, urlsplit

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection

from backoffice.kernel.errors import InvalidInput, Unavailable
from backoffice.kernel.phrases import gettext as _

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
PORTS = {"http": 80, "https": 443}
CONNECT_SECONDS = 2.0
TOTAL_SECONDS = 10.0
MAX_REDIRECTS = 3
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
    if isinstance(ip, ipaddress.IPv6Address):
        # An IPv4 address can hide in an IPv6 one; translation prefixes lie outside of global unicast.
        hidden = ip.ipv4_mapped or ip.sixtofour
        if hidden is not None:
            return hidden.is_global and not hidden.is_multicast
        if ip not in GLOBAL_UNICAST:
            return False
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


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    body: bytes | None
    headers: Mapping[str, str]
    max_bytes: int
    deadline: float


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = 20 * 1024 * 1024,
) -> Response:
    """Request `url` within `max_bytes` and 10 seconds in all. Raises `AddressRefused` or `FetchFailed`.

    Redirects are followed for GET only; any other method gets the redirect itself as its answer.
    """
    request = _Request(method, body, dict(headers or {}), max_bytes, time.monotonic() + TOTAL_SECONDS)
    for _hop in range(MAX_REDIRECTS + 1):
        response = _request_once(url, request)
        location = response.headers.get("location")
        if method != "GET" or response.status not in {301, 302, 303, 307, 308} or not location:
            return response
        target = urljoin(url, location)
        if urlsplit(target).netloc != urlsplit(url).netloc:
            # What was meant for one host (a key, a signature) is not told to another.
            request = replace(request, headers={})
        url = target
    raise FetchFailed(_("The address redirects too often."))


def _request_once(url: str, request: _Request) -> Response:
    scheme, host, port, address = resolve(url)
    timeout = max(0.1, min(CONNECT_SECONDS, request.deadline - time.monotonic()))
    connection: HTTPConnection
    if scheme == "https":
        connection = HTTPSConnection(
            address, port, timeout=timeout, server_hostname=host, assert_hostname=host
        )
    else:
        connection = HTTPConnection(address, port, timeout=timeout)
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    literal = f"[{host}]" if ":" in host else host
    headers = {"User-Agent": "marketplace-backoffice", **request.headers}
    headers["Host"] = literal if port == PORTS[scheme] else f"{literal}:{port}"
    try:
        with _ended_at(request.deadline, connection):
            connection.request(
                request.method, target, body=request.body, headers=headers, preload_content=False
            )
            answer = connection.getresponse()
            content = _read(answer, request.max_bytes, request.deadline)
        lowered = {key.lower(): value for key, value in answer.headers.items()}
        return Response(status=answer.status, headers=lowered, body=content, url=url)
    except (urllib3.exceptions.HTTPError, HTTPException, OSError) as error:
        why = type(error).__name__
        raise FetchFailed(_("%(host)s did not answer: %(why)s") % {"host": host, "why": why}) from error
    finally:
        connection.close()


@contextmanager
def _ended_at(deadline: float, connection: HTTPConnection) -> Iterator[None]:
    """Connect, and cut the line at the deadline: a sender may drip single bytes, of headers too."""
    connection.connect()
    line = connection.sock
    left = max(0.1, deadline - time.monotonic())
    line.settimeout(left)
    timer = threading.Timer(left, lambda: line.shutdown(socket.SHUT_RDWR))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(answer: urllib3.BaseHTTPResponse, max_bytes: int, deadline: float) -> bytes:
    content = bytearray()
    while chunk := answer.read1(CHUNK):
        content += chunk
        if len(content) > max_bytes:
            raise FetchFailed(_("The file is larger than %(limit)s bytes.") % {"limit": max_bytes})
    # A line that was cut looks like the end of an answer without a length.
    if time.monotonic() > deadline:
        raise FetchFailed(
            _("The address took longer than %(limit)s seconds.") % {"limit": int(TOTAL_SECONDS)}
        )
    return bytes(content)
