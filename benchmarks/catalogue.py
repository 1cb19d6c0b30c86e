"""Product files and offers by the thousand, each beside what the engine itself writes in the same minute."""

import csv
import io
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import transaction

from backoffice.demo import structure
from backoffice.kernel import clock, wake
from backoffice.kernel.bulk import insert_rows, update_rows
from backoffice.kernel.jobs import run_job
from backoffice.kernel.models import Job, OutboxEvent
from benchmarks.measuring import Row, row
from benchmarks.world import ACTOR, COLOURS, World
from mas.models import Merchant
from pim.imports.runs import apply_import, check_import, receive_import
from pim.models import ImportRun, Offer
from pim.operations.brands import ensure_brands
from pim.operations.offers import state_offers
from pim.operations.stated_offers import OfferRow

ROWS = 4000
HEADER = (
    "sku", "gtin", "brand", "mpn", "title", "description", "family", "category", "price", "currency", "stock",
    "lead_time_days", "colour", "width",
)  # fmt: skip


def measure(world: World) -> Iterator[Row]:
    """Rows per second of whole files (read, checked, staged, applied) and of stated offers; what lists show follows
    later by the worker and is not counted.
    """
    merchant = world.merchants[0]
    ensure_brands({"Northwood"})
    raw = _raw_inserts()
    yield row("catalogue.raw_insert", raw, "rows/s")
    products = _file([HEADER, *(product_row(number) for number in range(ROWS))])
    for name in ("first", "again"):
        yield from _import(name, products, merchant, raw)
    prices = [["sku", "price", "currency", "stock"]]
    prices += [[f"F-{n}", f"{11 + n % 500}.90", "EUR", str(n % 90)] for n in range(ROWS)]
    yield from _import("prices", _file(prices), merchant, raw)
    raw = _raw_updates(merchant)
    yield row("catalogue.raw_update", raw, "rows/s")
    yield from _offers(merchant, raw)


def product_row(number: int) -> list[str]:
    colour = COLOURS[number % len(COLOURS)]
    return [
        f"F-{number}", _gtin(number), "Northwood", f"NW-{number}", f"Widget {number} of steel",
        "A widget of steel, sturdy and light, for daily use.", structure.FAMILY, "mugs",
        f"{10 + number % 500}.90", "EUR", str(number % 90), "2", colour, f"{10 + number % 90} cm",
    ]  # fmt: skip


def _gtin(number: int) -> str:
    body = f"4{number:011d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _file(rows: Sequence[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def _import(name: str, data: bytes, merchant: Merchant, raw: float) -> Iterator[Row]:
    run = receive_import([data], filename=f"{name}.csv", merchant_id=merchant.pk, currency="EUR", actor=ACTOR)
    checking = seconds_of(lambda: run_now(check_import(run.ref, actor=ACTOR)))
    applying = seconds_of(lambda: run_now(apply_import(run.ref, actor=ACTOR)))
    run.refresh_from_db()
    if run.state != "done" or run.counts["failed"]:
        raise RuntimeError(f"{name}: {run.state} {run.counts} {run.error}")
    rate = ROWS / (checking + applying)
    yield row(f"catalogue.import_{name}_checked", ROWS / checking, "rows/s")
    yield row(f"catalogue.import_{name}", rate, "rows/s", ratio=rate / raw)


def run_now(run: ImportRun) -> None:
    run_job(Job.objects.get(ref=run.job_ref).pk)


def seconds_of(work: Callable[[], Any]) -> float:
    # The worker is woken by the benchmark itself, not in between.
    send, wake._send = wake._send, lambda *_args: None
    started = time.perf_counter()
    try:
        work()
    finally:
        wake._send = send
    return time.perf_counter() - started


def _offers(merchant: Merchant, raw: float) -> Iterator[Row]:
    """All prices changed, nothing changed, and every tenth row changed."""
    known = list(Offer.objects.filter(merchant=merchant).values_list("merchant_sku", "card_id"))
    for name, every in (("changed", 1), ("unchanged", 0), ("tenth_changed", 10)):
        rows = [
            OfferRow(
                merchant_sku=sku,
                card_id=card_id,
                price_minor=4321 + (1 if every > 1 and number % every == 0 else 0),
                currency="EUR",
                quantity=1_000_000,
            )
            for number, (sku, card_id) in enumerate(known)
        ]
        taken = seconds_of(
            lambda rows=rows: state_offers(rows, actor=ACTOR, merchant_id=merchant.pk, source="benchmark")
        )
        rate = len(rows) / taken
        yield row(f"catalogue.offers_{name}", rate, "rows/s", ratio=rate / raw)


def _raw_inserts() -> float:
    """Rows of about the width of a product per second into a table without checks, set-wise, one commit."""
    payload = dict(zip(HEADER, product_row(1), strict=True))
    rows = [("benchmark", payload, clock.now()) for _number in range(ROWS * 4)]
    seconds = seconds_of(
        lambda: _write(lambda: insert_rows(OutboxEvent, ("name", "payload", "created_at"), rows))
    )
    OutboxEvent.objects.filter(name="benchmark").delete()
    return len(rows) / seconds


def _raw_updates(merchant: Merchant) -> float:
    """Set-wise updates of one column per second, one commit."""
    rows = [(pk, 3) for pk in Offer.objects.filter(merchant=merchant).values_list("pk", flat=True)]
    return len(rows) / seconds_of(lambda: _write(lambda: update_rows(Offer, ("lead_time_days",), rows)))


def _write(work: Callable[[], Any]) -> None:
    with transaction.atomic():
        work()
