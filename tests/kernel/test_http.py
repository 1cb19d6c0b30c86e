"""Addresses that people give us lead to public hosts only, within limits of size and time."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from backoffice.kernel import http
from backoffice.kernel.http import AddressRefused, FetchFailed, fetch

PRIVATE = [
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "localhost",
    "169.254.169.254",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[fe80::1]",
    "[fc00::1]",
    "[2002:7f00:1::]",
    "[64:ff9b::7f00:1]",
    "[ff02::1]",
]
NOT_PLAIN = [
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/",
    "//example.org/",
    "example.org",
    "http://",
    "http://user:secret@example.org/",
    "http://example.org:22/",
    "http://example.org:99999/",
    "http://[::1/",
]


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str, dict[str, str]]] = []

    def log_message(self, *_args):
        """Quiet."""

    def _send(self, status, body=b"", headers=None):
        self.send_response(status)
        for name, value in {
            "Content-Length": str(len(body)),
            "Connection": "close",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.seen.append((self.command, self.path, dict(self.headers)))
        port = self.server.server_address[1]
        if self.path == "/hello?a=1":
            self._send(200, b"hello", {"Content-Type": "text/plain"})
        elif self.path == "/moved":
            self._send(302, headers={"Location": "/hello?a=1"})
        elif self.path == "/to-private":
            self._send(302, headers={"Location": "http://127.0.0.1:80/secret"})
        elif self.path == "/to-metadata":
            self._send(301, headers={"Location": "http://169.254.169.254/latest/meta-data/"})
        elif self.path == "/to-file":
            self._send(302, headers={"Location": "file:///etc/passwd"})
        elif self.path == "/loop":
            self._send(302, headers={"Location": "/loop"})
        elif self.path == "/elsewhere":
            self._send(302, headers={"Location": f"http://other.test:{port}/hello?a=1"})
        elif self.path == "/big":
            self._send(200, b"x" * 5000)
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            self._drip(b"x")
        elif self.path == "/drip-headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self._drip(b"X-Slow: 1\r\n")
        elif self.path == "/cut":
            self._send(200, b"short", {"Content-Length": "5000"})
        else:
            self._send(404, b"no such page")

    def do_POST(self):
        self.do_GET()

    def _drip(self, piece):
        try:
            for _number in range(100):
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            self.close_connection = True


@pytest.fixture(scope="module")
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(port, settings, monkeypatch):
    """The test server under a name that may be fetched, as an operator would allow a host of the own network."""
    real = socket.getaddrinfo

    def resolve_test_names(host, *args, **options):
        return real("127.0.0.1" if host in {"site.test", "other.test"} else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_test_names)
    settings.HTTP_ALLOWED_PRIVATE_HOSTS = ["site.test", "other.test"]
    Site.seen.clear()
    return f"http://site.test:{port}"


@pytest.mark.parametrize("host", PRIVATE)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_spelling_of_a_private_address_is_refused(host, scheme, monkeypatch):
    def no_connection(*_args, **_options):
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", no_connection)
    with pytest.raises((AddressRefused, FetchFailed)) as caught:
        fetch(f"{scheme}://{host}/")
    if not isinstance(caught.value, AddressRefused):
        # Spellings that this machine's resolver does not take for an address at all.
        assert "cannot be found" in caught.value.message


@pytest.mark.parametrize("url", NOT_PLAIN)
def test_only_plain_web_addresses_are_fetched(url):
    with pytest.raises(AddressRefused):
        fetch(url)


def test_a_host_that_does_not_exist_is_named():
    with pytest.raises(FetchFailed, match=r"no-such-host\.invalid"):
        fetch("http://no-such-host.invalid/")


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    def two_addresses(*_args, **_options):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))
            for address in ("93.184.216.34", "10.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    with pytest.raises(AddressRefused, match="private network"):
        fetch("http://example.org/")


def test_the_name_is_resolved_once_so_a_second_answer_cannot_differ(site, monkeypatch):
    asked = []
    resolve = socket.getaddrinfo

    def count(host, *args, **options):
        asked.append(host)
        return resolve(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", count)
    fetch(f"{site}/hello?a=1")
    assert asked.count("site.test") == 1


def test_an_answer_comes_with_status_headers_and_body(site):
    answer = fetch(f"{site}/hello?a=1", headers={"X-Key": "1"})
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"hello", "text/plain")
    assert fetch(f"{site}/nothing").status == 404
    _method, _path, headers = Site.seen[0]
    assert headers["Host"] == site.removeprefix("http://")
    assert headers["X-Key"] == "1"


def test_a_redirect_is_followed_and_tells_where_it_ended(site):
    answer = fetch(f"{site}/moved")
    assert (answer.body, answer.url) == (b"hello", f"{site}/hello?a=1")


def test_a_redirect_to_another_host_is_not_told_the_headers(site):
    assert fetch(f"{site}/elsewhere", headers={"Authorization": "secret"}).body == b"hello"
    assert [headers.get("Authorization") for _method, _path, headers in Site.seen] == ["secret", None]


@pytest.mark.parametrize("path", ["/to-private", "/to-metadata", "/to-file"])
def test_a_redirect_into_a_private_network_is_refused(site, path):
    with pytest.raises(AddressRefused):
        fetch(f"{site}{path}")


def test_endless_redirects_end(site):
    with pytest.raises(FetchFailed, match="too often"):
        fetch(f"{site}/loop")
    assert len(Site.seen) == http.MAX_REDIRECTS + 1


def test_a_post_is_not_repeated_at_the_address_of_a_redirect(site):
    assert fetch(f"{site}/moved", method="POST", body=b"{}").status == 302
    assert len(Site.seen) == 1


def test_a_body_beyond_the_limit_is_refused(site):
    assert len(fetch(f"{site}/big", max_bytes=5000).body) == 5000
    with pytest.raises(FetchFailed, match="larger than 4999 bytes"):
        fetch(f"{site}/big", max_bytes=4999)


@pytest.mark.parametrize("path", ["/drip", "/drip-headers"])
def test_a_host_that_drips_is_cut_off_at_the_deadline(site, path, monkeypatch):
    monkeypatch.setattr(http, "TOTAL_SECONDS", 1.0)
    started = time.monotonic()
    with pytest.raises(FetchFailed):
        fetch(f"{site}{path}")
    assert time.monotonic() - started < 4


def test_an_answer_that_ends_too_early_is_not_taken_for_whole(site):
    with pytest.raises(FetchFailed):
        fetch(f"{site}/cut")


def test_a_host_that_does_not_listen_is_a_clear_failure(site, settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(FetchFailed, match=r"site\.test did not answer"):
            fetch(f"http://site.test:{taken.getsockname()[1]}/")
