"""Orders and pages over HTTP against a real web server with two workers, at one and at several clients."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from benchmarks.measuring import Row, raw_commit_limit, row
from benchmarks.orders import ADDRESS, ROWS_OF_AN_ORDER
from benchmarks.world import ACTOR, World
from mms.models import StoreView
from mms.operations.api_keys import create_api_key
from oms.models import Order

SECONDS = 6.0
CLIENTS = (1, 4)
Call = Callable[[http.client.HTTPConnection], None]


def measure(world: World) -> Iterator[Row]:
    """Orders per second from new cart to placed order (two calls), category pages per second; `ratio` of an order is
    to transactions of forty raw inserts in the same minute."""
    limit = raw_commit_limit(ROWS_OF_AN_ORDER)
    yield row("serving.raw_transactions_of_40_inserts", limit, "1/s")
    view = StoreView.objects.get(pk=world.store.view_id)
    _key, secret = create_api_key(name="Benchmark", view=view, actor=ACTOR)
    with _server() as port:
        for clients in CLIENTS:
            before = Order.objects.filter(placed_at__isnull=False).count()
            rate, slow = _drive(port, clients, lambda: _Buyer(world, secret).order)
            made = Order.objects.filter(placed_at__isnull=False).count() - before
            if not made:
                raise RuntimeError("no order was placed over HTTP")
            yield row(f"serving.order_{clients}_clients", rate, "orders/s", ratio=rate / limit)
            yield row(f"serving.order_{clients}_clients_p95", slow, "ms")
        for clients in (1, 8):
            rate, slow = _drive(port, clients, lambda: _reader(f"{world.store.base_path}c/kitchen/"))
            yield row(f"serving.category_{clients}_clients", rate, "pages/s")
            yield row(f"serving.category_{clients}_clients_p95", slow, "ms")


class _Buyer:
    """One client that orders again and again over a kept connection."""

    _numbers = count()

    def __init__(self, world: World, secret: str) -> None:
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        refs = world.offers[world.merchants[0].pk]
        start = next(self._numbers) * 97 % len(refs)
        self.refs = cycle(refs[start:] + refs[:start])

    def order(self, client: http.client.HTTPConnection) -> None:
        cart = self._post(client, "carts", {"lines": [{"offer_ref": next(self.refs), "quantity": 1}]})
        order = self._post(
            client,
            f"carts/{cart['token']}/order",
            {
                "email": "bench@example.test",
                "shipping_address": ADDRESS,
                "provider": "test_card",
                "instrument": {"card_number": "4242424242424242"},
                "expected_total_minor": cart["total_minor"],
            },
        )
        if not order["placed_at"]:
            raise RuntimeError(f"the order was not placed: {order}")

    def _post(self, client: http.client.HTTPConnection, path: str, body: dict[str, Any]) -> Any:
        headers = {**self.headers, "Idempotency-Key": uuid.uuid4().hex}
        client.request("POST", f"/api/storefront/v1/{path}", json.dumps(body), headers)
        answer = client.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{path} answered {answer.status}: {text[:400]!r}")
        return json.loads(text)


def _reader(path: str) -> Call:
    def read(client: http.client.HTTPConnection) -> None:
        client.request("GET", path)
        answer = client.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")

    return read


def _drive(port: int, clients: int, make: Callable[[], Call]) -> tuple[float, float]:
    """Calls per second of all clients together, and their 95th percentile in milliseconds."""
    times: list[float] = []
    errors: list[BaseException] = []
    # All clients have made their first call, which warms the server, before the clock starts.
    warm = threading.Barrier(clients)

    def work() -> None:
        call = make()
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            call(client)
            warm.wait(60)
            until = time.perf_counter() + SECONDS
            while time.perf_counter() < until:
                started = time.perf_counter()
                call(client)
                times.append(time.perf_counter() - started)
        except BaseException as error:
            errors.append(error)
            warm.abort()
        finally:
            client.close()

    threads = [threading.Thread(target=work) for _number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors or not times:
        raise errors[0] if errors else RuntimeError("no call was answered in time")
    times.sort()
    return len(times) / SECONDS, times[max(0, int(len(times) * 0.95) - 1)] * 1000


@contextmanager
def _server() -> Iterator[int]:
    """Gunicorn with two workers on the scratch database; background work stays in its rows, as a worker would do it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "backoffice.settings.base",
        "DATABASE_URL": _database_url(),
        "VAR_DIR": str(settings.VAR_DIR),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "API_CALLS_PER_MINUTE": "1000000",
        "LOG_LEVEL": "ERROR",
    }
    # The web server serves what was collected, as everywhere.
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, env=environment, cwd=settings.BASE_DIR, check=True)
    command = [
        str(Path(sys.executable).parent / "gunicorn"), "backoffice.wsgi", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "error",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the web server did not start")
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _database_url() -> str:
    entry = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{entry['NAME']}"
    user = entry["USER"] + (f":{entry['PASSWORD']}" if entry["PASSWORD"] else "")
    return f"postgres://{user}@{entry['HOST'] or '127.0.0.1'}:{entry['PORT'] or 5432}/{entry['NAME']}"
